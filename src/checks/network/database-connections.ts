import { text } from '../../rule/fix.js';
import { defineCheck, unknown, warnUnlessEmpty, type Finding } from '../check.js';
import { count } from '../../count.js';
import { deploymentRef } from '../../rule/object-ref.js';

type Message = 'too-many' | 'too-many-in-rollout';

export default defineCheck({
  meta: {
    id: 'network/database-connections',
    title: 'All pods’ connection pools fit into the database’s limit',
    failureTitle: 'All pods’ connection pools together exceed the database’s limit',
    why: 'once the limit is reached the database refuses connections, and pods that start then never become ready',
    remedy: ({ contract: { database, backend } }) => [
      text(
        `If the database allows more than ${database.maxConnections} connections, say so with --set database.maxConnections; ` +
          `else lower the pool below ${Math.floor(database.maxConnections / (backend.replicaCount + 1))} connections for each pod.`,
      ),
    ],
    severity: 'warning',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      'too-many': '{replicas} with {pool} each make {found}',
      'too-many-in-rollout': 'in a rollout {replicas} with {pool} each make {found}',
    },
    contractSection: 'Scaling Behavior: Database Connection Pooling',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return unknown('there is no Deployment whose replicas could be counted');
    const { poolSize, maxConnections } = contract.database;
    // The more of what is asked for now and of what the contract says: both will have to fit. API default: 1 replica.
    const replicas = Math.max(deployment.spec.replicas ?? 1, contract.backend.replicaCount);
    const surging = replicas + surge(deployment.spec.strategy, replicas);
    const finding = (messageId: Message, pods: number): Finding<Message> => ({
      messageId,
      data: {
        replicas: count(pods, 'pod'),
        pool: count(poolSize, 'connection'),
        expected: `at most ${count(maxConnections, 'connection')}`,
        found: count(pods * poolSize, 'connection'),
        field: 'spec.replicas',
      },
      object: deploymentRef(target),
    });
    const findings: Finding<Message>[] = [];
    if (replicas * poolSize > maxConnections) findings.push(finding('too-many', replicas));
    else if (surging * poolSize > maxConnections) findings.push(finding('too-many-in-rollout', surging));
    return warnUnlessEmpty(
      findings,
      `at most ${replicas * poolSize} of ${maxConnections} database connections (${replicas} × ${poolSize})`,
    );
  },
});

/** Pods beyond the replicas that a rollout may start; a percentage is rounded up (API default: 25 %). */
function surge(
  strategy: { type?: string; rollingUpdate?: { maxSurge?: number | string } } | undefined,
  replicas: number,
): number {
  if (strategy?.type === 'Recreate') return 0;
  const value = strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof value === 'number' ? value : Math.ceil((Number.parseFloat(value) / 100) * replicas);
}
