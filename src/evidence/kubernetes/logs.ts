/** Container logs: GET pods/{name}/log, always with timestamps and always capped. */
import type { Api } from './api.js';
import { checkedName, podSubresource, query, type Call } from './api-path.js';

/** What is said of a run whose log the kubelet has thrown away. */
export const LOG_REMOVED = 'the node no longer has it (the container’s log file was removed)';

/**
 * Errors that the kubelet writes into the answer's body, under HTTP 200. A log line cannot look like this, because
 * every line begins with its timestamp.
 */
const KUBELET_ERROR =
  /^(unable to retrieve container logs for|failed to try resolving symlinks in path|rpc error:)/;

/**
 * @param options.limitBytes of the log; kubelet and this program both keep to it
 * @param options.sinceTime RFC 3339
 * @returns `truncated` when the limit was reached, so that later lines (not earlier ones) may be missing
 * @throws KubernetesError; status 400 for a container that has no such log (waiting to start, no previous one)
 */
export async function readLog(
  api: Api,
  pod: { namespace: string; name: string; container: string },
  options: { tailLines?: number; limitBytes: number; sinceTime?: string; previous?: boolean },
  signal: AbortSignal,
): Promise<{ text: string; truncated: boolean }> {
  const { limitBytes, previous } = options;
  const which = previous === true ? 'previous log' : 'log';
  const call: Call = {
    action: `read the ${which} of container "${checkedName(pod.container)}" of pod "${pod.name}" in namespace "${pod.namespace}"`,
    access: { verb: 'get', group: '', resource: 'pods/log' },
  };
  const parameters = { container: pod.container, timestamps: true, ...options };
  const path = `${podSubresource(pod, 'log')}${query(parameters)}`;
  const answer = await api.answer({ call, path, accept: '*/*', maxBytes: limitBytes, retry: true }, signal);
  if (answer.status !== 200) throw api.refusal(call, answer);
  const text = answer.body.toString('utf8');
  if (KUBELET_ERROR.test(text)) {
    throw api.failures.of(call, 'failed', LOG_REMOVED, 200);
  }
  return { text, truncated: answer.truncated || answer.body.length >= limitBytes };
}
