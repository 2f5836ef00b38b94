import { serviceRef } from '../../rule/object-ref.js';
import { defineCheck, failUnlessEmpty, skip } from '../check.js';
import { absent, LABEL_MESSAGES, labelFindings } from '../shared.js';
import { labelFixes } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'service/labels',
    title: 'Service carries the standard Helm labels and the component label',
    failureTitle: 'Service lacks labels that the contract demands',
    why: 'label selectors in commands, dashboards and policies miss an object without them',
    remedy: (context, findings) => labelFixes(context, 'service', context.target.names.service, findings),
    severity: 'error',
    reads: ['service'],
    needs: ['service/exists'],
    messages: LABEL_MESSAGES,
    contractSection: 'Kubernetes Resources: Service',
  },
  evaluate({ service }, { contract, target }) {
    if (contract.labels === 'any') return skip('the contract leaves labels open');
    const object = serviceRef(target);
    if (!service) return absent(object);
    return failUnlessEmpty(
      labelFindings(service.metadata.labels, target, object),
      `standard labels, component backend`,
    );
  },
});
