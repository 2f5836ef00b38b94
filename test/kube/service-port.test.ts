import { describe, expect, test } from '@jest/globals';
import type { Container, ServicePort } from '../../src/evidence/objects.js';
import { choosePort, servedPort, targetOf, usedPort } from '../../src/kube/service-port.js';

const WANTED = { port: 8000, nodePort: 30081, targetPort: 8000 };
const METRICS: ServicePort = { name: 'metrics', port: 9090, targetPort: 'metrics' };
const container: Container = {
  name: 'api',
  ports: [
    { name: 'metrics', containerPort: 9090 },
    { name: 'http', containerPort: 5000 },
  ],
};

describe('the entry that a contract means', () => {
  test.each<[string, ServicePort[], number | undefined]>([
    ['its number', [METRICS, { port: 80, targetPort: 8000 }, { port: 8000, targetPort: 3000 }], 8000],
    ['its number over TCP', [{ port: 8000, protocol: 'UDP', targetPort: 1 }, { port: 8000 }], 8000],
    ['its node port', [METRICS, { port: 80, nodePort: 30081 }, { port: 81, targetPort: 8000 }], 80],
    ['where it leads', [METRICS, { port: 80, targetPort: 8000 }], 80],
    ['the only one', [METRICS], 9090],
    ['none of several', [METRICS, { port: 81 }], undefined],
  ])('%s', (_, ports, port) => {
    expect(choosePort(ports, WANTED)?.port).toBe(port);
  });

  test('over TCP first, whatever the order', () => {
    const ports: ServicePort[] = [{ port: 8000, protocol: 'UDP' }, { port: 8000 }];
    expect(choosePort(ports, WANTED)).toBe(ports[1]);
  });
});

describe('the entry that requests are sent to', () => {
  test('leads to what the container serves, where nothing is as it is wanted', () => {
    const ports = [METRICS, { port: 80, targetPort: 'http' }];
    expect(usedPort(ports, WANTED, [container])?.port).toBe(80);
    expect(usedPort(ports, WANTED)?.port).toBe(9090);
    expect(usedPort([], WANTED, [container])).toBeUndefined();
  });

  test('a name is looked up with its protocol', () => {
    expect(targetOf({ port: 1, targetPort: 'http' }, [container])).toBe(5000);
    expect(targetOf({ port: 1, targetPort: 'http', protocol: 'UDP' }, [container])).toBeUndefined();
    expect(targetOf({ port: 7 }, [])).toBe(7);
  });
});

describe('the port that a container serves', () => {
  const two = (first: string, second: string): Container['ports'] => [
    { name: first, containerPort: 1 },
    { name: second, containerPort: 2 },
  ];
  test.each<[string, Partial<Container>, number | undefined]>([
    ['none', {}, undefined],
    ['the only one', { ports: [{ name: 'metrics', containerPort: 9 }] }, 9],
    ['that its probe asks, by name', { ports: two('a', 'b'), readinessProbe: { httpGet: { port: 'b' } } }, 2],
    ['that its probe asks', { ports: two('a', 'b'), livenessProbe: { tcpSocket: { port: 2 } } }, 2],
    ['not the probe’s own', { ports: two('a', 'b'), livenessProbe: { httpGet: { port: 7 } } }, 1],
    ['not for metrics', { ports: two('http-metrics', 'web') }, 2],
    ['the first', { ports: two('metrics', 'debug') }, 1],
  ])('%s', (_, change, port) => {
    expect(servedPort({ name: 'api', ...change })).toBe(port);
  });
});
