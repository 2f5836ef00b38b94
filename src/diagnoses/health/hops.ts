/** The health topic's own hops: does the application listen, what does it answer, in time, and always? */
import { readHealth } from '../../computed/health-reading.js';
import { readyCondition } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { podRef, podSelector, serviceRef } from '../../checks/shared.js';
import { advise, see, show } from '../fixes.js';
import { eventItem, eventsAbout, field, observed } from '../seen.js';
import { broken, defineHop, good, notReached, unclear, type CauseFinding } from '../tree.js';
import { settlingStill } from '../service/settling.js';
import { probeFinding } from './findings.js';
import { askedInside, insideItem, isBad } from './inside.js';
import { HEALTH_CONSULTS, isRules, notReadyUnexplained, troublesOf, type HealthLook } from './trouble.js';
import { rulesOf } from '../../causes/index.js';
import { defineStep } from '../step.js';
import { todoK8s } from '../../rule/command.js';

export const listensHop = defineHop({
  id: 'listens',
  asks: 'Does the application listen at the address and port that the probes ask?',
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster'],
  rulesOut: ['wrong probe port', 'loopback address'],
  ask({ pods }, look) {
    const { found, judged, unexplained, starting } = troublesOf(pods, look);
    if (judged === 0) return notReached('no container runs');
    const findings = found
      .filter((trouble) => trouble.failure.kind === 'refused' && !isRules(trouble))
      .map((trouble) => probeFinding(trouble, look));
    if (findings.length > 0) return broken(`refused by ${findings.length}`, findings);
    if (unexplained.length > 0) return unclear(notReadyUnexplained(unexplained, look));
    return good(starting.length > 0 ? `${starting.length} starting` : `${judged} of ${judged} listen`);
  },
});

export const schemeHop = defineStep({
  id: 'scheme',
  asks: 'Are the probes answered in the way in which they ask?',
  reads: ['pods'],
  needs: ['cluster'],
  rulesOut: ['redirect to https'],
  rules: rulesOf('health/'),
  broken: 'asked in another way',
  otherwise: ({ pods }, look) =>
    troublesOf(pods, look as HealthLook).judged === 0 ? notReached('no container runs') : good('as asked'),
});

