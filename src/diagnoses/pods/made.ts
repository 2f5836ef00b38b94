/** Steps: is each pod on a node, and has it what its containers are made of? */
import type { Look } from '../../rule/look.js';
import { rulesOf } from '../../causes/index.js';
import { defineStep, findingsOf } from '../step.js';
import { good, unreadable, type Answer } from '../tree.js';
import { answerAt, podsAt } from './stage.js';
import { stagesOf, standingAt } from '../../computed/pod-stage.js';

const UNTOLD = rulesOf('evidence/unreadable');

export const scheduledHop = defineStep({
  id: 'scheduled',
  asks: 'Did the scheduler find a node for each pod?',
  reads: ['pods'],
  needs: ['deployment'],
  rulesOut: ['scheduling'],
  rules: [...rulesOf('scheduling/'), ...UNTOLD],
  about: podsAt('unscheduled'),
  answer: (facts, look, findings) =>
    answerAt(facts, look, 'unscheduled', findings, (count) => `${count} on a node`),
});

export const imageHop = defineStep({
  id: 'image',
  asks: 'Is the image on the node, or can it be pulled?',
  reads: ['pods'],
  needs: ['deployment'],
  rulesOut: ['image pull'],
  rules: [...rulesOf('image/'), ...UNTOLD],
  about: podsAt('image'),
  answer: (facts, look, findings) =>
    answerAt(facts, look, 'image', findings, (count) => `image on the node of ${count}`),
});

const STALE = rulesOf('config/stale');

export const configuredHop = defineStep({
  id: 'configured',
  asks: 'Are its Secrets, ConfigMaps and volumes there, and its security context possible?',
  reads: ['pods'],
  consults: ['drift', 'environment', 'replicaSets', 'databaseLadder'],
  needs: ['deployment'],
  rulesOut: ['Secret and ConfigMap', 'volumes'],
  rules: [
    ...rulesOf('container/cannot-be-made', 'config/secret', 'config/configmap', 'config/runs-as-root'),
    ...rulesOf('image/wrong-architecture', 'crash/command-not-found', 'node/sandbox-failed', 'volume/'),
    ...UNTOLD,
  ],
  about: podsAt('config', 'creating'),
  answer(facts, look, findings) {
    const at = standingAt(stagesOf(facts.pods, look), 'config').length > 0 ? 'config' : 'creating';
    const answer = answerAt(facts, look, at, findings, (count) => `${count} complete`);
    if (answer.state !== 'good') return answer;
    const stale = findingsOf(STALE, facts, look);
    if (stale.length > 0)
      return good(`${answer.detail}, with values from before a change`, { findings: stale });
    return unknownSources(look) ?? answer;
  },
});

/** What was written since the pods started cannot be told of what could not be read. */
function unknownSources({ maybe }: Look<'drift'>): Answer | undefined {
  const drift = maybe('drift');
  if (!drift.ok) return unreadable(drift);
  const [unread] = drift.value.unread.filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap');
  return unread && unreadable(unread);
}
