import { deploymentRef } from '../../rule/object-ref.js';
import { defineCheck, failUnlessEmpty, skip } from '../check.js';
import { absent, LABEL_MESSAGES, labelFindings } from '../shared.js';
import { labelFixes } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'deployment/labels',
    title: 'Deployment carries the standard Helm labels and component backend',
    failureTitle: 'Deployment lacks labels that the contract demands',
    why: 'Helm, dashboards and kubectl -l find the backend by these labels',
    remedy: (context, findings) =>
      labelFixes(context, 'deployment', context.target.names.deployment, findings),
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: LABEL_MESSAGES,
    contractSection: 'Kubernetes Resources: Deployment, Metadata',
  },
  evaluate({ deployment }, { contract, target }) {
    if (contract.labels === 'any') return skip('the contract leaves labels open');
    if (!deployment) return absent(deploymentRef(target));
    const findings = labelFindings(deployment.metadata.labels, target, deploymentRef(target));
    return failUnlessEmpty(findings, 'standard Helm labels, component backend');
  },
});
