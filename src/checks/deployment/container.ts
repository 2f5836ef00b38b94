import { deploymentRef } from '../../rule/object-ref.js';
import { text } from '../../rule/fix.js';
import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { absent } from '../shared.js';
import { changeObject, patchContainer } from '../../fixes/commands.js';
import { backendContainer } from '../../computed/template-container.js';

type Message = 'name' | 'port';

export default defineCheck({
  meta: {
    id: 'deployment/container',
    title: 'Pod template has the contract’s container and port',
    failureTitle: 'Pod template does not have the container or port that the contract demands',
    why: 'kubectl logs and exec name the container, and the Service sends traffic to its port',
    remedy: (context, findings) => {
      const { name, port } = context.contract.backend.container;
      const isMisnamed = findings.some(({ messageId }) => messageId === 'name');
      if (isMisnamed) return [text(`Call the container ${name} in the pod template.`)];
      return changeObject(
        context,
        patchContainer(context, { ports: [{ containerPort: port, protocol: 'TCP' }] }),
      );
    },
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      name: 'no container is called {expected}: there is {found}',
      port: 'container {container} does not declare port {expected}',
    },
    contractSection: 'Kubernetes Resources: Deployment, Pod Template',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const expected = contract.backend.container;
    const { containers } = deployment.spec.template.spec;
    const object = deploymentRef(target);
    const findings: Finding<Message>[] = [];
    if (!containers.some(({ name }) => name === expected.name)) {
      const found = containers.map(({ name }) => name).join(', ') || 'no container';
      const data = { expected: expected.name, found, field: 'spec.template.spec.containers[].name' };
      findings.push({ messageId: 'name', data, object });
    }
    const located = backendContainer(deployment, { contract, target });
    if (located) {
      const { container, path } = located;
      // API default: TCP (core/v1 ContainerPort).
      const ports = (container.ports ?? []).map((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}`);
      if (!ports.includes(`${expected.port}/TCP`)) {
        const found = ports.join(', ') || 'no port';
        const data = {
          expected: `${expected.port}/TCP`,
          found,
          field: `${path}.ports`,
          container: container.name,
        };
        findings.push({ messageId: 'port', data, object });
      }
    }
    return failUnlessEmpty(findings, `container ${expected.name}, port ${expected.port}/TCP`);
  },
});
