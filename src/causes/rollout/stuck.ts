import { podSelector } from '../../fixes/commands.js';
import { deploymentRef } from '../../rule/object-ref.js';
import type { Fix } from '../../rule/diagnosis.js';
import { revert, show } from '../../fixes/described.js';
import { isStuck } from '../../computed/rollout-state.js';
import { field } from '../../rule/seen.js';
import { progressOf } from '../../kube/deployment-state.js';
import type { Look } from '../../rule/look.js';
import { cause } from '../../rule/cause.js';
import { kubectl } from '../../rule/command.js';

/** Seconds, where the Deployment has none of its own (apps/v1). */
const DEADLINE_SECONDS = 600;

export default cause({
  id: 'rollout/stuck',
  topic: 'pods',
  title: 'The rollout is stuck',
  severity: 'error',
  why: 'the old pods go on serving, so that users see the old version until somebody notices',
  seen: 'Deployment condition Progressing: ProgressDeadlineExceeded',
  remedy: 'fix what keeps the new pods from becoming ready, or go back: kubectl rollout undo',
  explains: ['deployment/rollout-complete', 'pods/same-revision', 'pods/running', 'pods/ready'],
  reads: ['deployment'],
  consults: ['replicaSets'],
  judge({ deployment }, look) {
    if (!deployment || !isStuck(deployment)) return [];
    const { context } = look;
    const { metadata, spec, status = {} } = deployment;
    const object = deploymentRef(context.target);
    const progress = progressOf({ status });
    const { updatedReplicas = 0, readyReplicas = 0 } = status;
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `The rollout of Deployment ${metadata.name} has made no progress for ${spec.progressDeadlineSeconds ?? DEADLINE_SECONDS} s: ${updatedReplicas} of ${spec.replicas ?? 1} pods are of the new revision, ${readyReplicas} ready in all.`,
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
      },
    ];
  },
});

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
