/** The health topic's own steps: does the application listen, what does it answer, in time, and always? */
import { rulesOf } from '../../causes/index.js';
import { answeredBetween } from '../../causes/service/http-error.js';
import { count } from '../../count.js';
import type { Pod } from '../../evidence/objects.js';
import { settlingStill } from '../../causes/settling.js';
import { defineStep, findingsOf, nameOf } from '../step.js';
import { broken, good, notReached, unclear, unreadable, type CauseFinding } from '../tree.js';
import { HEALTH_CONSULTS, troublesOf, type HealthLook } from '../../computed/probe-trouble.js';
import { notReadyUnexplained } from './unexplained.js';

const REFUSED = rulesOf('health/wrong-port', 'health/bound-to-loopback', 'health/not-listening-yet');
const ASKED = rulesOf(
  'health/command-fails',
  'health/grpc-fails',
  'health/redirected-to-https',
  'health/wrong-host',
  'health/wrong-scheme',
);
const ANSWERED = rulesOf(
  'health/wrong-path',
  'health/auth-required',
  'health/concurrency-limit',
  'health/database-down',
  'health/database-replaced',
  'health/server-error',
  'health/wrong-answer',
);
const LATE = rulesOf('health/cpu-throttled', 'health/too-slow');

/** What probes that fail come from, whatever else is known of the health endpoint. */
export function probeFindings(pods: readonly Pod[], look: HealthLook): CauseFinding[] {
  return ofProbes(findingsOf([...ASKED, ...REFUSED, ...ANSWERED, ...LATE], { pods: [...pods] }, look));
}

/** Those of certain pods; the others are of the endpoint as users reach it. */
function ofProbes(findings: readonly CauseFinding[]): CauseFinding[] {
  return findings.filter(({ pods }) => pods !== undefined);
}

export const listensHop = defineStep({
  id: 'listens',
  asks: 'Does the application listen at the address and port that the probes ask?',
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster'],
  rulesOut: ['wrong probe port', 'loopback address'],
  rules: REFUSED,
  answer({ pods }, look, findings) {
    const { judged, unexplained, starting } = troublesOf(pods, look);
    if (judged === 0) return notReached('no container runs');
    if (findings.length > 0) return broken(`refused by ${findings.length}`, findings);
    if (unexplained.length > 0) return notReadyUnexplained(unexplained, look);
    return good(starting.length > 0 ? `${starting.length} starting` : `${judged} of ${judged} listen`);
  },
});

export const schemeHop = defineStep({
  id: 'scheme',
  asks: 'Are the probes answered in the way in which they ask?',
  reads: ['pods'],
  needs: ['cluster'],
  rulesOut: ['redirect to https'],
  rules: ASKED,
  broken: 'asked in another way',
  otherwise: ({ pods }, look) =>
    troublesOf(pods, look as HealthLook).judged === 0 ? notReached('no container runs') : good('as asked'),
});

export const answersHop = defineStep({
  id: 'answers',
  asks: 'Does the health endpoint answer 200?',
  proves: ['functional/health'],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster', 'listens'],
  rulesOut: ['wrong path', 'token', 'health status'],
  rules: [...ANSWERED, answeredBetween],
  answer({ pods }, look, found) {
    if (troublesOf(pods, look).judged === 0) return notReached('no container runs');
    const probes = ofProbes(found);
    // Where the probes have not failed often enough yet, or the status is 200 whatever the body says.
    const findings = probes.length > 0 ? probes : found;
    if (findings.length > 0) return broken(nameOf(findings), findings);
    const settling = settlingStill(look, ['functional/health']);
    return settling ? unclear('pods come and go', [settling]) : good(healthWords(look));
  },
});

function healthWords({ maybe }: HealthLook): string {
  const health = maybe('health');
  if (!health.ok || health.value.outcome !== 'response') return 'no probe fails';
  return `HTTP ${health.value.status ?? ''}`;
}

export const inTimeHop = defineStep({
  id: 'in-time',
  asks: 'Does the health endpoint answer within the probes’ time-outs?',
  proves: ['functional/health-latency'],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster', 'listens'],
  rulesOut: ['time-out', 'CPU throttling'],
  rules: LATE,
  answer({ pods }, look, findings) {
    if (troublesOf(pods, look).judged === 0) return notReached('no container runs');
    const probes = ofProbes(findings);
    if (probes.length > 0) return broken(`timed out at ${probes.length}`, probes);
    const health = look.maybe('health');
    const ms = health.ok && health.value.outcome === 'response' ? { ms: health.value.ms } : undefined;
    const limit = look.context.contract.http.healthLatencyWarnMs;
    if (findings.length > 0) return good(`slower than ${limit} ms`, { ...ms, findings });
    return good(ms === undefined ? 'no probe times out' : `within ${limit} ms`, ms);
  },
});

export const steadyHop = defineStep({
  id: 'steady',
  asks: 'Do pods that are ready stay ready?',
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster', 'listens'],
  rulesOut: [],
  rules: rulesOf('health/flapping'),
  answer(_, look, findings) {
    const events = look.maybe('events');
    if (!events.ok) return unreadable(events);
    const detail = findings.length > 0 ? `${count(findings.length, 'pod')} flapping` : 'no flapping';
    return good(detail, { findings });
  },
});
