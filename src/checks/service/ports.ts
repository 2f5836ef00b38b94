import { serviceRef } from '../../rule/object-ref.js';
import type { Part } from '../../rule/fix.js';
import type { Service } from '../../evidence/objects.js';
import { isAbsent, isOpen } from '../../contract/open.js';
import { defineCheck, failUnlessEmpty, unknown, type CheckContext, type Finding } from '../check.js';
import { choosePort, targetOf } from '../../kube/service-port.js';
import { absent } from '../shared.js';
import { changeObject, type PatchStep, patchSteps, pointer, setValues } from '../../fixes/commands.js';

type Message = 'none' | 'port' | 'protocol' | 'target-port' | 'target-name-unknown' | 'node-port';

export default defineCheck({
  meta: {
    id: 'service/ports',
    title: 'Service maps its port to the container and to the node port',
    failureTitle: 'Service ports are not those of the contract',
    why: 'the frontend and the contract’s URL use fixed ports; another number or target is a refused connection',
    remedy: portFixes,
    severity: 'error',
    reads: ['service', 'deployment'],
    needs: ['service/exists'],
    messages: {
      none: 'the Service has no ports',
      port: 'no port of the Service is {expected}',
      protocol: 'port {port} is for {found}',
      'target-port': 'port {port} leads to container port {found}, not {expected}',
      'target-name-unknown': 'targetPort "{name}" names no port of the Deployment’s containers',
      'node-port': 'the node port of port {port} is {found}',
    },
    contractSection: 'Kubernetes Resources: Service; Configuration Parameters: Service Configuration',
  },
  evaluate({ service, deployment }, context) {
    const object = serviceRef(context.target);
    if (!service) return absent(object);
    const expected = context.contract.backend.service;
    const ports = service.spec.ports ?? [];
    const containers = deployment?.spec.template.spec.containers;
    const entry = choosePort(ports, expected, containers);
    const findings: Finding<Message>[] = [];
    const add = (messageId: Message, field: string, data: Record<string, number | string>) =>
      findings.push({ messageId, data: { field, ...data }, object });

    if (!entry) {
      const found = ports.map(({ port }) => port).join(', ');
      if (found === '') add('none', 'spec.ports', { expected: expected.port, found: 'none' });
      else add('port', 'spec.ports', { expected: expected.port, found });
      return failUnlessEmpty(findings, '');
    }

    const { port } = entry;
    const field = `spec.ports[${ports.indexOf(entry)}]`;
    if (port !== expected.port) add('port', `${field}.port`, { expected: expected.port, found: port });
    // API defaults: TCP, and the port's own number as target (v1 ServicePort).
    const protocol = entry.protocol ?? 'TCP';
    if (protocol !== 'TCP') add('protocol', `${field}.protocol`, { port, expected: 'TCP', found: protocol });

    const target = entry.targetPort ?? port;
    if (typeof target === 'string' && !deployment) {
      return unknown(
        `targetPort "${target}" is a name, and there is no Deployment whose containers could resolve it`,
      );
    }
    const number = targetOf(entry, containers);
    if (number === undefined) {
      const data = {
        name: target,
        expected: `a name of container port ${expected.targetPort}`,
        found: target,
      };
      add('target-name-unknown', `${field}.targetPort`, data);
    } else if (number !== expected.targetPort) {
      const found = typeof target === 'number' ? String(number) : `${number} ("${target}")`;
      add('target-port', `${field}.targetPort`, { port, expected: expected.targetPort, found });
    }

    if (demandsNodePort(service, context) && entry.nodePort !== expected.nodePort) {
      add('node-port', `${field}.nodePort`, {
        port,
        expected: expected.nodePort,
        found: entry.nodePort ?? 'not set',
      });
    }
    const node = entry.nodePort === undefined ? '' : `, node port ${entry.nodePort}`;
    return failUnlessEmpty(findings, `port ${port} to container port ${number ?? target}${node}`);
  },
});

/** A Service of another type has no node port: service/type says so, it would be the same fault told twice. */
function demandsNodePort(service: Service, { contract }: CheckContext): boolean {
  const withNodePort = ['NodePort', 'LoadBalancer'];
  const at = 'backend.service.nodePort';
  if (isOpen(contract, at) || isAbsent(contract, at)) return false;
  return (
    withNodePort.includes(contract.backend.service.type) &&
    withNodePort.includes(service.spec.type ?? 'ClusterIP')
  );
}

/** Changes the fields that findings name; where there is no port at all, adds the contract's. */
function portFixes(context: CheckContext, findings: readonly Finding[]): Part[] {
  const { port, targetPort, nodePort } = context.contract.backend.service;
  const whole = { port, targetPort, nodePort, protocol: 'TCP' };
  const steps = findings.flatMap(({ messageId, data }): PatchStep[] => {
    const path = pointer(String(data?.field ?? ''));
    switch (messageId) {
      case 'none':
        return [{ op: 'add', path: '/spec/ports', value: [whole] }];
      // Several ports, and none of them is the contract's: the others stay.
      case 'port':
        return path === '/spec/ports'
          ? [{ op: 'add', path: '/spec/ports/-', value: { name: 'backend', ...whole } }]
          : [{ op: 'add', path, value: port }];
      case 'protocol':
        return [{ op: 'add', path, value: 'TCP' }];
      case 'node-port':
        return [{ op: 'add', path, value: nodePort }];
      default:
        return [{ op: 'add', path, value: targetPort }];
    }
  });
  if (steps.length === 0) steps.push({ op: 'add', path: '/spec/ports/0/nodePort', value: nodePort });
  const values = findings.flatMap(({ messageId, data }) =>
    messageId === 'port' || messageId === 'none'
      ? [`backend.service.port=${port}`]
      : messageId === 'node-port'
        ? [`backend.service.nodePort=${nodePort}`]
        : // The chart has no value for it.
          [`backend.service.${String(data?.field).split('.').at(-1) ?? ''}=`],
  );
  const patch = patchSteps('service', context.target.names.service, steps);
  // Ports are merged by their number: an upgrade would add one to what a person has changed, and both want the node port.
  if (findings.some(({ messageId, data }) => messageId === 'port' && data?.field !== 'spec.ports'))
    return changeObject(context, patch);
  return setValues(context, patch, ...values);
}
