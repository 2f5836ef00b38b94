/** What is said of a hook of the release that came to no good end, and the command that shows why. */
import type { UnfinishedHook } from '../contract/helm-release.js';
import { kubectl, word, type Place } from '../rule/command.js';

/** Such as `pre-upgrade hook Job todo-migrate failed`. */
export function hookWords({ kind, name, events, phase }: UnfinishedHook): string {
  return `${events.join(', ')} hook ${kind} ${name} ${phase === 'Running' ? 'has not ended' : 'failed'}`;
}

/** Its log where it has one. Helm applies hooks in the namespace of the release. */
export function hookCommand(place: Place, { kind, name }: Pick<UnfinishedHook, 'kind' | 'name'>): string {
  const object = word(`${kind.toLowerCase()}/${name}`);
  const rest = /^(Job|Pod)$/.test(kind)
    ? `logs ${object} --all-containers --tail=50`
    : `get ${object} -o yaml`;
  return kubectl(place, rest, place.target.releaseNamespace ?? place.target.namespace);
}
