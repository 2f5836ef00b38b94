import type { NameInput } from '../contract/found-objects.js';
import type { ResolvedNames } from '../contract/names.js';
import type { AheadClient } from '../evidence/ahead-client.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import { readAhead } from '../evidence/read-ahead.js';
import type { SessionFlags } from './release.js';

/** The objects of the one release that is installed are asked for while its contract is still being read. */
export function askAhead(
  client: KubernetesClient,
  flags: Pick<SessionFlags, 'ahead'>,
  { namespace, deployments = [] }: Pick<NameInput, 'namespace' | 'deployments'>,
  found: readonly ResolvedNames[],
): AheadClient | undefined {
  const [only, ...others] = found;
  if (flags.ahead === undefined || only === undefined || others.length > 0) return undefined;
  const deployment = deployments.find(({ name }) => name === only.names.deployment);
  if (deployment === undefined) return undefined;
  return readAhead(client, { namespace, ...only }, deployment.shape, flags.ahead);
}
