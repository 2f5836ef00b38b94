import { assess } from '../../computed/load-assessment.js';
import { byChance, chance } from '../../computed/load-tally.js';
import { kubectl, todoK8s } from '../../rule/command.js';
import { look } from '../../rule/fix.js';
import { defineCheck, pass, skip, unknown } from '../check.js';
import { serviceRef } from '../../rule/object-ref.js';
import { confidenceOf, LOAD_SECTION, type Run } from './_load.js';

export default defineCheck<Run, 'uneven' | 'other-way'>({
  meta: {
    id: 'load-balancing/even-spread',
    command: 'loadbalance',
    title: 'consistent with an even spread',
    failureTitle: 'the spread is too uneven for chance',
    why: 'the pod that gets more than its share is the first to be overloaded, while others idle',
    remedy: (context, findings) => [
      look(
        findings.some(({ messageId }) => messageId === 'other-way')
          ? todoK8s(context, 'verify', '--only functional,service')
          : kubectl(context, 'logs -l k8s-app=kube-proxy --tail=50', 'kube-system'),
      ),
    ],
    severity: 'error',
    reads: ['route', 'distribution'],
    needs: ['load-balancing/every-pod-answered'],
    messages: {
      uneven: '{found} requests; the probability of a spread as uneven by chance is {chance}',
      'other-way':
        'it was the API server that spread them evenly: what kube-proxy does is not known, because {reason}. --via proxy asks for this way',
    },
    contractSection: LOAD_SECTION,
  },
  evaluate(evidence, context) {
    const { target } = context;
    const { judged, spread, open, topology } = assess(
      evidence.distribution,
      evidence.route,
      confidenceOf(context),
    );
    const uncomparable = topology.pinned ?? topology.unequal;
    if (uncomparable !== undefined) return skip(uncomparable);
    if (topology.undetermined !== undefined) return unknown(topology.undetermined);
    if (judged.length === 1) return skip('there is one pod: nothing to spread');
    if (open !== undefined) return unknown(open);
    if (spread === undefined) return unknown('no request was answered by a pod that is known');
    const { route } = evidence;
    const [instead] = route.tried;
    if (spread.verdict !== 'uneven' && route.via === 'proxy' && instead?.url !== route.baseUrl) {
      const data = { reason: `${instead?.url}: ${instead?.detail}` };
      return { status: 'warn', findings: [{ messageId: 'other-way', data, object: serviceRef(target) }] };
    }
    if (spread.verdict !== 'uneven') return pass(byChance(spread.p));
    const total = judged.reduce((sum, { requests }) => sum + requests, 0);
    const data = {
      chance: chance(spread.p),
      expected: `about ${Math.round(total / judged.length)} for each pod`,
      found: judged.map(({ requests }) => requests).join(' / '),
    };
    return { status: 'fail', findings: [{ messageId: 'uneven', data, object: serviceRef(target) }] };
  },
});
