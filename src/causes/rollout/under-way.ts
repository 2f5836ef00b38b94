import { deploymentRef } from '../../rule/object-ref.js';
import { show, waitForRollout } from '../../fixes/described.js';
import { underWay } from '../../computed/rollout-state.js';
import { eventItem, progressItems, shorten } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { backendOf, backendStatus } from '../../computed/judged-pods.js';
import { budget, failedProbes } from '../../computed/own-time.js';
import type { Pod } from '../../evidence/objects.js';
import { eventTime } from '../../kube/events.js';
import { progressOf } from '../../kube/deployment-state.js';
import { inWords, unanswered } from '../settling.js';
import { cause } from '../../rule/cause.js';

/** Failures of a startup probe from which on they are worth a word: any start has a few. */
const MANY = 3;

/** Pods whose startup probe has failed again and again, and may go on to. */
function startupFailing(pods: readonly Pod[], { context, maybe, options }: Look<'events'>) {
  const events = maybe('events');
  return pods.flatMap((pod) => {
    const container = backendOf(pod, context);
    const state = backendStatus(pod, context)?.status;
    const startedAt = state?.state?.running?.startedAt;
    if (!events.ok || !container?.startupProbe || state?.started === true || startedAt === undefined)
      return [];
    const failures = failedProbes(events.value, pod, container.name, options).filter(
      ({ failure, event }) =>
        failure.probe === 'startup' && Date.parse(eventTime(event) ?? '') >= Date.parse(startedAt),
    );
    const times = failures.reduce((sum, { event }) => sum + (event.count ?? 1), 0);
    const [newest] = failures;
    if (newest === undefined || times < MANY) return [];
    const { name } = pod.metadata;
    const gone = Math.round((context.now - Date.parse(startedAt)) / 1000);
    const words = (newest.event.message ?? '').replace(/^Startup probe failed: /, '').trim();
    const says = `The startup probe of Pod ${name} has failed ${times} times so far (${shorten(words)}); it has ${budget(container.startupProbe)} s, of which ${gone} s are gone.`;
    return [{ pod: name, event: newest.event, says }];
  });
}

export default cause({
  id: 'rollout/under-way',
  topic: 'pods',
  title: 'A rollout is under way',
  severity: 'warning',
  why: 'pods start and end while it lasts, so that what is seen now is not what will be, and single requests fail',
  seen: 'pods that have just started or end, and a Deployment that still makes progress or was scaled',
  remedy: 'wait, or follow it with --watch',
  explains: [
    'deployment/rollout-complete',
    'pods/running',
    'pods/ready',
    'pods/same-revision',
    'load-balancing/*',
    'service/no-ready-endpoints',
    'functional/database-logs',
    'evidence/unreadable',
  ],
  reads: ['deployment', 'pods'],
  consults: ['events', 'pods'],
  judge({ deployment, pods }, look) {
    const change = underWay(deployment, pods, look);
    if (!deployment || change === undefined) return [];
    const object = deploymentRef(look.context.target);
    // The way to the pods is not walked while some of them are on their way: this is where their requests are told.
    const { failed, failures } = unanswered(look);
    const [late] = startupFailing(pods, look);
    const fine = late ? ` ${late.says}` : change.isWhole ? ' Nothing is wrong with its pods so far.' : '';
    const meanwhile =
      failures.length === 0
        ? fine
        : ` Meanwhile ${inWords(failures)}: until every node has heard of it, a pod that ends gets requests.`;
    return [
      {
        // Whether it comes to a good end is not known yet.
        verdict: 'inconclusive',
        object,
        summary: `A rollout of Deployment ${object.name} is under way: ${change.says}.${meanwhile}`,
        evidence: [
          ...progressItems(object, progressOf(deployment)),
          ...(late ? [eventItem(late.event, look.context.target)] : []),
        ],
        fix: [
          waitForRollout(look.context),
          ...(late ? [show(look.context, 'Read what it does meanwhile.', `logs ${late.pod} --tail=50`)] : []),
        ],
        symptoms: failed.map(({ id }) => id),
      },
    ];
  },
});
