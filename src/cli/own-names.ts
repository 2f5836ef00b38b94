/** The contract's own example of an application, for what is said of a check without a cluster. */
import type { CheckContext } from '../rule/context.js';
import { DEFAULT_CONTRACT } from '../contract/contract.js';
import { resolveNames } from '../contract/names.js';

/** The names of the contract's own example, for a remedy that belongs to no cluster. */
export function contractsOwnNames(): CheckContext {
  const nothing = { deployments: undefined, services: undefined, configMaps: undefined, secrets: undefined };
  const resolution = resolveNames({
    namespace: 'default',
    release: 'todo-chatbot',
    ...nothing,
    releases: undefined,
  });
  const names = resolution.ok ? resolution.targets[0] : undefined;
  if (!names) throw new Error('the contract’s own names do not resolve');
  const helm = { chart: undefined, revision: undefined, status: undefined };
  const target = { context: '', server: '', namespace: 'default', ...names, helm };
  return { contract: DEFAULT_CONTRACT, target, now: 0 };
}
