import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/readiness-probe.js';
import type { Probe } from '../../../src/evidence/objects.js';
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
