import { podSelector } from '../../fixes/commands.js';
import { show } from '../../fixes/described.js';
import type { HealthLook } from '../../computed/probe-trouble.js';
import type { Pod } from '../../evidence/objects.js';
import { serviceRef } from '../../rule/object-ref.js';
import { eventItem, field, observed } from '../../rule/seen.js';
import type { Told } from '../../rule/cause.js';
import { FAILING } from './_failing.js';
import { atLowCpu, contractsCpu } from './_low-cpu.js';
import { oneOfPods } from './_one-of-pods.js';
import { probeFix } from './_probe-fix.js';
import { isLate, probeCause, restartsToo } from './_probe.js';

export default probeCause({
  id: 'health/too-slow',
  means: 'too-slow',
  title: 'The health endpoint is slower than the probe waits',
  why: 'the probe gives up after timeoutSeconds, and what is merely slow counts as dead',
  seen: 'context deadline exceeded, or a health response that takes longer than the contract’s bound',
  remedy: 'make the endpoint lighter; until then raise timeoutSeconds',
  explains: ['functional/health', 'functional/health-latency', ...FAILING],
  tell(trouble, { isThrottlingKnown }, look, object) {
    const { pod, failure, spec, event, field: path } = trouble;
    const { context } = look;
    const seconds = spec?.timeoutSeconds ?? 1;
    return {
      summary: `{pods}: the health endpoint does not answer the ${failure.probe} probe within ${seconds} s${atLowCpu(look)}${restartsToo(trouble)}.`,
      evidence: [eventItem(event, context.target), field(object, `${path}.timeoutSeconds`, `${seconds} s`)],
      fix: [
        ...contractsCpu(look),
        show(
          context,
          'See what it waits for: the database, another service, its CPU.',
          `logs ${pod.metadata.name} --tail=50`,
        ),
        probeFix(trouble, 'timeoutSeconds', String(Math.max(seconds * 2, 5)), look),
      ],
      ruledOut: ['wrong port', 'wrong path', ...(isThrottlingKnown ? ['CPU throttling'] : [])],
    };
  },
  also(pods, look) {
    const own = oneOfPods(
      pods,
      look,
      ({ point }) => point.outcome === 'timeout',
      ({ point }) =>
        `${look.context.contract.http.healthPath} is not answered inside the pod within ${Math.round(point.ms / 1000)} s`,
    );
    if (own.length > 0) return own;
    if (isLate(pods, look)) return [];
    const slow = slowPods(pods, look);
    return slow.length > 0 ? slow : slowToOthers(look);
  },
});

/** Those that answer late, where the load run has met the same and others answer in time. */
function slowPods(pods: readonly Pod[], look: HealthLook): Told[] {
  const { http } = look.context.contract;
  const met = (look.check('load-balancing/distribution')?.findings ?? []).flatMap(({ messageId, data }) =>
    messageId === 'slow' ? [data.pod] : [],
  );
  return oneOfPods(
    pods,
    look,
    ({ pod, point }) => point.ms > http.healthLatencyWarnMs && met.includes(pod),
    ({ point }) => `${http.healthPath} takes ${point.ms} ms inside the pod`,
    { severity: 'warning' },
  );
}

/** No probe has given up on it, and it takes longer than the contract allows. */
function slowToOthers(look: HealthLook): Told[] {
  const { context, maybe, check } = look;
  const health = maybe('health');
  const isSlow = check('functional/health-latency')?.status === 'warn';
  if (!isSlow || !health.ok || health.value.outcome !== 'response') return [];
  const { url, ms } = health.value;
  const limit = context.contract.http.healthLatencyWarnMs;
  const cpu = atLowCpu(look);
  return [
    {
      severity: 'warning',
      verdict: 'confirmed',
      object: serviceRef(context.target),
      summary: `The health endpoint takes ${Math.round(ms)} ms${cpu || '; probes give it a few seconds, and it should do no more than look'}.`,
      evidence: [
        observed(`GET ${url}`, null, `${Math.round(ms)} ms, at most ${limit} ms expected`, health.at),
      ],
      fix: [
        ...contractsCpu(look),
        show(
          context,
          'See whether it waits for its CPU or for the database.',
          `top pod -l ${podSelector(context)}`,
        ),
      ],
    },
  ];
}
