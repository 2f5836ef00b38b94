import { deploymentRef } from '../../rule/object-ref.js';
import { waitForRollout } from '../../fixes/described.js';
import { underWay } from '../../computed/rollout-state.js';
import { progressItems } from '../../rule/seen.js';
import { progressOf } from '../../kube/deployment-state.js';
import { inWords, unanswered } from '../settling.js';
import { cause } from '../../rule/cause.js';

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
    const fine = change.isWhole ? ' Nothing is wrong with its pods so far.' : '';
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
        evidence: progressItems(object, progressOf(deployment)),
        fix: [waitForRollout(look.context)],
        symptoms: failed.map(({ id }) => id),
      },
    ];
  },
});
