import { deploymentRef } from '../../rule/object-ref.js';
import { run } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';

export default cause({
  id: 'deployment/paused',
  topic: 'pods',
  title: 'The Deployment is paused',
  severity: 'warning',
  why: 'changes to it are not rolled out until it is resumed: what runs is not what was asked for',
  seen: 'spec.paused is true',
  remedy: 'kubectl rollout resume deployment',
  explains: ['deployment/rollout-complete'],
  reads: ['deployment'],
  judge({ deployment }, { context }) {
    // One that is to run no pod has nothing to roll out; it scales while it is paused, too.
    if (!deployment?.spec.paused || deployment.spec.replicas === 0) return [];
    const object = deploymentRef(context.target);
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `Deployment ${object.name} is paused: changes to it are not rolled out.`,
        evidence: [field(object, 'spec.paused', 'true')],
        fix: [run(context, 'Resume it.', `rollout resume deployment ${object.name}`)],
      },
    ];
  },
});
