/** The release that is left alone: what is healthy is shown on it. */
import { kubectl, OWN, run, script, until } from './cluster.js';
import { BACKEND, Stage } from './stage.js';
import { doctor, notPassed, verify, type Verified } from './verify.js';

/** On the cluster of this folder the one that test/cluster/install made, with every default of the contract. */
const stage = OWN ? undefined : new Stage('todo-k8s-home', 30180);

export const HOME = { namespace: stage?.namespace ?? 'default', nodePort: stage?.nodePort ?? 30081 };
const PORT_MEANT = stage?.portMeant ?? [];
const BACKEND_PODS = ['-l', 'app.kubernetes.io/component=backend'];

export async function installHome(): Promise<void> {
  if (stage !== undefined) return stage.install();
  await script('install', []);
  // Pods that bear marks of an earlier run (restarts, errors in the log, a log too long to be read) are replaced.
  if (Object.keys(notPassed((await verifyHome()).report)).length === 0) return;
  await kubectl(['-n', HOME.namespace, 'delete', 'pods', ...BACKEND_PODS]);
  await kubectl(['-n', HOME.namespace, 'rollout', 'status', `deployment/${BACKEND}`, '--timeout=120s']);
  // A pod is ready a moment before kube-proxy sends it requests.
  const seen = new Set<string>();
  await until('both pods to be served', 30, async () => {
    const { stdout } = await run('curl', [
      '-s',
      '--max-time',
      '5',
      `http://localhost:${HOME.nodePort}/api/health`,
    ]);
    return seen.add((JSON.parse(stdout) as { pod: string }).pod).size === 2;
  });
}

export async function removeHome(): Promise<void> {
  await stage?.remove();
}

/** With nothing but the namespace said, where the node port is the contract's. */
export function verifyHome(args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<Verified> {
  return verify(['-n', HOME.namespace, ...PORT_MEANT, ...args], env);
}

export function doctorHome(args: readonly string[] = []): Promise<Verified> {
  return doctor(['-n', HOME.namespace, ...PORT_MEANT, ...args]);
}
