import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/rollout-complete.js';
import { judge, type HealthyEvidence } from '../../support/check-context.js';

type Status = NonNullable<HealthyEvidence['deployment']['status']>;
const withStatus = (change: Partial<Status>) => (evidence: HealthyEvidence) => {
  evidence.deployment.status = { ...evidence.deployment.status, ...change };
};
const progressing = (status: string, reason: string) => [{ type: 'Progressing', status, reason }];

describe('deployment/rollout-complete', () => {
  test('passes when all replicas are ready, up to date and available', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: '2 of 2 replicas ready, up to date, available',
    });
  });

  test('says nothing about counts that belong to an older generation', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.metadata.generation = 4;
      deployment.status = { observedGeneration: 3, readyReplicas: 0 };
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-observed'] });
    expect(judged.messages[0]).toContain('generation 4, observed 3');
  });

  test('says that a rollout is under way', () => {
    const judged = judge(
      check,
      withStatus({ replicas: 3, updatedReplicas: 1, conditions: progressing('True', 'ReplicaSetUpdated') }),
    );
    expect(judged).toMatchObject({ status: 'fail', ids: ['under-way'] });
    expect(judged.messages).toEqual([
      'a rollout is under way: 2 ready, 1 up to date, 2 available, 2 of an older revision',
    ]);
    expect(judged.findings[0]?.data).toMatchObject({
      expected: '2 ready, 2 up to date, 2 available',
      field: 'status.updatedReplicas',
    });
  });

  test('says that a rollout is stuck, and since which deadline', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.spec.progressDeadlineSeconds = undefined;
      deployment.status = {
        ...deployment.status,
        updatedReplicas: 1,
        conditions: progressing('False', 'ProgressDeadlineExceeded'),
      };
    });
    expect(judged.ids).toEqual(['stuck']);
    expect(judged.messages[0]).toContain('ProgressDeadlineExceeded, no progress within 600 s');
    const other = judge(
      check,
      withStatus({ updatedReplicas: 0, conditions: progressing('False', 'ReplicaSetCreateError') }),
    );
    expect(other.messages[0]).toMatch(/^the rollout is stuck \(ReplicaSetCreateError\)/);
  });

  test.each([
    ['readyReplicas', { readyReplicas: 1, availableReplicas: 1 }],
    ['availableReplicas', { availableReplicas: 1 }],
    ['replicas', { replicas: 3 }],
  ])('a complete rollout that lacks something in %s is incomplete', (field, change) => {
    const judged = judge(check, withStatus(change));
    expect(judged).toMatchObject({ ids: ['incomplete'], findings: [{ data: { field: `status.${field}` } }] });
  });

  test('a Deployment without any status is not complete', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.metadata.generation = undefined;
      deployment.status = undefined;
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['under-way'] });
  });

  test('quotes why pods cannot be created', () => {
    const message = 'pods "x" is forbidden: exceeded quota: compute, requested: limits.cpu=1';
    const judged = judge(
      check,
      withStatus({
        readyReplicas: 1,
        availableReplicas: 1,
        replicas: 1,
        updatedReplicas: 1,
        conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
      }),
    );
    expect(judged.ids).toEqual(['replica-failure', 'under-way']);
    expect(judged.messages[0]).toBe(`pods cannot be created: ${message}`);
  });

  test('warns of a paused Deployment that is complete', () => {
    const judged = judge(check, ({ deployment }) => (deployment.spec.paused = true));
    expect(judged).toMatchObject({ status: 'warn', ids: ['paused'] });
  });

  test('does not call a paused Deployment’s rollout under way', () => {
    const judged = judge(check, (evidence) => {
      evidence.deployment.spec.paused = true;
      withStatus({ updatedReplicas: 0, conditions: progressing('Unknown', 'DeploymentPaused') })(evidence);
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['incomplete', 'paused'] });
  });

  test('cannot judge a Deployment that is scaled to zero', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.spec.replicas = 0;
      deployment.status = { observedGeneration: 1 };
    });
    expect(judged.status).toBe('skip');
  });

  test.each([
    ['Available', 'False', 'MinimumReplicasUnavailable', 'unavailable'],
    ['Available', 'Unknown', 'Odd', 'unavailable'],
    ['Progressing', 'False', 'ReplicaSetCreateError', 'not-progressing'],
    ['Progressing', 'False', 'ProgressDeadlineExceeded', 'not-progressing'],
  ])('fails when all are counted and %s is %s (%s)', (type, status, reason, id) => {
    const judged = judge(check, withStatus({ conditions: [{ type, status, reason, message: 'words' }] }));
    expect(judged).toMatchObject({ status: 'fail', ids: [id] });
    expect(judged.messages[0]).toContain(`condition ${type} is ${status}: ${reason}: words`);
  });

  test('fails on ReplicaFailure although all are counted', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }];
    expect(judge(check, withStatus({ conditions }))).toMatchObject({
      status: 'fail',
      ids: ['replica-failure'],
    });
  });

  test('a paused Deployment’s Progressing is Unknown: no contradiction', () => {
    const conditions = progressing('Unknown', 'DeploymentPaused');
    expect(judge(check, withStatus({ conditions })).status).toBe('pass');
  });
});
