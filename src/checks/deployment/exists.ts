import { deploymentRef } from '../../rule/object-ref.js';
import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { awaitDeletion, DELETION_MESSAGES, deletionFindings } from '../deletion.js';
import { installFixes } from '../../fixes/commands.js';

export default defineCheck({
  meta: {
    id: 'deployment/exists',
    title: 'Deployment exists',
    failureTitle: 'Deployment is missing or being deleted',
    why: 'without it nothing runs the backend',
    remedy: (context, findings) => [
      ...awaitDeletion(context, findings, 'deployment', context.target.names.deployment),
      ...installFixes(context),
    ],
    severity: 'error',
    reads: ['deployment'],
    needs: ['cluster/reachable'],
    messages: { missing: 'there is no Deployment {name} in namespace {namespace}', ...DELETION_MESSAGES },
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
      const { deployment: name } = target.names;
      const data = {
        name,
        expected,
        found: 'no such object',
        field: 'metadata.name',
        namespace: target.namespace,
      };
      findings.push({ messageId: 'missing', data, object });
    }
    return failUnlessEmpty(findings, deployment?.metadata.name ?? '');
  },
});
