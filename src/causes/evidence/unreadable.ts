import { podRef } from '../../rule/object-ref.js';
import type { Look } from '../../rule/look.js';
import { run, show } from '../../fixes/described.js';
import { END_CONSULTS, endsOf, type End } from '../../computed/container-ends.js';
import { pullsOf, type Pull } from '../../computed/pulls.js';
import { obstaclesOf, type Obstacle } from '../../computed/unmade.js';
import { unscheduledOf } from '../../computed/unscheduled.js';
import type { Pod } from '../../evidence/objects.js';
import { ending } from '../../kube/pod-state.js';
import { cause, type Told } from '../../rule/cause.js';
import { previousLog } from '../crashed.js';

const CONSULTS = [...END_CONSULTS, 'nodes'] as const;
type UntoldLook = Look<(typeof CONSULTS)[number]>;

/** Of pods that do not run for a reason that nobody tells; what could not be read at all is told by the engine. */
export default cause({
  id: 'evidence/unreadable',
  topic: 'pods',
  title: 'Something could not be looked at',
  severity: 'error',
  why: 'what could not be read cannot be judged: it may hold the cause, or be as it should',
  seen: 'a call to the API server or to a kubelet failed or took too long, or what is asked for is not there to be asked',
  remedy: 'fix what the reason says, then run the doctor again',
  explains: [],
  reads: ['pods'],
  consults: CONSULTS,
  judge: ({ pods }, look) => [
    ...unscheduledOf(pods, look)
      .filter(({ means }) => means === 'silent')
      .map(({ pod }) =>
        untold(pod, look, {
          summary: '{pods}: the pod is on no node, and nobody says why: does a scheduler run?',
          fix: [show(look.context, 'See its events.', `describe pod ${pod.metadata.name}`)],
        }),
      ),
    ...pullsOf(pods, look)
      .filter(({ means }) => means === 'expired')
      .map((pull) => forgotten(pull, look)),
    ...obstaclesOf(pods, look).flatMap((obstacle) =>
      obstacle.means === 'silent' ? [notBegun(obstacle, look)] : [],
    ),
    ...endsOf(pods, look)
      .filter(({ means }) => means === 'unread')
      .map((end) => withoutLog(end, look)),
  ],
});

function untold(
  { metadata: { name } }: Pod,
  { context }: UntoldLook,
  told: Pick<Told, 'summary' | 'fix'> & Partial<Told>,
): Told {
  return {
    verdict: 'inconclusive',
    object: podRef(context.target, name),
    pods: [name],
    evidence: [],
    symptoms: ['pods/running', 'deployment/rollout-complete'],
    ...told,
  };
}

function notBegun({ pod, seconds }: Extract<Obstacle, { means: 'silent' }>, look: UntoldLook): Told {
  const events = look.maybe('events');
  return untold(pod, look, {
    summary: `{pods}: the pod has been on its node for ${Math.round(seconds)} s, none of its containers was made yet, and no event says why.`,
    evidence: events.ok
      ? []
      : [{ source: 'events', object: null, field: null, value: events.detail, at: events.at }],
    fix: [show(look.context, 'See its events.', `describe pod ${pod.metadata.name}`)],
  });
}

/** The kubelet repeats only that it waits: the reason went with the events. */
function forgotten({ pod, image, evidence }: Pull, look: UntoldLook): Told {
  return untold(pod, look, {
    summary: `{pods}: image ${image} cannot be pulled, and the reason is gone: only “Back-off pulling image” is left.`,
    evidence,
    fix: [run(look.context, 'Let another pod try: its events say why.', `delete pod ${pod.metadata.name}`)],
  });
}

function withoutLog(end: End, look: UntoldLook): Told {
  return untold(end.pod, look, {
    summary: `{pods}: the container ended (${ending(end.ended)}), and its log, which says why, could not be read: ${end.unread ?? ''}.`,
    evidence: end.evidence,
    fix: [previousLog(end, look)],
    symptoms: ['pods/running', 'pods/restarts', 'deployment/rollout-complete'],
  });
}
