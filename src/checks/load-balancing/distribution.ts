import { missProbability, requestsToDecide } from '../../stats/occupancy.js';
import { testUniform } from '../../stats/uniformity.js';
import { defineCheck, failUnlessEmpty, pass, skip, unknown } from '../check.js';
import { count, failWith, few, podRef, serviceRef } from '../shared.js';
import { countByPod, failureOf, inWords, tally } from './_samples.js';

export default defineCheck({
  meta: {
    id: 'load-balancing/distribution',
    title: 'Requests are spread over all pods',
    failureTitle: 'Requests are not spread over all pods',
    why: 'a replica that gets no traffic neither carries load nor takes over when another one fails',
    remedy: ({ target }) =>
      `kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=50 && ` +
      `kubectl -n ${target.namespace} get endpointslices -l kubernetes.io/service-name=${target.names.service} -o wide`,
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
      unserved: '{pod} served none of {requests} ({spread}); the probability of that by chance is {chance}',
      uneven: '{requests} were spread {found}; the probability of a spread as uneven by chance is {chance}',
    },
    contractSection: 'Load Balancing Verification; Scaling Behavior: Horizontal Scaling',
  },
  evaluate({ route, distribution }, { contract, target }) {
    const { samples, readyPods, unattributedReason } = distribution;
    const object = serviceRef(target);
    const requests = count(samples.length, 'request');
    if (samples.length === 0) return unknown(unattributedReason ?? 'no request was sent');
    const failed = samples.flatMap((sample) => failureOf(sample) ?? []);
    if (failed.length > 0) {
      const data = { number: failed.length, requests, expected: 'HTTP 200 for each', found: tally(failed) };
      return failWith('requests-failed', data, object);
    }
    if (readyPods.length === 1) return skip('there is one ready pod: nothing to spread');
    // A node port that does not answer blocks this check: what else was used was asked for.
    if (!route.balances) {
      return skip(
        `requests over ${route.baseUrl} do not pass kube-proxy, so they say nothing about its balancing`,
      );
    }
    const open = samples.filter(({ pod }) => pod === undefined || !readyPods.includes(pod));
    if (open.length > 0) {
      const reason =
        unattributedReason ??
        `${few([...new Set(open.map(({ pod }) => pod ?? 'an unknown pod'))])} served some, and was not ready before`;
      return unknown(`${open.length} of ${requests} cannot be put down to a ready pod: ${reason}`);
    }

    const risk = 1 - contract.loadBalancing.confidence;
    const counts = countByPod(samples, readyPods);
    const spread = counts.join(' / ');
    const { p, method } = testUniform(counts);
    const miss = missProbability(samples.length, readyPods.length);
    const unserved = readyPods.filter((_pod, index) => counts[index] === 0);
    // Two ways to fail share one risk, so that together they call an even spread uneven no more often than agreed.
    const decisive = miss <= risk;
    const uneven = p < (decisive ? risk - miss : risk);
    if (unserved.length > 0 && (decisive || uneven)) {
      const chance = inWords(Math.min(p, miss));
      const findings = unserved.map((pod) => ({
        messageId: 'unserved' as const,
        data: { pod, requests, spread, chance, expected: 'some of them', found: 'none' },
        object: podRef(target, pod),
      }));
      return failUnlessEmpty(findings, '');
    }
    if (uneven) {
      const data = {
        requests,
        chance: inWords(p),
        expected: `about ${Math.round(samples.length / counts.length)} each`,
        found: spread,
      };
      return failWith('uneven', data, object);
    }
    if (unserved.length > 0) {
      const enough = requestsToDecide(readyPods.length, risk);
      return unknown(
        `${few(unserved)} served none of ${requests}, which with ${readyPods.length} pods happens by chance with ` +
          `probability ${inWords(miss)}: ${enough} requests would decide (--set loadBalancing.requests=${enough})`,
      );
    }
    return pass(`${requests}: ${spread}, p = ${inWords(p)} (${method})`);
  },
});
