import { KubernetesError, type KubernetesClient } from './client.js';

/**
 * The same client, which says each call when it ended: what was asked, how it ended, and how long it took.
 * Arguments of a command that runs in a pod are left out; its name says enough.
 */
export function tracedClient(client: KubernetesClient, say: (line: string) => void): KubernetesClient {
  const traced = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const end = (how: string) => say(`${what}  ${how}  ${Math.round(performance.now() - began)} ms`);
    try {
      const value = await call();
      end(value === undefined ? 'not there' : 'ok');
      return value;
    } catch (error) {
      end(error instanceof KubernetesError ? error.why : 'failed');
      throw error;
    }
  };
  const named = (pod: { namespace: string; name: string }) => `${pod.namespace}/${pod.name}`;
  return {
    server: client.server,
    context: client.context,
    namespace: client.namespace,
    insecureSkipTlsVerify: client.insecureSkipTlsVerify,
    get aheadMs() {
      return client.aheadMs ?? 0;
    },
    get: (path, signal) => traced(`get ${path}`, () => client.get(path, signal)),
    list: (path, signal, options) => traced(`list ${path}`, () => client.list(path, signal, options)),
    review: (path, body, signal) => traced(`review ${path}`, () => client.review(path, body, signal)),
    logs: (pod, options, signal) => traced(`logs ${named(pod)}`, () => client.logs(pod, options, signal)),
    proxy: (path, maxBytes, signal) => traced(`proxy ${path}`, () => client.proxy(path, maxBytes, signal)),
    exec: (pod, argv, options, signal) =>
      traced(
        `exec ${named(pod)} ${argv[0] ?? ''}${options.stdin === undefined ? '' : ' (over standard input)'}`,
        () => client.exec(pod, argv, options, signal),
      ),
    portForward: (pod, port, signal) =>
      traced(`port-forward ${named(pod)} ${port}`, () => client.portForward(pod, port, signal)),
    close: () => client.close(),
  };
}
