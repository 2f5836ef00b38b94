import { containerName } from '../../contract/target.js';
import { mapLimited } from '../concurrency.js';
import type { PreviousLog } from '../deep-facts.js';
import type { FactContext } from '../fact-context.js';
import { KubernetesError } from '../kubernetes/client.js';
import { failedForPod, now, unread } from '../observed.js';
import type { Pod } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';
import { LOG_REMOVED } from '../kubernetes/logs.js';
import { readLines } from './logs.js';
import { chosenFirst, CONCURRENT_PODS, MAX_PODS, notSampled } from './sample.js';

/** What the container of each pod wrote in its run before the current one: why it ended stands there. */
export async function readPreviousLogs(context: FactContext): Promise<PreviousLog[]> {
  const [pods] = await Promise.all([context.read('pods'), context.secretsKnown()]);
  const chosen = chosenFirst(pods);
  const others = notSampled(chosen.length);
  return mapLimited(chosen, CONCURRENT_PODS, async (pod, index) => ({
    pod: pod.metadata.name,
    log: index < MAX_PODS ? await readPrevious(context, pod) : others,
  }));
}

async function readPrevious(context: FactContext, pod: Pod): Promise<PreviousLog['log']> {
  const container = backendContainer(pod, containerName(context));
  if (container === undefined) return unread('failed', 'the pod has no container');
  const status = statusOf(pod, container.name);
  const ended = status?.lastState?.terminated;
  // A container that never ended has no run before this one: nothing needs to be asked.
  if (ended === undefined && (status?.restartCount ?? 0) === 0) return none();
  const { name } = pod.metadata;
  try {
    const { lines, gap } = await readEnded(context, name, container.name);
    const { startedAt, finishedAt } = ended ?? {};
    return { ok: true, at: now(), value: { lines, gap, startedAt, finishedAt } };
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (isNone(error)) return none();
    return failedForPod(error, name, `reading the previous log of pod ${name}`, context.hider);
  }
}

/**
 * While a container waits for its next start the kubelet may already have removed the run that the pod's status names; the
 * newest one it gives without being asked for the one before.
 */
async function readEnded(context: FactContext, pod: string, container: string) {
  try {
    return await readLines(context, pod, container, true);
  } catch (error) {
    if (!(error instanceof KubernetesError) || !error.message.includes(LOG_REMOVED)) throw error;
    return readLines(context, pod, container);
  }
}

function none(): PreviousLog['log'] {
  return { ok: true, at: now(), value: undefined };
}

/** The kubelet's words for a container of which no earlier run is kept (kubelet_pods.go, validateContainerLogStatus). */
function isNone(error: unknown): boolean {
  return (
    error instanceof KubernetesError &&
    (error.status === 400 || error.status === 404) &&
    /previous terminated container .* not found/.test(error.message)
  );
}
