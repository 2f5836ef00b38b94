import { answersOf } from '../../computed/load-assessment.js';
import { onlyOwnLimit, tallyWords } from '../../computed/load-tally.js';
import type { DistributionFacts } from '../../evidence/load-facts.js';
import { todoK8s } from '../../rule/command.js';
import { look } from '../../rule/fix.js';
import { defineCheck, failUnlessEmpty, unknown } from '../check.js';
import { count } from '../../count.js';
import { podRef, serviceRef } from '../../rule/object-ref.js';
import { flawFindings } from './_flaws.js';
import { LOAD_SECTION, seeLogs, type Run } from './_load.js';

export default defineCheck<Run, 'no-route' | 'failed' | 'pod' | 'flawed'>({
  meta: {
    id: 'load-balancing/no-errors',
    command: 'loadbalance',
    title: 'no errors',
    failureTitle: 'requests failed',
    why: 'a request that fails is one that a user sees fail, whichever pod it was meant for',
    remedy: (context, findings) =>
      findings.some(({ messageId }) => messageId === 'no-route')
        ? [look(todoK8s(context, 'verify', '--only service,functional'))]
        : seeLogs(context),
    severity: 'error',
    reads: ['route', 'distribution'],
    needs: [],
    messages: {
      'no-route': 'no request could be sent: {found}',
      failed: '{number} of {requests} failed: {found}',
      pod: '{number} of {requests} that {pod} served failed: {found}',
      flawed: '{number} of {requests} that {pod} answered with HTTP 200 say: {found}',
    },
    contractSection: LOAD_SECTION,
  },
  evaluate({ route, distribution: facts }, { target }) {
    const object = serviceRef(target);
    if (facts.endedBy === 'no-route') {
      const found = route.tried.map(({ url, detail }) => `${url}: ${detail}`).join('; ');
      return { status: 'fail', findings: [{ messageId: 'no-route', data: { found }, object }] };
    }
    const number = facts.problems.reduce((sum, { requests }) => sum + requests, 0);
    if (facts.completed === 0) return unknown('no request came to an end');
    if (number === 0) return failUnlessEmpty(flawFindings(facts, target), `0 of ${facts.completed}`);
    const own = onlyOwnLimit(facts.problems);
    if (own !== undefined) return unknown(own);
    const requests = count(facts.completed, 'request');
    const byPod = failingPods(facts).map(({ pod, errors, requests: served, problems }) => ({
      messageId: 'pod' as const,
      data: { number: errors, requests: count(served, 'request'), pod, found: tallyWords(problems) },
      object: podRef(target, pod),
    }));
    const whole = { number, requests, found: tallyWords(facts.problems) };
    return { status: 'fail', findings: [{ messageId: 'failed', data: whole, object }, ...byPod] };
  },
});

/** Pods with errors, where not all have the same. */
function failingPods({ pods }: DistributionFacts) {
  const failing = pods.filter(({ errors }) => errors > 0);
  const served = pods.filter((pod) => answersOf(pod) > 0);
  return failing.length < served.length ? failing : [];
}
