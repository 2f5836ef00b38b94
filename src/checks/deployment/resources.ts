import { deploymentRef } from '../../rule/object-ref.js';
import { containerName } from '../../contract/target.js';
import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { parseQuantity, sameQuantity } from '../../kube/quantity.js';
import { absent } from '../shared.js';
import { setValues } from '../../fixes/commands.js';
import { isAbsent, isOpen } from '../../contract/open.js';
import { backendContainer } from '../../computed/template-container.js';
import { NO_CONTAINER } from '../shared.js';

type Message = 'missing' | 'differs' | 'invalid';

export default defineCheck({
  meta: {
    id: 'deployment/resources',
    title: 'Container has the contract’s CPU and memory requests and limits',
    failureTitle: 'Container’s CPU or memory requests or limits are not the contract’s',
    why: 'requests decide whether the pod is scheduled, limits when it is throttled or OOMKilled',
    remedy: (context) => {
      const { limits, requests } = context.contract.backend.resources;
      const { deployment } = context.target.names;
      const pair = ({ cpu, memory }: typeof limits) => `cpu=${cpu},memory=${memory}`;
      return setValues(
        context,
        `set resources deployment ${deployment} -c ${containerName(context)}` +
          ` --limits=${pair(limits)} --requests=${pair(requests)}`,
        `backend.resources.limits.cpu=${limits.cpu}`,
        `backend.resources.limits.memory=${limits.memory}`,
        `backend.resources.requests.cpu=${requests.cpu}`,
        `backend.resources.requests.memory=${requests.memory}`,
      );
    },
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      missing: '{kind}.{resource} is not set',
      differs: '{kind}.{resource} is {found}',
      invalid: '{kind}.{resource} is {found}, which is not a quantity',
    },
    contractSection: 'Resource Configuration',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const located = backendContainer(deployment, { contract, target });
    if (!located) return NO_CONTAINER;
    const { resources } = located.container;
    const expected = contract.backend.resources;
    const findings: Finding<Message>[] = [];
    for (const kind of ['requests', 'limits'] as const) {
      for (const resource of ['cpu', 'memory'] as const) {
        const want = expected[kind][resource];
        const place = `backend.resources.${kind}.${resource}`;
        if (isOpen(contract, place) || isAbsent(contract, place)) continue;
        // A pod's missing request becomes its limit (core/v1 defaults), so that is what it gets.
        const value = resources?.[kind]?.[resource] ?? resources?.limits?.[resource];
        if (value !== undefined && sameQuantity(want, value)) continue;
        const inherited = resources?.[kind]?.[resource] === undefined && value !== undefined;
        const messageId =
          value === undefined ? 'missing' : parseQuantity(value) === undefined ? 'invalid' : 'differs';
        const found =
          value === undefined ? 'not set' : inherited ? `${value} (not set, so it is the limit)` : value;
        const data = {
          expected: want,
          found,
          field: `${located.path}.resources.${kind}.${resource}`,
          kind,
          resource,
        };
        findings.push({ messageId, data, object: deploymentRef(target) });
      }
    }
    const range = (resource: 'cpu' | 'memory') =>
      `${resource} ${expected.requests[resource]} to ${expected.limits[resource]}`;
    return failUnlessEmpty(findings, `${range('cpu')}, ${range('memory')}`);
  },
});