export const answersHop = defineHop({
  id: 'answers',
  asks: 'Does the health endpoint answer 200?',
  proves: ['functional/health'],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster', 'listens'],
  rulesOut: ['wrong path', 'token', 'health status'],
  ask({ pods }, look) {
    const { found, judged } = troublesOf(pods, look);
    if (judged === 0) return notReached('no container runs');
    const findings = found
      .filter((trouble) => ['status', 'other'].includes(trouble.failure.kind) && !isRules(trouble))
      .map((trouble) => probeFinding(trouble, look));
    // Where the probes have not failed often enough yet, or the status is 200 whatever the body says.
    const direct = findings.length === 0 ? overService(look) : undefined;
    const all = direct ? [direct] : findings;
    const settling = all.length === 0 ? settlingStill(look, ['functional/health']) : undefined;
    if (settling) return unclear('pods come and go', [settling]);
    if (all.length === 0) return good(healthWords(look));
    return broken(all[0]?.cause.replace(/^health\//, '') ?? '', all);
  },
});

/** The endpoint as users reach it, where the pods still count as ready. */
function overService(look: HealthLook): CauseFinding | undefined {
  const { context } = look;
  const health = look.maybe('health');
  if (look.check('functional/health')?.status !== 'fail' || !health.ok || health.value.outcome !== 'response')
    return undefined;
  const { status = 0, url, json } = health.value;
  const reading = readHealth(json);
  const object = serviceRef(context.target);
  const says = [
    reading.status && `status "${reading.status.text}"`,
    reading.database && `database "${reading.database.text}"`,
  ].filter((part) => part !== undefined);
  const evidence = [observed(`GET ${url}`, null, [`HTTP ${status}`, ...says].join(', '), health.at)];
  const unnoticed =
    status < 400
      ? '; the status is 200, so no probe notices'
      : '; the probes have not failed often enough yet to notice';
  if (reading.database?.judgement === 'bad') {
    return {
      cause: 'health/database-down',
      verdict: 'confirmed',
      object,
      summary: `The health endpoint says that the application cannot use its database${unnoticed}.`,
      evidence,
      fix: [see('See where the way to the database ends.', todoK8s(look.context, 'doctor db'))],
    };
  }
  if (status === 401 || status === 403) {
    return {
      cause: 'health/auth-required',
      verdict: 'confirmed',
      object,
      summary: `The health endpoint answers ${status}: it wants a token, which the kubelet’s probes have not.`,
      evidence,
      fix: [advise('Let the application answer its health endpoint without a token.')],
    };
  }
  if (status < 500 && reading.status?.judgement !== 'bad') return undefined;
  const words = `The health endpoint answers ${status}${says.length > 0 ? ` (${says.join(', ')})` : ''}`;
  const asked = askedInside(look);
  const inside = asked.map(({ pod, point }) => insideItem(pod, point, look));
  if (status >= 500 && asked.length > 0 && asked.every(({ point }) => !isBad(point))) {
    return {
      cause: 'service/http-error',
      // The application may have recovered between the two.
      verdict: 'likely',
      object,
      summary: `${words} to callers, and ${asked[0]?.point.status ?? 200} inside ${asked.length === 1 ? 'the pod' : 'every pod'}: what lies between answers so, or another application.`,
      evidence: [...evidence, ...inside],
      fix: [advise('See what answers there: an ingress, a proxy of this machine, another Service.')],
      wouldConfirm: `the same difference at a second look: ${todoK8s(look.context, 'doctor health')}`,
    };
  }
  return {
    cause: 'health/server-error',
    verdict: 'confirmed',
    object,
    summary: `${words}${unnoticed}.`,
    evidence: [...evidence, ...inside],
    fix: [
      show(
        context,
        'Read what the application says at that moment.',
        `logs deployment/${context.target.names.deployment} --all-pods=true --tail=50`,
      ),
    ],
  };
}

function healthWords({ maybe }: HealthLook): string {
  const health = maybe('health');
  if (!health.ok || health.value.outcome !== 'response') return 'no probe fails';
  return `HTTP ${health.value.status ?? ''}`;
}

export const inTimeHop = defineHop({
  id: 'in-time',
  asks: 'Does the health endpoint answer within the probes’ time-outs?',
  proves: ['functional/health-latency'],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster', 'listens'],
  rulesOut: ['time-out', 'CPU throttling'],
  ask({ pods }, look) {
    const { found, judged } = troublesOf(pods, look);
    if (judged === 0) return notReached('no container runs');
    const findings = found
      .filter((trouble) => trouble.failure.kind === 'timeout' && !isRules(trouble))
      .map((trouble) => probeFinding(trouble, look));
    if (findings.length > 0) return broken(`timed out at ${findings.length}`, findings);
    const health = look.maybe('health');
    const ms = health.ok && health.value.outcome === 'response' ? health.value.ms : undefined;
    const limit = look.context.contract.http.healthLatencyWarnMs;
    const slow = look.check('functional/health-latency')?.status === 'warn' && ms !== undefined && health.ok;
    if (!slow)
      return good(
        ms === undefined ? 'no probe times out' : `within ${limit} ms`,
        ms === undefined ? {} : { ms },
      );
    const object = serviceRef(look.context.target);
    return good(`slower than ${limit} ms`, {
      ms,
      findings: [
        {
          cause: 'health/too-slow',
          severity: 'warning',
          verdict: 'confirmed',
          object,
          summary: `The health endpoint takes ${Math.round(ms)} ms; probes give it a few seconds, and it should do no more than look.`,
          evidence: [
            observed(
              `GET ${health.value.url}`,
              null,
              `${Math.round(ms)} ms, at most ${limit} ms expected`,
              health.at,
            ),
          ],
          fix: [
            show(
              look.context,
              'See whether it waits for its CPU or for the database.',
              `top pod -l ${podSelector(look.context)}`,
            ),
          ],
        },
      ],
    });
  },
});

/** Failed readiness probes of a pod that is ready again, from which on it counts as flapping. */
const FLAPS = 6;
const FLAP_WINDOW_MS = 10 * 60 * 1000;

export const steadyHop = defineHop({
  id: 'steady',
  asks: 'Do pods that are ready stay ready?',
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  needs: ['cluster', 'listens'],
  rulesOut: [],
  ask({ pods }, look) {
    const events = look.maybe('events');
    if (!events.ok) return { state: 'unknown', detail: events.detail };
    const inTrouble = new Set(troublesOf(pods, look).found.map(({ pod }) => pod.metadata.name));
    const { context, options } = look;
    const findings = pods.flatMap((pod): CauseFinding[] => {
      const { name } = pod.metadata;
      const ready = readyCondition(pod);
      if (ready?.status !== 'True' || inTrouble.has(name)) return [];
      const since = Math.max(options.since ?? 0, context.now - FLAP_WINDOW_MS);
      const [event] = eventsAbout(events.value, pod.metadata, ['Unhealthy'], { since }).filter(
        ({ message = '', count: times = 1 }) => message.startsWith('Readiness') && times >= FLAPS,
      );
      const cameBack = Date.parse(ready.lastTransitionTime ?? '') >= since;
      if (!event || !cameBack) return [];
      const object = podRef(context.target, name);
      return [
        {
          cause: 'health/flapping',
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: the pod is Ready now, and its readiness probe has failed ${event.count ?? 1} times: it goes in and out of service.`,
          evidence: [
            eventItem(event, context.target),
            field(object, "status.conditions[type='Ready']", 'True', ready.lastTransitionTime),
          ],
          fix: [show(context, 'See what it does while it fails.', `logs ${name} --since=10m`)],
        },
      ];
    });
    return good(findings.length > 0 ? `${count(findings.length, 'pod')} flapping` : 'no flapping', {
      findings,
    });
  },
});
