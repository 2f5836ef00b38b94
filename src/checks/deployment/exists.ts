import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { deploymentRef, installFixes } from '../shared.js';

export default defineCheck({
  meta: {
    id: 'deployment/exists',
    title: 'Deployment exists',
    failureTitle: 'Deployment is not there',
    why: 'without it nothing runs the backend',
    remedy: installFixes,
    severity: 'error',
    reads: ['deployment'],
    needs: ['cluster/reachable'],
    messages: { missing: 'no Deployment {expected} in namespace {namespace}' },
    contractSection: 'Kubernetes Resources: Deployment; Deployment Verification',
  },
  evaluate({ deployment }, { target }) {
    const findings: Finding<'missing'>[] = [];
    if (!deployment) {
      const expected = target.accepted.deployment.join(' or ');
      const data = { expected, found: 'no such object', field: 'metadata.name', namespace: target.namespace };
      findings.push({ messageId: 'missing', data, object: deploymentRef(target) });
    }
    return failUnlessEmpty(findings, deployment?.metadata.name ?? '');
  },
});
