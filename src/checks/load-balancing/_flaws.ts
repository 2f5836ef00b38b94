/** Responses that say in their body alone that something is wrong. */
import type { Target } from '../../contract/target.js';
import { tallyWords } from '../../computed/load-tally.js';
import { grouped } from '../../computed/memo.js';
import type { DistributionFacts } from '../../evidence/load-facts.js';
import { podRef, serviceRef } from '../../rule/object-ref.js';
import { count } from '../../count.js';
import type { Finding } from '../check.js';

/** One for each pod. */
export function flawFindings({ flaws = [], pods }: DistributionFacts, target: Target): Finding<'flawed'>[] {
  return [...grouped(flaws, ({ pod }) => pod ?? '')].map(([pod, found]) => {
    const served = pods.find((each) => each.pod === pod)?.requests;
    const number = found.reduce((sum, { requests }) => sum + requests, 0);
    return {
      messageId: 'flawed',
      data: {
        number,
        requests: count(served ?? number, 'request'),
        pod: pod === '' ? 'a pod that is not known' : pod,
        expected: 'a healthy answer each time',
        found: tallyWords(found),
      },
      object: pod === '' ? serviceRef(target) : podRef(target, pod),
    };
  });
}
