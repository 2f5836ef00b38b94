import { deploymentRef } from '../../rule/object-ref.js';
import { COMPONENT, COMPONENT_LABEL } from '../../contract/name-forms.js';
import { fix, text } from '../../rule/fix.js';
import { helmUpgrade, kubectl } from '../../rule/command.js';
import type { LabelSelector } from '../../evidence/objects.js';
import { defineCheck, failUnlessEmpty, type Finding, skip } from '../check.js';
import { absent } from '../shared.js';

type Message = 'missing' | 'value';

const NAME_LABEL = 'app.kubernetes.io/name';

export default defineCheck({
  meta: {
    id: 'deployment/selector',
    title: 'Deployment selects its pods by app.kubernetes.io/name and component backend',
    failureTitle: 'Deployment selects its pods by other labels than the contract demands',
    why: 'the Service and every kubectl -l of the contract look for pods with these labels',
    remedy: (context) => {
      const { helm, names } = context.target;
      return [
        text(
          'A selector cannot be changed in place: the Deployment has to be made again, and the backend is down until the new pods are ready.',
        ),
        ...(helm
          ? [fix(`${kubectl(context, `delete deployment ${names.deployment}`)} && ${helmUpgrade(context)}`)]
          : [text('Delete it, and apply its manifest with the selector that the contract demands.')]),
      ];
    },
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      missing: 'the selector does not ask for label {label}',
      value: 'the selector asks for {label} {found}',
    },
    contractSection: 'Kubernetes Resources: Deployment, Specification',
  },
  evaluate({ deployment }, { contract, target }) {
    if (contract.labels === 'any') return skip('the contract leaves labels open');
    if (!deployment) return absent(deploymentRef(target));
    const findings: Finding<Message>[] = [];
    const demand = (label: string, value: string | undefined) => {
      const values = selectedValues(deployment.spec.selector, label);
      if (values && (value === undefined || (values.length === 1 && values[0] === value))) return;
      const found = values ? values.join(' or ') : 'absent';
      const field = `spec.selector.matchLabels['${label}']`;
      const data = { label, expected: value ?? 'any value', found, field };
      findings.push({ messageId: values ? 'value' : 'missing', data, object: deploymentRef(target) });
    };
    demand(NAME_LABEL, undefined);
    demand(COMPONENT_LABEL, COMPONENT);
    const name = selectedValues(deployment.spec.selector, NAME_LABEL)?.join(' or ') ?? '';
    return failUnlessEmpty(findings, `name ${name}, component backend`);
  },
});

/** The values that a selector lets through for one label; undefined when it does not pin the label's value. */
function selectedValues(selector: LabelSelector, label: string): string[] | undefined {
  const exact = selector.matchLabels?.[label];
  if (exact !== undefined) return [exact];
  return selector.matchExpressions?.find(({ key, operator }) => key === label && operator === 'In')?.values;
}
