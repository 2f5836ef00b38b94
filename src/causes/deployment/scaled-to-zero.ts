import { deploymentRef } from '../../rule/object-ref.js';
import { setValues } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { NOT_RUNNING } from '../not-running.js';

export default cause({
  id: 'deployment/scaled-to-zero',
  topic: 'pods',
  title: 'The Deployment is scaled to zero',
  severity: 'error',
  why: 'it is scaled to 0, so the Service has nothing behind it',
  seen: 'spec.replicas is 0',
  remedy: 'scale it up: backend.replicaCount',
  explains: ['deployment/replicas', 'functional/*', 'network/*', ...NOT_RUNNING],
  reads: ['deployment'],
  judge({ deployment }, { context }) {
    const { replicaCount } = context.contract.backend;
    if (deployment?.spec.replicas !== 0 || replicaCount === 0) return [];
    const object = deploymentRef(context.target);
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `Deployment ${object.name} is scaled to 0; the contract wants ${replicaCount}.`,
        evidence: [field(object, 'spec.replicas', '0')],
        fix: [
          setValues(
            context,
            'Scale it up.',
            [`backend.replicaCount=${replicaCount}`],
            `scale deployment ${object.name} --replicas=${replicaCount}`,
          ),
        ],
      },
    ];
  },
});
