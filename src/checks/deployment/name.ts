import { deploymentRef } from '../../rule/object-ref.js';
import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { absent } from '../shared.js';
import { nameFixes } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'deployment/name',
    title: 'Deployment has the contract’s name',
    failureTitle: 'Deployment has another name than the contract gives it',
    why: 'every command and address of the contract names the backend; under another name they find nothing',
    remedy: (context) => nameFixes(context, 'deployment'),
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: { name: 'the Deployment is called {found}' },
    contractSection: 'Kubernetes Resources: Deployment, Metadata',
  },
  evaluate({ deployment }, { target }) {
    if (!deployment) return absent(deploymentRef(target));
    const found = deployment.metadata.name;
    const findings: Finding<'name'>[] = [];
    if (!target.accepted.deployment.includes(found)) {
      const data = { expected: target.accepted.deployment.join(' or '), found, field: 'metadata.name' };
      findings.push({ messageId: 'name', data, object: deploymentRef(target) });
    }
    return failUnlessEmpty(findings, found);
  },
});
