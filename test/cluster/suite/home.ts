/** The release that is left alone: what is healthy is shown on it. */
import { kubectl, OWN } from './cluster.js';
import { BACKEND, Stage } from './stage.js';
import { verify, type Verified } from './verify.js';

/** On the cluster of this folder the one that test/cluster/install made, with every default of the contract. */
const stage = OWN ? undefined : new Stage('todo-k8s-home', 30180);

export const HOME = { namespace: stage?.namespace ?? 'default', nodePort: stage?.nodePort ?? 30081 };
const BACKEND_PODS = ['-l', 'app.kubernetes.io/component=backend'];

export async function installHome(): Promise<void> {
  if (stage !== undefined) return stage.install();
  // An earlier run stopped the database: pods that bear marks of it are replaced.
  const restarts = '{.items[*].status.containerStatuses[*].restartCount}';
  const counts = await kubectl([
    '-n',
    HOME.namespace,
    'get',
    'pods',
    ...BACKEND_PODS,
    '-o',
    `jsonpath=${restarts}`,
  ]);
  if (counts.split(' ').every((count) => count === '0')) return;
  await kubectl(['-n', HOME.namespace, 'delete', 'pods', ...BACKEND_PODS]);
  await kubectl(['-n', HOME.namespace, 'rollout', 'status', `deployment/${BACKEND}`, '--timeout=120s']);
}

export async function removeHome(): Promise<void> {
  await stage?.remove();
}

/** With nothing but the namespace said. */
export function verifyHome(args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<Verified> {
  return verify(['-n', HOME.namespace, ...args], env);
}
