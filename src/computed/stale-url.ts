/** Whether a pod runs with the DATABASE_URL from before the Secret was changed. */
import { ofPod } from './of-pod.js';
import type { PodDrift } from '../evidence/deep-facts.js';
import type { DbLook, Way } from './database-ways.js';

export interface Stale {
  /** The write to the Secret that the pod's container is older than. */
  source: PodDrift['newerSources'][number] | undefined;
  /** The two values were compared, and are not the same. */
  differs: boolean;
}

/** Undefined where the pod has the Secret's value, or nothing tells. */
export function staleOf(way: Way, look: DbLook): Stale | undefined {
  const source = newerSecret(way, look);
  const matches = way.ladder?.matchesSecret;
  if (matches === true || (matches === undefined && source === undefined) || !takesFromSecret(look))
    return undefined;
  return { source, differs: matches === false };
}

/** The Secret's data was written after the pod's container had started. */
function newerSecret({ pod }: Way, { maybe }: DbLook): Stale['source'] {
  const drift = maybe('drift');
  if (!drift.ok) return undefined;
  const own = ofPod(drift.value.pods, pod.metadata.name);
  const secrets = (own?.newerSources ?? []).filter(
    ({ kind, keys }) =>
      kind === 'Secret' && (keys.length === 0 || keys.some((key) => key === '' || key === 'DATABASE_URL')),
  );
  return secrets.at(-1);
}

/** With a literal in the pod template the Secret's value is not expected in the pod. */
function takesFromSecret({ maybe }: DbLook): boolean {
  const deployment = maybe('deployment');
  if (!deployment.ok) return true;
  const containers = deployment.value?.spec.template.spec.containers ?? [];
  return !containers.some(({ env = [] }) => env.some(({ name, value }) => name === 'DATABASE_URL' && value));
}
