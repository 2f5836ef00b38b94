/** Why pods do not start (contract: Troubleshooting, Pod Not Starting); what crashes is in crash.ts. */
import { NOT_RUNNING } from '../../causes/not-running.js';
import { defineCauses } from '../cause.js';

export const DEPLOYMENT_CAUSES = defineCauses([
  {
    id: 'deployment/missing',
    topic: 'pods',
    title: 'There is no Deployment',
    severity: 'error',
    why: 'without it nothing runs the backend',
    seen: 'no Deployment under the names that the contract accepts',
    remedy: 'install the chart: helm upgrade --install',
    explains: ['*'],
  },
  {
    id: 'deployment/scaled-to-zero',
    topic: 'pods',
    title: 'The Deployment is scaled to zero',
    severity: 'error',
    why: 'it is scaled to 0, so the Service has nothing behind it',
    seen: 'spec.replicas is 0',
    remedy: 'scale it up: backend.replicaCount',
    explains: ['deployment/replicas', 'functional/*', 'network/*', ...NOT_RUNNING],
  },
  {
    id: 'deployment/paused',
    topic: 'pods',
    title: 'The Deployment is paused',
    severity: 'warning',
    why: 'changes to it are not rolled out until it is resumed: what runs is not what was asked for',
    seen: 'spec.paused is true',
    remedy: 'kubectl rollout resume deployment',
    explains: ['deployment/rollout-complete'],
  },
]);

export const ROLLOUT_CAUSES = defineCauses([
  {
    id: 'rollout/stuck',
    topic: 'pods',
    title: 'The rollout is stuck',
    severity: 'error',
    why: 'the old pods go on serving, so that users see the old version until somebody notices',
    seen: 'Deployment condition Progressing: ProgressDeadlineExceeded',
    remedy: 'fix what keeps the new pods from becoming ready, or go back: kubectl rollout undo',
    explains: ['deployment/rollout-complete', 'pods/same-revision', 'pods/running', 'pods/ready'],
  },
  {
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
  },
]);
