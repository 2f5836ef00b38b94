/** Hops: did the pods become ready, and did the rollout come to its end? */
import { count } from '../../count.js';
import { deploymentRef, podSelector } from '../../checks/shared.js';
import { changeUnderWay, mayPass, type Change } from '../../computed/change.js';
import type { Deployment, Pod } from '../../evidence/objects.js';
import type { Fix } from '../diagnosis.js';
import { probeFindings } from '../health/hops.js';
import { HEALTH_CONSULTS, notReadyUnexplained, troublesOf, type HealthLook } from '../health/trouble.js';
import { revert, show, waitForRollout } from '../fixes.js';
import { inWords, unanswered } from '../service/settling.js';
import { field, progressItems, progressOf } from '../seen.js';
import { broken, defineHop, good, notReached, type CauseFinding, type Look } from '../tree.js';
import { kubectl } from '../../rule/command.js';
import { rulesOf } from '../../causes/index.js';
import { findingsOf } from '../step.js';

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

export const rolloutHop = defineHop({
  id: 'rollout',
  asks: 'Has the rollout come to its end?',
  proves: ['deployment/rollout-complete', 'pods/same-revision'],
  reads: ['deployment', 'pods'],
  consults: [...HEALTH_CONSULTS, 'replicaSets'],
  needs: ['deployment'],
  rulesOut: [],
  ask({ deployment, pods }, look) {
    if (!deployment) return notReached('there is no Deployment');
    const progress = progressOf(deployment);
    if (progress?.reason === 'ProgressDeadlineExceeded') return broken('stuck', [stuck(deployment, look)]);
    const change = underWay(deployment, pods, look);
    if (change === undefined) return good('rollout complete');
    const moving = change.says;
    const object = deploymentRef(look.context.target);
    // The way to the pods is not walked while some of them are on their way: this is where their requests are told.
    const { failed, failures } = unanswered(look);
    const fine = change.isWhole ? ' Nothing is wrong so far.' : '';
    const meanwhile =
      failures.length === 0
        ? fine
        : ` Meanwhile ${inWords(failures)}: until every node has heard of it, a pod that ends gets requests.`;
    return {
      state: 'unknown',
      detail: `under way: ${moving}`,
      findings: [
        {
          cause: 'rollout/under-way',
          // Whether it comes to a good end is not known yet.
          verdict: 'inconclusive',
          object,
          summary: `A rollout of Deployment ${object.name} is under way: ${moving}.${meanwhile}`,
          evidence: progressItems(object, progress),
          fix: [waitForRollout(look.context)],
          symptoms: failed.map(({ id }) => id),
        },
      ],
    };
  },
});

/** What is still on its way and has had no time yet to go wrong; undefined where nothing is. */
function underWay(deployment: Deployment, pods: readonly Pod[], look: HealthLook): Change | undefined {
  const check = look.check('deployment/rollout-complete');
  if (check === undefined || !(check.status === 'fail' || mayPass(check))) return undefined;
  const events = look.maybe('events');
  return changeUnderWay({ deployment, pods, events: events.ok ? events.value : undefined }, look.context);
}

function stuck({ metadata, spec, status = {} }: Deployment, look: Look<'replicaSets'>): CauseFinding {
  const { context } = look;
  const object = deploymentRef(context.target);
  const progress = progressOf({ status });
  const { updatedReplicas = 0, readyReplicas = 0 } = status;
  return {
    cause: 'rollout/stuck',
    verdict: 'confirmed',
    object,
    summary: `The rollout of Deployment ${metadata.name} has made no progress for ${spec.progressDeadlineSeconds ?? 600} s: ${updatedReplicas} of ${spec.replicas ?? 1} pods are of the new revision, ${readyReplicas} ready in all.`,
    evidence: [
      field(
        object,
        "status.conditions[type='Progressing']",
        [progress?.reason, progress?.message].filter(Boolean).join(': '),
        progress?.lastUpdateTime ?? progress?.lastTransitionTime,
      ),
    ],
    fix: [
      show(
        context,
        'See which pods do not become ready, and why.',
        `describe pods -l ${podSelector(context)}`,
      ),
      ...goBack(metadata.name, look),
    ],
  };
}

/** Back to the newest older revision that has pods which are ready: one that has worked, and is still there. */
function goBack(deployment: string, { context, maybe }: Look<'replicaSets'>): Fix[] {
  const sets = maybe('replicaSets');
  const older = sets.ok ? sets.value.slice(1) : [];
  const works = older.find(({ status }) => (status?.readyReplicas ?? 0) > 0);
  const revision = works?.metadata.annotations?.['deployment.kubernetes.io/revision'];
  if (revision === undefined || !/^\d{1,9}$/.test(revision)) return [];
  return [
    revert(
      `Go back to revision ${revision} of the Deployment, whose pods are ready.${context.target.helm ? ' Helm’s next upgrade brings the newer one again, unless its values are changed.' : ''}`,
      kubectl(context, `rollout undo deployment ${deployment} --to-revision=${revision}`),
    ),
  ];
}
