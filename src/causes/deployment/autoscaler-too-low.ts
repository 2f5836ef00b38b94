import { patchFields } from '../../fixes/commands.js';
import { run } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';

export default cause({
  id: 'deployment/autoscaler-too-low',
  topic: 'pods',
  title: 'The autoscaler leaves fewer pods than the contract has',
  severity: 'error',
  why: 'the autoscaler owns the number of pods: what Helm or a person sets, it takes back',
  seen: 'spec.minReplicas of the HorizontalPodAutoscaler is below the contract’s replicas, and so are the pods',
  remedy: 'raise minReplicas of the autoscaler to the contract’s number',
  explains: ['deployment/replicas', 'load-balancing/*'],
  reads: ['deployment'],
  consults: ['autoscaler'],
  judge({ deployment }, { context, maybe }) {
    const read = maybe('autoscaler');
    const autoscaler = read.ok ? read.value : undefined;
    const { replicaCount } = context.contract.backend;
    const replicas = deployment?.spec.replicas ?? 1;
    // At zero it does nothing: whoever scales to zero switches it off.
    if (
      !deployment ||
      !autoscaler ||
      replicas === 0 ||
      replicas >= replicaCount ||
      autoscaler.minReplicas >= replicaCount
    )
      return [];
    const { name, minReplicas, maxReplicas } = autoscaler;
    const { namespace } = context.target;
    const object = { kind: 'HorizontalPodAutoscaler', namespace, name };
    const range = {
      minReplicas: replicaCount,
      ...(maxReplicas < replicaCount && { maxReplicas: replicaCount }),
    };
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `HorizontalPodAutoscaler ${name} goes down to ${minReplicas}, and has left ${replicas} of the ${replicaCount} pods of the contract.`,
        evidence: [
          field(object, 'spec.minReplicas, maxReplicas', `${minReplicas}, ${maxReplicas}`),
          field(
            { kind: 'Deployment', namespace, name: deployment.metadata.name },
            'spec.replicas',
            String(replicas),
          ),
        ],
        fix: [
          run(
            context,
            `Let it keep ${replicaCount} pods.`,
            patchFields('horizontalpodautoscaler', name, { spec: range }),
          ),
        ],
      },
    ];
  },
});
