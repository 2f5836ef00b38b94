import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { absent, count, deploymentRef, setValues } from '../shared.js';

type Message = 'scaled-to-zero' | 'replicas';

export default defineCheck({
  meta: {
    id: 'deployment/replicas',
    title: 'Deployment asks for the contract’s number of replicas',
    failureTitle: 'Deployment asks for another number of replicas',
    why: 'with fewer replicas one lost pod takes the backend down; with more the database runs out of connections',
    remedy: (context) => {
      const { replicaCount } = context.contract.backend;
      const scale = `scale deployment ${context.target.names.deployment} --replicas=${replicaCount}`;
      return setValues(context, scale, `backend.replicaCount=${replicaCount}`);
    },
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      'scaled-to-zero': 'the Deployment is scaled to zero: no pod runs by intent',
      replicas: 'spec.replicas is {found}',
    },
    contractSection: 'Kubernetes Resources: Deployment; Replica Configuration; Horizontal Scaling',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const expected = contract.backend.replicaCount;
    // API default: 1 (apps/v1 DeploymentSpec).
    const found = deployment.spec.replicas ?? 1;
    const findings: Finding<Message>[] = [];
    if (found !== expected) {
      const messageId = found === 0 ? 'scaled-to-zero' : 'replicas';
      findings.push({
        messageId,
        data: { expected, found, field: 'spec.replicas' },
        object: deploymentRef(target),
      });
    }
    return failUnlessEmpty(findings, count(found, 'replica'));
  },
});
