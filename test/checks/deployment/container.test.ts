import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/container.js';
import { judge, type HealthyEvidence } from '../../support/check-context.js';

const containerOf = ({ deployment }: HealthyEvidence) => {
  const [container] = deployment.spec.template.spec.containers;
  if (!container) throw new Error('no container');
  return container;
};

describe('deployment/container', () => {
  test('passes on container backend with port 8000', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'container backend, port 8000/TCP' });
  });

  test('fails on another name, and still judges the port of the only container', () => {
    const judged = judge(check, (evidence) => (containerOf(evidence).name = 'api'));
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['name'],
      messages: ['no container is called backend: there is api'],
    });
  });

  test('finds the container among others', () => {
    const judged = judge(check, ({ deployment }) =>
      deployment.spec.template.spec.containers.unshift({ name: 'proxy', ports: [{ containerPort: 1 }] }),
    );
    expect(judged.status).toBe('pass');
  });

  test('fails on a port that is missing, another, or UDP', () => {
    const port = (ports: ReturnType<typeof containerOf>['ports']) =>
      judge(check, (evidence) => (containerOf(evidence).ports = ports));
    expect(port(undefined)).toMatchObject({
      status: 'fail',
      ids: ['port'],
      findings: [{ data: { found: 'no port' } }],
    });
    expect(port([{ containerPort: 8080 }]).findings[0]?.data).toMatchObject({
      expected: '8000/TCP',
      found: '8080/TCP',
      field: 'spec.template.spec.containers[0].ports',
    });
    expect(port([{ containerPort: 8000, protocol: 'UDP' }]).ids).toEqual(['port']);
    expect(port([{ containerPort: 8000 }]).status).toBe('pass');
  });
});
