import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/resources.js';
import type { ResourceRequirements } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const withResources = (resources: ResourceRequirements | undefined) =>
  judge(check, ({ deployment }) =>
    Object.assign(deployment.spec.template.spec.containers[0] ?? {}, { resources }),
  );

describe('deployment/resources', () => {
  test('passes on the contract’s quantities, however they are written', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'cpu 500m to 1000m, memory 512Mi to 1Gi' });
    const same = withResources({
      limits: { cpu: '1e0', memory: '1048576Ki' },
      requests: { cpu: '0.5', memory: '0.5Gi' },
    });
    expect(same.status).toBe('pass');
  });

  test('fails on another value', () => {
    const judged = withResources({
      limits: { cpu: '1', memory: '1G' },
      requests: { cpu: '500m', memory: '512Mi' },
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['differs'], messages: ['limits.memory is 1G'] });
    expect(judged.findings[0]?.data).toMatchObject({
      expected: '1Gi',
      found: '1G',
      field: 'spec.template.spec.containers[0].resources.limits.memory',
    });
  });

  test('fails on each quantity that is not set', () => {
    const judged = withResources(undefined);
    expect(judged.ids).toEqual(['missing', 'missing', 'missing', 'missing']);
    expect(judged.messages).toContain('requests.cpu is not set');
    expect(withResources({ requests: { cpu: '500m', memory: '512Mi' } }).messages).toEqual([
      'limits.cpu is not set',
      'limits.memory is not set',
    ]);
  });

  test('a request that is not set is the limit, as the API has it', () => {
    const limits = { cpu: '1', memory: '1Gi' };
    expect(withResources({ limits })).toMatchObject({
      ids: ['differs', 'differs'],
      messages: [
        'requests.cpu is 1 (not set, so it is the limit)',
        'requests.memory is 1Gi (not set, so it is the limit)',
      ],
    });
    const equal = judge(check, ({ deployment }, contract) => {
      contract.backend.resources.requests = { ...contract.backend.resources.limits };
      Object.assign(deployment.spec.template.spec.containers[0] ?? {}, { resources: { limits } });
    });
    expect(equal.status).toBe('pass');
  });

  test('shows what is no quantity as it is', () => {
    const judged = withResources({
      limits: { cpu: 'lots', memory: '1Gi' },
      requests: { cpu: '500m', memory: '512Mi' },
    });
    expect(judged).toMatchObject({
      ids: ['invalid'],
      messages: ['limits.cpu is lots, which is not a quantity'],
    });
  });
});
