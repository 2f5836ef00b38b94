import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/readiness-probe.js';
import type { Container, Probe } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const withProbe = (change: Partial<Probe> | undefined) =>
  judge(check, ({ deployment }) => {
    const [container] = deployment.spec.template.spec.containers;
    if (container) container.readinessProbe = change && { ...container.readinessProbe, ...change };
  });

describe('deployment/readiness-probe', () => {
  test('passes on the contract’s probe', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'GET /api/health on port 8000, after 15 s every 10 s, timeout 5 s',
    });
  });

  test('fails when there is none', () => {
    expect(withProbe(undefined)).toMatchObject({
      status: 'fail',
      ids: ['missing'],
      messages: ['the container has no readinessProbe'],
    });
  });

  test.each([
    ['initialDelaySeconds', 30],
    ['periodSeconds', 60],
    ['timeoutSeconds', 2],
    ['successThreshold', 2],
    ['failureThreshold', 10],
  ] as const)('fails on another %s', (field, value) => {
    const judged = withProbe({ [field]: value });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: [field],
      messages: [`readinessProbe.${field} is ${value}`],
    });
    expect(judged.findings[0]?.data?.field).toBe(`spec.template.spec.containers[0].readinessProbe.${field}`);
  });

  test.each([
    ['path', { path: '/health', port: 8000 }, 'readinessProbe asks for path /health'],
    ['path', { port: 8000 }, 'readinessProbe asks for path /'],
    ['port', { path: '/api/health', port: 8080 }, 'readinessProbe asks port 8080'],
    ['scheme', { path: '/api/health', port: 8000, scheme: 'HTTPS' }, 'readinessProbe asks over HTTPS'],
    [
      'host',
      { path: '/api/health', port: 8000, host: 'example.org' },
      'readinessProbe asks host example.org, not the pod',
    ],
    [
      'port',
      { path: '/api/health', port: 'web' },
      'readinessProbe asks port web (the container has no port of that name)',
    ],
  ])('fails on another %s', (id, httpGet, message) => {
    expect(withProbe({ httpGet })).toMatchObject({ status: 'fail', ids: [id], messages: [message] });
  });

  test('resolves a port’s name, and a number that is written as text', () => {
    expect(withProbe({ httpGet: { path: '/api/health', port: 'http' } }).status).toBe('pass');
    expect(withProbe({ httpGet: { path: '/api/health', port: '8000' } }).status).toBe('pass');
  });

  test('names a probe of another type, also one that it does not know', () => {
    const other = (handler: object) =>
      judge(check, ({ deployment }) => {
        const [container] = deployment.spec.template.spec.containers;
        if (container)
          container.readinessProbe = { ...container.readinessProbe, httpGet: undefined, ...handler };
      });
    expect(other({ tcpSocket: { port: 8000 } })).toMatchObject({
      ids: ['type'],
      messages: ['readinessProbe is of type tcpSocket'],
    });
    expect(other({ quic: {} }).messages).toEqual(['readinessProbe is of type quic']);
    expect(other({}).messages).toEqual(['readinessProbe is of type no handler']);
  });

  test('applies the API’s defaults where fields are absent, and says so', () => {
    const judged = judge(check, ({ deployment }) => {
      const [container] = deployment.spec.template.spec.containers;
      if (container) container.readinessProbe = { httpGet: { path: '/api/health', port: 8000 } };
    });
    expect(judged.messages).toEqual([
      'readinessProbe.initialDelaySeconds is 0 (not set: API default)',
      'readinessProbe.timeoutSeconds is 1 (not set: API default)',
    ]);
  });
});

describe('what a contract file may say', () => {
  const said = (
    mark: 'any' | 'absent',
    path: string,
    change: (container: Container) => void = () => undefined,
  ) =>
    judge(check, ({ deployment }, contract) => {
      contract[mark].push(path);
      for (const container of deployment.spec.template.spec.containers) change(container);
    });

  test('none is wanted', () => {
    expect(said('absent', 'backend.readinessProbe').ids).toEqual(['unwanted']);
    expect(
      said('absent', 'backend.readinessProbe', (container) => delete container.readinessProbe).status,
    ).toBe('pass');
  });

  test('any is right', () => {
    expect(said('any', 'backend.readinessProbe', (container) => delete container.readinessProbe).status).toBe(
      'pass',
    );
    const other = (container: Container) =>
      Object.assign(container.readinessProbe ?? {}, { periodSeconds: 99 });
    expect(said('any', 'backend.readinessProbe.periodSeconds', other).status).toBe('pass');
  });

  test('another kind of probe', () => {
    const judged = judge(check, ({ deployment }, contract) => {
      contract.backend.readinessProbe.type = 'tcpSocket';
      const [container] = deployment.spec.template.spec.containers;
      if (container?.readinessProbe)
        Object.assign(container.readinessProbe, { httpGet: undefined, tcpSocket: { port: 8000 } });
    });
    expect(judged.status).toBe('pass');
  });
});
