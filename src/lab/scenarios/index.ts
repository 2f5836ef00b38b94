/** Every scenario by name, in the order of the suites that it is about. Loaded one at a time: a run needs only one. */
import { nearest } from '../../contract/nearest.js';
import type { Scenario } from '../scenario.js';

const LOADERS = {
  healthy: () => import('./healthy.js'),
  'node-not-ready': () => import('./node-not-ready.js'),
  'forbidden-secrets': () => import('./forbidden-secrets.js'),
  'forbidden-exec': () => import('./forbidden-exec.js'),
  'deployment-missing': () => import('./deployment-missing.js'),
  'deployment-misnamed': () => import('./deployment-misnamed.js'),
  'label-missing': () => import('./label-missing.js'),
  'replicas-scaled-down': () => import('./replicas-scaled-down.js'),
  'strategy-recreate': () => import('./strategy-recreate.js'),
  'resources-missing': () => import('./resources-missing.js'),
  'liveness-missing': () => import('./liveness-missing.js'),
  'liveness-path-wrong': () => import('./liveness-path-wrong.js'),
  'readiness-port-wrong': () => import('./readiness-port-wrong.js'),
  'runs-as-root': () => import('./runs-as-root.js'),
  'inline-secret': () => import('./inline-secret.js'),
  'config-not-wired': () => import('./config-not-wired.js'),
  'image-tag-wrong': () => import('./image-tag-wrong.js'),
  'image-pull': () => import('./image-pull.js'),
  'crash-loop': () => import('./crash-loop.js'),
  'oom-killed': () => import('./oom-killed.js'),
  'pod-not-ready': () => import('./pod-not-ready.js'),
  'mixed-images': () => import('./mixed-images.js'),
  unschedulable: () => import('./unschedulable.js'),
  'service-missing': () => import('./service-missing.js'),
  'selector-mismatch': () => import('./selector-mismatch.js'),
  'node-port-wrong': () => import('./node-port-wrong.js'),
  'target-port-wrong': () => import('./target-port-wrong.js'),
  'bound-to-loopback': () => import('./bound-to-loopback.js'),
  'cluster-ip': () => import('./cluster-ip.js'),
  'session-affinity': () => import('./session-affinity.js'),
  'environment-invalid': () => import('./environment-invalid.js'),
  'log-level-invalid': () => import('./log-level-invalid.js'),
  'sslmode-prefer': () => import('./sslmode-prefer.js'),
  'database-url-newline': () => import('./database-url-newline.js'),
  'short-auth-secret': () => import('./short-auth-secret.js'),
  'cors-refused': () => import('./cors-refused.js'),
  'frontend-url-wrong': () => import('./frontend-url-wrong.js'),
  'auth-secret-mismatch': () => import('./auth-secret-mismatch.js'),
  'secret-missing': () => import('./secret-missing.js'),
  'docs-disabled': () => import('./docs-disabled.js'),
  'auth-bypass': () => import('./auth-bypass.js'),
  'health-500': () => import('./health-500.js'),
  'health-degraded': () => import('./health-degraded.js'),
  'slow-health': () => import('./slow-health.js'),
  'database-log-errors': () => import('./database-log-errors.js'),
  'log-rotated': () => import('./log-rotated.js'),
  'database-down': () => import('./database-down.js'),
  'database-host-wrong': () => import('./database-host-wrong.js'),
  'database-password-wrong': () => import('./database-password-wrong.js'),
  'credentials-stale': () => import('./credentials-stale.js'),
  'dns-broken': () => import('./dns-broken.js'),
  'egress-blocked': () => import('./egress-blocked.js'),
  'database-without-tls': () => import('./database-without-tls.js'),
  'image-without-python': () => import('./image-without-python.js'),
  'one-pod-unserved': () => import('./one-pod-unserved.js'),
} satisfies Record<string, () => Promise<{ default: Scenario }>>;

export type ScenarioName = keyof typeof LOADERS;

export const SCENARIO_NAMES = Object.keys(LOADERS) as ScenarioName[];

export class UnknownScenarioError extends Error {
  override readonly name = 'UnknownScenarioError';
  constructor(name: string) {
    const close = nearest(name, SCENARIO_NAMES);
    const hint = close === undefined ? ';' : `; did you mean ${close}?`;
    super(`there is no lab scenario "${name}"${hint} todo-k8s lab list shows those that there are`);
  }
}

/** @throws UnknownScenarioError */
export async function loadScenario(name: string): Promise<Scenario> {
  if (!isScenarioName(name)) throw new UnknownScenarioError(name);
  return (await LOADERS[name]()).default;
}

function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(LOADERS, name);
}
