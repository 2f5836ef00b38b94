import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/network/database-connections.js';
import { judge } from '../../support/check-context.js';

const withReplicas = (replicas: number, strategy: object = { rollingUpdate: { maxSurge: 1 } }) =>
  judge(check, ({ deployment }) => Object.assign(deployment.spec, { replicas, strategy }));

describe('network/database-connections', () => {
  test('passes when all pools fit', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'at most 20 of 100 database connections (2 × 10)',
    });
    expect(withReplicas(9).status).toBe('pass');
  });

  test('warns when they do not', () => {
    const judged = withReplicas(11);
    expect(judged).toMatchObject({ status: 'warn', ids: ['too-many'] });
    expect(judged.messages).toEqual(['11 pods with 10 connections each make 110 connections']);
    expect(judged.findings[0]?.data?.expected).toBe('at most 100 connections');
  });

  test('warns when they do not fit during a rollout', () => {
    expect(withReplicas(10)).toMatchObject({
      status: 'warn',
      ids: ['too-many-in-rollout'],
      messages: ['in a rollout 11 pods with 10 connections each make 110 connections'],
    });
    expect(withReplicas(10, { type: 'Recreate' }).status).toBe('pass');
  });

  test('reads a surge in percent as the API does: rounded up, 25 % where none is given', () => {
    expect(withReplicas(9, { rollingUpdate: { maxSurge: '10%' } }).status).toBe('pass');
    expect(withReplicas(9, { rollingUpdate: { maxSurge: '12%' } }).ids).toEqual(['too-many-in-rollout']);
    expect(withReplicas(9, {}).ids).toEqual(['too-many-in-rollout']);
  });

  test('counts what the contract wants when less is running', () => {
    const judged = judge(check, ({ deployment }, contract) => {
      deployment.spec.replicas = 0;
      contract.backend.replicaCount = 20;
    });
    expect(judged.ids).toEqual(['too-many']);
  });

  test('follows pool size and limit of the contract', () => {
    expect(judge(check, (_evidence, contract) => (contract.database.poolSize = 60)).ids).toEqual([
      'too-many',
    ]);
    expect(judge(check, (_evidence, contract) => (contract.database.maxConnections = 25)).ids).toEqual([
      'too-many-in-rollout',
    ]);
  });

  test('is unknown without a Deployment', () => {
    expect(judge(check, (evidence) => Object.assign(evidence, { deployment: undefined })).status).toBe(
      'unknown',
    );
  });
});
