import type { ConnectionFlags } from '../evidence/kubernetes/client.js';
import type { SessionFlags } from './release.js';

type ClusterFlags = Pick<
  SessionFlags,
  'kubeconfig' | 'context' | 'namespace' | 'as' | 'as-group' | 'request-timeout'
>;

/** Which cluster the flags mean, and as whom. */
export function clientOptions(flags: ClusterFlags): ConnectionFlags {
  const { kubeconfig, context, namespace, as } = flags;
  return {
    kubeconfig,
    context,
    namespace,
    as,
    asGroup: flags['as-group'],
    requestTimeoutMs: flags['request-timeout'],
  };
}
