import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { backendOf, podsToJudge } from '../../computed/judged-pods.js';
import { cause, type Told } from '../../rule/cause.js';
import { LIMIT_FIELD, setLimit } from './_limit.js';

export default cause({
  id: 'memory/no-limit',
  topic: 'memory',
  title: 'The container has no memory limit',
  severity: 'warning',
  why: 'a leak then takes the whole node down instead of one container',
  seen: 'spec.containers[].resources.limits.memory is not set',
  remedy: 'set backend.resources.limits.memory',
  explains: ['deployment/resources'],
  reads: ['pods'],
  judge({ pods }, look) {
    const { context } = look;
    const limit = context.contract.backend.resources.limits.memory;
    return podsToJudge(pods, look)
      .filter((pod) => backendOf(pod, context)?.resources?.limits?.memory === undefined)
      .map(({ metadata: { name } }): Told => {
        const object = podRef(context.target, name);
        return {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: '{pods}: the container may use all the memory of its node.',
          evidence: [field(object, LIMIT_FIELD, 'not set')],
          fix: [setLimit(context, `Limit it to ${limit}, as the contract has it.`, limit)],
        };
      });
  },
});
