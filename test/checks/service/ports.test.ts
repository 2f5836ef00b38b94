import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/ports.js';
import type { ServicePort } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const withPorts = (...ports: ServicePort[]) => judge(check, ({ service }) => (service.spec.ports = ports));
const good: ServicePort = { name: 'http', protocol: 'TCP', port: 8000, targetPort: 8000, nodePort: 30081 };

describe('service/ports', () => {
  test('passes on the contract’s ports', () => {
    expect(judge(check)).toMatchObject({
      status: 'pass',
      text: 'port 8000 to container port 8000, node port 30081',
    });
  });

  test('applies the API’s defaults for protocol and target', () => {
    expect(withPorts({ port: 8000, nodePort: 30081 }).status).toBe('pass');
  });

  test('resolves a named target port', () => {
    expect(withPorts({ ...good, targetPort: 'http' })).toMatchObject({ status: 'pass' });
  });

  test('fails on a name that leads to another number', () => {
    const judged = judge(check, ({ service, deployment }) => {
      service.spec.ports = [{ ...good, targetPort: 'web' }];
      deployment.spec.template.spec.containers[0]?.ports?.push({ name: 'web', containerPort: 9000 });
    });
    expect(judged).toMatchObject({
      ids: ['target-port'],
      messages: ['port 8000 leads to container port 9000 ("web"), not 8000'],
    });
  });

  test('fails on a name that no container port has, or has for another protocol', () => {
    expect(withPorts({ ...good, targetPort: 'web' })).toMatchObject({
      ids: ['target-name-unknown'],
      messages: ['targetPort "web" names no port of the Deployment’s containers'],
    });
    const judged = judge(check, ({ service, deployment }) => {
      service.spec.ports = [{ ...good, targetPort: 'http' }];
      const port = deployment.spec.template.spec.containers[0]?.ports?.[0];
      if (port) port.protocol = 'UDP';
    });
    expect(judged.ids).toEqual(['target-name-unknown']);
  });

  test('cannot resolve a name without a Deployment', () => {
    const judged = judge(check, (evidence) => {
      evidence.service.spec.ports = [{ ...good, targetPort: 'http' }];
      Object.assign(evidence, { deployment: undefined });
    });
    expect(judged).toMatchObject({ status: 'unknown', text: expect.stringContaining('"http"') });
  });

  test('fails on a wrong target port', () => {
    const judged = withPorts({ ...good, targetPort: 8080 });
    expect(judged).toMatchObject({
      ids: ['target-port'],
      messages: ['port 8000 leads to container port 8080, not 8000'],
    });
    expect(judged.findings[0]?.data).toMatchObject({
      expected: 8000,
      found: '8080',
      field: 'spec.ports[0].targetPort',
    });
  });

  test('fails on a wrong node port', () => {
    const judged = withPorts({ ...good, nodePort: 31234 });
    expect(judged).toMatchObject({ ids: ['node-port'], messages: ['the node port of port 8000 is 31234'] });
    expect(withPorts({ ...good, nodePort: undefined }).messages).toEqual([
      'the node port of port 8000 is not set',
    ]);
  });

  test('leaves the node port of a ClusterIP Service to service/type', () => {
    const judged = judge(check, ({ service }) => {
      service.spec.type = 'ClusterIP';
      service.spec.ports = [{ ...good, nodePort: undefined }];
    });
    expect(judged).toMatchObject({ status: 'pass', text: 'port 8000 to container port 8000' });
  });

  test('tells a wrong port as one fault', () => {
    expect(withPorts({ ...good, port: 80 })).toMatchObject({
      ids: ['port'],
      messages: ['no port of the Service is 8000'],
    });
    // Several candidates: the node port says which one is meant.
    expect(withPorts({ port: 9090 }, { ...good, port: 80 }).findings[0]?.data?.field).toBe(
      'spec.ports[1].port',
    );
    const none = withPorts({ port: 9090 }, { port: 80 });
    expect(none).toMatchObject({
      ids: ['port'],
      findings: [{ data: { expected: 8000, found: '9090, 80' } }],
    });
  });

  test('fails on UDP, but takes the TCP entry where there are both', () => {
    expect(withPorts({ ...good, protocol: 'UDP' })).toMatchObject({
      ids: ['protocol'],
      messages: ['port 8000 is for UDP'],
    });
    expect(withPorts({ ...good, protocol: 'UDP', nodePort: 31000 }, good).status).toBe('pass');
  });

  test('fails without ports', () => {
    expect(withPorts()).toMatchObject({ ids: ['none'], messages: ['the Service has no ports'] });
  });

  test('does not mind further ports', () => {
    expect(withPorts({ name: 'metrics', port: 9090, nodePort: 30990 }, good).status).toBe('pass');
  });
});
