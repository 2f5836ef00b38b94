import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { awaitDeletion, DELETION_MESSAGES, deletionFindings } from '../deletion.js';
import { deploymentRef, installFixes } from '../shared.js';

export default defineCheck({
  meta: {
    id: 'deployment/exists',
    title: 'Deployment exists',
    failureTitle: 'Deployment is not there, or not to stay',
    why: 'without it nothing runs the backend',
    remedy: (context, findings) => [
      ...awaitDeletion(context, findings, 'deployment', context.target.names.deployment),
      ...installFixes(context),
    ],
    severity: 'error',
    reads: ['deployment'],
    needs: ['cluster/reachable'],
    messages: { missing: 'no Deployment {expected} in namespace {namespace}', ...DELETION_MESSAGES },
    contractSection: 'Kubernetes Resources: Deployment; Deployment Verification',
  },
  evaluate({ deployment }, { target }) {
    const object = deploymentRef(target);
    const findings: Finding<'missing' | 'deleted'>[] = deletionFindings(
      object,
      deployment?.metadata.deletionTimestamp,
    );
    if (!deployment) {
      const expected = target.accepted.deployment.join(' or ');
      const data = { expected, found: 'no such object', field: 'metadata.name', namespace: target.namespace };
      findings.push({ messageId: 'missing', data, object });
    }
    return failUnlessEmpty(findings, deployment?.metadata.name ?? '');
  },
});
