import { deploymentRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import { ofRollout } from '../../computed/change.js';
import { rolloutStatus } from '../../rule/command.js';
import type { Deployment } from '../../evidence/objects.js';
import { defineCheck, skip, type Finding } from '../check.js';
import { count } from '../../count.js';
import { absent, failOrWarn } from '../shared.js';

type Message =
  | 'not-observed'
  | 'stuck'
  | 'under-way'
  | 'incomplete'
  | 'replica-failure'
  | 'unavailable'
  | 'not-progressing'
  | 'paused';

/** What the controller may say of a Deployment whose counts are all as they should be. */
const CONTRADICTIONS = [
  ['unavailable', 'Available'],
  ['not-progressing', 'Progressing'],
] as const;

export default defineCheck({
  meta: {
    id: 'deployment/rollout-complete',
    title: 'Deployment’s replicas are ready, up to date and available',
    failureTitle: 'Deployment’s rollout is not complete',
    why: 'until it is, users are served by fewer pods than planned, by an older version, or by none',
    remedy: (context) => [look(rolloutStatus(context, context.target.names.deployment), 'waits for its end')],
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    toldWith: ['pods/running', 'pods/ready'],
    messages: {
      'not-observed':
        'the Deployment controller has not acted on the newest change yet (generation {expected}, observed {found})',
      stuck: 'the rollout is stuck ({reason}): {found}',
      'under-way': 'a rollout is under way: {found}',
      incomplete: 'of {replicas}, {found}',
      'replica-failure': 'pods cannot be created: {found}',
      unavailable: 'all replicas are counted, and yet condition Available is {found}{detail}',
      'not-progressing': 'all replicas are counted, and yet condition Progressing is {found}{detail}',
      paused: 'the Deployment is paused: changes to it are not rolled out',
    },
    passing: {
      'not-observed': (_, { isUnobserved }) => isUnobserved,
      'under-way': ofRollout,
      incomplete: ofRollout,
    },
    contractSection: 'Deployment Verification: Check Deployment Status',
  },
  evaluate({ deployment }, { target }) {
    if (!deployment) return absent(deploymentRef(target));
    const replicas = deployment.spec.replicas ?? 1;
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const add = (list: Finding<Message>[], messageId: Message, data: Record<string, string | number>) =>
      list.push({ messageId, data, object: deploymentRef(target) });

    if (deployment.spec.paused)
      add(warnings, 'paused', { expected: 'false', found: 'true', field: 'spec.paused' });
    const generation = deployment.metadata.generation ?? 0;
    const observed = deployment.status?.observedGeneration ?? 0;
    if (observed < generation) {
      // The counts belong to an older generation: they would say nothing.
      add(failures, 'not-observed', {
        expected: generation,
        found: observed,
        field: 'status.observedGeneration',
      });
      return failOrWarn(failures, warnings, '');
    }
    if (replicas === 0) return skip('the Deployment is scaled to zero: there is no replica to be ready');

    const failure = condition(deployment, 'ReplicaFailure');
    if (failure?.status === 'True') {
      const found = failure.message ?? failure.reason ?? 'no reason given';
      const field = "status.conditions[type='ReplicaFailure']";
      add(failures, 'replica-failure', { expected: 'no ReplicaFailure', found, field });
    }
    const field = lagging(deployment, replicas);
    if (field) {
      const progress = condition(deployment, 'Progressing');
      const settled = progress?.reason === 'NewReplicaSetAvailable' || deployment.spec.paused;
      add(failures, progress?.status === 'False' ? 'stuck' : settled ? 'incomplete' : 'under-way', {
        expected: counts({
          readyReplicas: replicas,
          updatedReplicas: replicas,
          availableReplicas: replicas,
          replicas,
        }),
        found: counts(deployment.status ?? {}),
        field,
        replicas: count(replicas, 'replica'),
        reason: stuckReason(deployment, progress?.reason),
      });
    } else {
      for (const [messageId, type] of CONTRADICTIONS) {
        const seen = condition(deployment, type);
        // Progressing is Unknown while the Deployment is paused.
        if (!seen || seen.status === 'True' || (type === 'Progressing' && seen.status !== 'False')) continue;
        const { status: found, reason, message } = seen;
        const detail = [reason, message]
          .filter(Boolean)
          .map((words) => `: ${words ?? ''}`)
          .join('');
        const field = `status.conditions[type='${type}'].status`;
        add(failures, messageId, { expected: 'True', found, field, detail });
      }
    }
    const ready = deployment.status?.readyReplicas ?? 0;
    return failOrWarn(
      failures,
      warnings,
      `${ready} of ${count(replicas, 'replica')} ready, up to date, available`,
    );
  },
});

/** The first field that shows that the rollout is not complete (as `kubectl rollout status` judges it). */
function lagging({ status = {} }: Deployment, replicas: number): string | undefined {
  const updated = status.updatedReplicas ?? 0;
  if (updated < replicas) return 'status.updatedReplicas';
  // Old pods are still to be ended.
  if ((status.replicas ?? 0) > updated) return 'status.replicas';
  if ((status.readyReplicas ?? 0) < replicas) return 'status.readyReplicas';
  if ((status.availableReplicas ?? 0) < replicas) return 'status.availableReplicas';
  return undefined;
}

function stuckReason({ spec }: Deployment, reason = 'no reason given'): string {
  if (reason !== 'ProgressDeadlineExceeded') return reason;
  // API default: 600 (apps/v1 DeploymentSpec).
  return `${reason}, no progress within ${spec.progressDeadlineSeconds ?? 600} s`;
}

function counts(status: NonNullable<Deployment['status']>): string {
  const { readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status;
  const old = replicas - updatedReplicas;
  const rest = old > 0 ? `, ${old} of an older revision` : '';
  return `${readyReplicas} ready, ${updatedReplicas} up to date, ${availableReplicas} available${rest}`;
}

function condition(deployment: Deployment, type: string) {
  return deployment.status?.conditions?.find((candidate) => candidate.type === type);
}
