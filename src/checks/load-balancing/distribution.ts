import { podRef, serviceRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import { assess, confidenceOf, gapOf } from '../../computed/load-assessment.js';
import { ofFreshPod, ofRequest } from '../../computed/change.js';
import {
  areUnanswered,
  byChance,
  chance,
  hasMoved,
  mayStillSettle,
  onlyOwnLimit,
  repeated,
  sharesOf,
  tallyWords,
} from '../../computed/load-tally.js';
import { isKnown } from '../../contract/open.js';
import { defineCheck, failUnlessEmpty, skip, unknown, warnUnlessEmpty } from '../check.js';
import { count, few } from '../../count.js';
import { failWith } from '../shared.js';
import { flawFindings } from './_flaws.js';
import { slowFindings } from './_slow.js';

export default defineCheck({
  meta: {
    id: 'load-balancing/distribution',
    title: 'Requests are spread over all pods',
    failureTitle: 'Requests are not spread over all pods, or fail',
    why: 'a replica that gets no traffic neither carries load nor takes over when another one fails',
    remedy: (context) => [
      look(kubectl(context, 'logs -l k8s-app=kube-proxy --tail=50', 'kube-system')),
      look(
        kubectl(
          context,
          `get endpointslices -l kubernetes.io/service-name=${context.target.names.service} -o wide`,
        ),
      ),
    ],
    severity: 'error',
    reads: ['route', 'distribution'],
    needs: [
      'functional/node-port',
      'functional/health',
      'load-balancing/endpoints',
      'service/session-affinity',
    ],
    messages: {
      'requests-failed': '{number} of {requests} failed: {found}',
      flawed: '{number} of {requests} that {pod} answered with HTTP 200 say: {found}',
      unserved: '{pod} served none of {requests} ({spread}); the probability of that by chance is {chance}',
      slow: '{pod} answers in {found} at the median, and another pod in {other}',
      uneven: '{requests} were spread {found}; the probability of a spread as uneven by chance is {chance}',
    },
    passing: {
      'requests-failed': (finding, change, { distribution }) =>
        ofRequest(finding, change) && areUnanswered(distribution.problems) && mayStillSettle(distribution),
      unserved: (finding, change, { distribution }) =>
        ofFreshPod(finding, change) && mayStillSettle(distribution),
    },
    contractSection: 'Load Balancing Verification; Scaling Behavior: Horizontal Scaling',
  },
  evaluate({ route, distribution }, { contract, target }) {
    const { pods, completed, problems, statuses } = distribution;
    const object = serviceRef(target);
    const requests = count(completed, 'request');
    if (distribution.endedBy === 'no-route') return unknown('no request could be sent: nothing answers');
    if (completed === 0) return unknown('no request was answered or refused before the run ended');
    const odd = statuses.filter(({ status }) => status < 400 && status !== 200);
    const failed = [
      ...problems,
      ...odd.map(({ status, requests: n }) => ({ what: `HTTP ${status}`, requests: n })),
    ];
    const own = onlyOwnLimit(failed);
    if (own !== undefined) return unknown(own);
    if (failed.length > 0) {
      const number = failed.reduce((sum, each) => sum + each.requests, 0);
      const data = {
        number,
        requests,
        expected: 'HTTP 200 for each',
        found: `${tallyWords(failed)}${repeated(distribution)}`,
      };
      const verdict = failWith('requests-failed', data, object);
      return hasMoved(distribution) && areUnanswered(failed)
        ? { ...verdict, status: 'unknown', reason: 'pods came or went while requests were sent' }
        : verdict;
    }
    if (distribution.flaws !== undefined) return failUnlessEmpty(flawFindings(distribution, target), '');
    const assessed = assess(
      distribution,
      route,
      confidenceOf(distribution, contract.loadBalancing.confidence),
    );
    const { judged, unserved, spread, open, topology } = assessed;
    if (topology.undetermined !== undefined) return unknown(topology.undetermined);
    if (judged.length === 1)
      return skip(`there is one ready pod: nothing to spread${repeated(distribution)}`);
    if (judged.length === 0) return unknown('no pod was ready all the time');
    // Who keeps a client at one pod, and says so in the contract, has nothing to be spread.
    if (distribution.dataPath.sessionAffinity === 'ClientIP' && isKnown(contract, 'service/session-affinity'))
      return skip('sessionAffinity ClientIP keeps each client at one pod');
    // A node port that does not answer blocks this check: what else was used was asked for.
    if (!route.balances) {
      return skip(
        `requests over ${route.baseUrl} do not pass kube-proxy, so they say nothing about its balancing`,
      );
    }
    const strangers = pods.filter(
      ({ state, requests: n }) => n > 0 && (state === 'foreign' || state === 'not-ready'),
    );
    if (strangers.length > 0) {
      const served = strangers.reduce((sum, each) => sum + each.requests, 0);
      return unknown(
        `${served} of ${requests} cannot be put down to a ready pod: ` +
          `${few(strangers.map(({ pod }) => pod))} served some, and was not ready before`,
      );
    }

    const gap = gapOf(distribution);
    if (gap !== undefined && unserved.length > 0) return unknown(gap);
    if (open !== undefined) return unknown(open);
    if (spread === undefined) return unknown('no request was served by a pod that is known');
    const found = sharesOf(judged.map((pod) => pod.requests));
    const { p, miss, verdict, enough } = spread;
    if (verdict === 'unserved') {
      const figures = { spread: found, chance: chance(Math.min(p, miss)) };
      const findings = unserved.map(({ pod }) => ({
        messageId: 'unserved' as const,
        data: { pod, requests, ...figures, expected: 'some of them', found: 'none' },
        object: podRef(target, pod),
      }));
      return failUnlessEmpty(findings, '');
    }
    if (verdict === 'uneven') {
      const expected = `about ${Math.round(completed / judged.length)} each`;
      return failWith('uneven', { requests, chance: chance(p), expected, found }, object);
    }
    if (verdict === 'inconclusive') {
      return unknown(
        `${few(unserved.map(({ pod }) => pod))} served none of ${requests}, which with ${judged.length} pods happens ` +
          `by chance with probability ${chance(miss)}: ${enough} requests would decide ` +
          `(--set loadBalancing.requests=${enough})`,
      );
    }
    return warnUnlessEmpty(
      slowFindings(judged, contract.http.healthLatencyWarnMs, target),
      `${requests} spread ${found} (${byChance(p)})${repeated(distribution)}`,
    );
  },
});
