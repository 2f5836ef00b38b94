/** The release that is left alone: what is healthy is shown on it. */
import { CONTEXT, OWN } from './cluster.js';
import { Stage } from './stage.js';
import { verify, type Verified } from './verify.js';

/** On the cluster of this folder the one that test/cluster/install made, with every default of the contract. */
const stage = OWN ? undefined : new Stage('todo-k8s-home', 30180);

export const HOME = { namespace: stage?.namespace ?? 'default', nodePort: stage?.nodePort ?? 30081 };
export const CONTEXT_NAME = CONTEXT ?? 'minikube';

export async function installHome(): Promise<void> {
  await stage?.install();
}

export async function removeHome(): Promise<void> {
  await stage?.remove();
}

/** With nothing but the namespace said. */
export function verifyHome(args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<Verified> {
  return verify(['-n', HOME.namespace, ...args], env);
}
