import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/replicas.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import type { AutoscalerFacts } from '../../../src/evidence/evidence.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { NOW } from '../../support/healthy.js';

describe('deployment/replicas', () => {
  test('passes on the contract’s number', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: '2 replicas' });
  });

  test('fails on another number', () => {
    const judged = judge(check, ({ deployment }) => (deployment.spec.replicas = 3));
    expect(judged).toMatchObject({ status: 'fail', ids: ['replicas'], messages: ['spec.replicas is 3'] });
    expect(judged.findings[0]?.data).toEqual({ expected: 2, found: 3, field: 'spec.replicas' });
  });

  test('takes an absent number for the API’s default of one', () => {
    expect(
      judge(check, ({ deployment }) => (deployment.spec.replicas = undefined)).findings[0]?.data?.found,
    ).toBe(1);
    const one = judge(check, ({ deployment }, contract) => {
      deployment.spec.replicas = undefined;
      contract.backend.replicaCount = 1;
    });
    expect(one).toMatchObject({ status: 'pass', text: '1 replica' });
  });

  test('says that a Deployment is scaled to zero', () => {
    const judged = judge(check, ({ deployment }) => (deployment.spec.replicas = 0));
    expect(judged).toMatchObject({ status: 'fail', ids: ['scaled-to-zero'] });
  });

  test('its remedy scales through Helm, or with kubectl where Helm does not manage the release', () => {
    const remedy = (helm: typeof TARGET.helm) =>
      remedyOf(check, { contract: DEFAULT_CONTRACT, target: { ...TARGET, helm }, now: 0 }, []);
    expect(remedy(TARGET.helm)).toMatch(/^helm upgrade todo-chatbot .* --set backend\.replicaCount=2$/);
    expect(remedy(undefined)).toBe('kubectl -n default scale deployment todo-chatbot-backend --replicas=2');
  });
});

describe('with an autoscaler', () => {
  const scaled = (
    replicas: number,
    autoscaling = { minReplicas: 0, maxReplicas: 0 },
    decided: Pick<AutoscalerFacts, 'desiredReplicas' | 'lastScaleTime'> = {},
  ) =>
    judge(check, (evidence, contract) => {
      evidence.deployment.spec.replicas = replicas;
      evidence.autoscaler = { name: 'hpa', minReplicas: 2, maxReplicas: 4, ...decided };
      contract.backend.autoscaling = autoscaling;
    });

  test('its range is what is expected', () => {
    expect(scaled(3)).toMatchObject({ status: 'pass', text: '3 replicas, kept from 2 to 4 replicas by hpa' });
    expect(scaled(4).status).toBe('pass');
  });

  test('outside of its range fails', () => {
    expect(scaled(5)).toMatchObject({ ids: ['outside-range'] });
    expect(scaled(1).messages).toEqual([
      'spec.replicas is 1, outside of the range of HorizontalPodAutoscaler hpa',
    ]);
  });

  test.each([
    ['its last decision is above it', 5, 5],
    ['its last decision is below it', 1, 1],
    ['it has decided nothing yet', 5, 0],
    ['another one has scaled since its last decision, which was above it', 6, 5],
  ])('outside of a range that it has not acted on yet is unknown: %s', (_what, replicas, desired) => {
    const judged = scaled(replicas, undefined, { desiredReplicas: desired });
    expect(judged).toMatchObject({ status: 'unknown', ids: ['outside-range'] });
    expect(judged.text).toBe('HorizontalPodAutoscaler hpa has not acted on its range of 2 to 4 replicas yet');
  });

  test('scaled by another one out of the range that it has acted on', () => {
    expect(scaled(6, undefined, { desiredReplicas: 3 }).status).toBe('fail');
    expect(scaled(1, undefined, { desiredReplicas: 2 }).status).toBe('fail');
  });

  test('the Deployment was read before the autoscaler, which has acted between the two', () => {
    const secondsAgo = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
    const acted = (replicas: number, seconds: number, desiredReplicas = 4) =>
      scaled(replicas, undefined, { desiredReplicas, lastScaleTime: secondsAgo(seconds) });
    expect(acted(5, 1)).toMatchObject({
      status: 'unknown',
      ids: ['outside-range'],
      text: 'HorizontalPodAutoscaler hpa has asked for 4 replicas a moment ago',
    });
    expect(acted(1, 14, 2).status).toBe('unknown');
    // It would have acted again by now.
    expect(acted(5, 16).status).toBe('fail');
    expect(acted(1, 3600, 2).status).toBe('fail');
    // Inside of its range nothing is open.
    expect(acted(3, 1).status).toBe('pass');
    const another = { minReplicas: 2, maxReplicas: 9 };
    expect(scaled(5, another, { desiredReplicas: 4, lastScaleTime: secondsAgo(1) }).status).toBe('fail');
  });

  test('a range that is not the contract’s fails, acted on or not', () => {
    expect(scaled(5, { minReplicas: 2, maxReplicas: 9 }, { desiredReplicas: 5 }).status).toBe('fail');
  });

  test('none, where the contract has one', () => {
    const without = (replicas: number) =>
      judge(check, (evidence, contract) => {
        evidence.deployment.spec.replicas = replicas;
        contract.backend.autoscaling = { minReplicas: 2, maxReplicas: 4 };
      });
    expect(without(2)).toMatchObject({
      ids: ['no-autoscaler'],
      messages: ['no HorizontalPodAutoscaler scales the Deployment'],
    });
    expect(without(0).ids).toEqual(['scaled-to-zero', 'no-autoscaler']);
  });

  test('another range than the contract’s fails; scaled to zero it is off', () => {
    expect(scaled(3, { minReplicas: 2, maxReplicas: 9 }).ids).toEqual(['range']);
    expect(scaled(3, { minReplicas: 2, maxReplicas: 4 }).status).toBe('pass');
    expect(scaled(0).ids).toEqual(['scaled-to-zero']);
  });
});
