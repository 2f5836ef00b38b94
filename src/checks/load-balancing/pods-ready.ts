import { podRef, serviceRef } from '../../rule/object-ref.js';
import { isKnown } from '../../contract/open.js';
import { kubectl } from '../../rule/command.js';
import { look } from '../../rule/fix.js';
import { defineCheck, pass, type Finding } from '../check.js';
import { count } from '../../count.js';
import { podSelector } from '../../fixes/commands.js';
import { LOAD_SECTION } from './_load.js';

/** What judges how many replicas there are. */
const REPLICAS = 'deployment/replicas';

export default defineCheck({
  meta: {
    id: 'load-balancing/pods-ready',
    command: 'loadbalance',
    title: 'the expected pods are ready',
    failureTitle: 'the pods are not the expected ones',
    why: 'requests are spread over the pods that are ready: a balance over fewer than there should be is none',
    remedy: (context) => [look(kubectl(context, `get pods -l ${podSelector(context)} -o wide`))],
    severity: 'error',
    reads: ['distribution'],
    needs: [],
    messages: {
      'too-few': '{found} of {expected} pods are ready',
      'too-many': '{found} pods are ready, and {expected} are expected',
      joined: '{pod} became ready {after} after the first request',
      left: '{pod} stopped being ready {after} after the first request',
      'not-ready': '{pod} is not ready: it is sent no requests',
      'served-unready': '{pod} is not ready, and served {number} all the same',
      'no-endpoint': '{pod} is ready, but not among the ready endpoints',
    },
    contractSection: LOAD_SECTION,
  },
  evaluate({ distribution }, { contract, target, load }) {
    const { pods, changes, dataPath } = distribution;
    const ready = pods.filter(({ state }) => state === 'steady' || state === 'joined');
    const expected = load?.expectPods ?? contract.backend.replicaCount;
    const numbers = { expected, found: ready.length };
    const listed = dataPath.endpoints && new Set(dataPath.endpoints.map(({ pod }) => pod));
    type Id = 'too-few' | 'too-many' | 'joined' | 'left' | 'not-ready' | 'served-unready' | 'no-endpoint';
    const findings: Finding<Id>[] = [
      ...(ready.length < expected
        ? [{ messageId: 'too-few' as const, data: numbers, object: serviceRef(target) }]
        : []),
      ...(load?.expectPods !== undefined && ready.length > expected
        ? [{ messageId: 'too-many' as const, data: numbers, object: serviceRef(target) }]
        : []),
    ];
    // Fewer replicas than the contract has are a weakness that its owner knows, where the contract says so.
    const isMeant = load?.expectPods === undefined && isKnown(contract, REPLICAS);
    const isWrong = findings.length > 0 && !(isMeant && ready.length > 0);
    for (const { pod, what, afterMs } of changes)
      findings.push({
        messageId: what,
        data: { pod, after: seconds(afterMs) },
        object: podRef(target, pod),
      });
    for (const { pod, state, requests } of pods) {
      const object = podRef(target, pod);
      if (state === 'not-ready')
        findings.push(
          requests === 0
            ? { messageId: 'not-ready', data: { pod }, object }
            : { messageId: 'served-unready', data: { pod, number: count(requests, 'request') }, object },
        );
      if (state === 'steady' && listed?.has(pod) === false)
        findings.push({ messageId: 'no-endpoint', data: { pod }, object });
    }
    const [first, ...rest] = findings;
    if (first) return { status: isWrong ? 'fail' : 'warn', findings: [first, ...rest] };
    return pass(`${ready.length} of ${expected}`);
  },
});

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
