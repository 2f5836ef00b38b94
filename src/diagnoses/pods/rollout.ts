/** Steps: did the pods become ready, and did the rollout come to its end? */
import { rulesOf } from '../../causes/index.js';
import { count } from '../../count.js';
import { probeFindings } from '../health/hops.js';
import { HEALTH_CONSULTS, troublesOf } from '../../computed/probe-trouble.js';
import { notReadyUnexplained } from '../health/unexplained.js';
import { defineStep, findingsOf } from '../step.js';
import { broken, defineHop, good, notReached, unclear } from '../tree.js';
import { underWay } from '../../computed/rollout-state.js';

export const readyHop = defineHop({
  id: 'ready',
  asks: 'Are the pods that run ready?',
  proves: ['pods/ready'],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['deployment'],
  rulesOut: [],
  ask({ pods }, look) {
    const { judged, unexplained, starting } = troublesOf(pods, look);
    if (judged === 0) return notReached('no pod has come this far');
    const gated = findingsOf(rulesOf('pods/readiness-gate'), { pods }, look);
    const probed = probeFindings(pods, look);
    if (probed.length > 0)
      return broken(`probes of ${probed.length} of ${count(judged, 'pod')} fail`, [...gated, ...probed]);
    if (gated.length > 0) return broken(`${count(gated.length, 'pod')} behind a gate`, gated);
    if (unexplained.length > 0) return notReadyUnexplained(unexplained, look);
    return good(starting.length > 0 ? `${starting.length} starting` : `${judged} of ${judged} ready`);
  },
});

export const rolloutHop = defineStep({
  id: 'rollout',
  asks: 'Has the rollout come to its end?',
  proves: ['deployment/rollout-complete', 'pods/same-revision'],
  reads: ['deployment', 'pods'],
  consults: ['events'],
  needs: ['deployment'],
  rulesOut: [],
  rules: rulesOf('rollout/'),
  answer({ deployment, pods }, look, findings) {
    if (!deployment) return notReached('there is no Deployment');
    const change = underWay(deployment, pods, look);
    if (change !== undefined) return unclear(`under way: ${change.says}`, findings);
    return findings.length > 0 ? broken('stuck', findings) : good('rollout complete');
  },
});
