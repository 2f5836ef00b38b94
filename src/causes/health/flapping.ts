import { failedProbes, isOfStart } from '../../computed/own-time.js';
import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { show } from '../../fixes/described.js';
import { HEALTH_CONSULTS, troublesOf } from '../../computed/probe-trouble.js';
import { containerName } from '../../contract/target.js';
import { containersOf } from '../../kube/pod-containers.js';
import { readyCondition } from '../../kube/pod-state.js';
import { cause, type Told } from '../../rule/cause.js';

/** Failed readiness probes of a pod that is ready again, from which on it counts as flapping. */
const FLAPS = 6;
const FLAP_WINDOW_MS = 10 * 60 * 1000;

export default cause({
  id: 'health/flapping',
  topic: 'health',
  title: 'The pod goes in and out of service',
  severity: 'warning',
  why: 'each time its probe fails, the Service loses a pod, and connections to it are cut off',
  seen: 'the pod is Ready now, and its readiness probe failed again and again in the last minutes',
  remedy: 'see what the failures say; often the endpoint is slow under load',
  explains: [],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  judge({ pods }, look) {
    const { context, options } = look;
    const events = look.maybe('events');
    if (!events.ok) return [];
    const inTrouble = new Set(troublesOf(pods, look).found.map(({ pod }) => pod.metadata.name));
    const since = Math.max(options.since ?? 0, context.now - FLAP_WINDOW_MS);
    return pods.flatMap((pod): Told[] => {
      const { name } = pod.metadata;
      const ready = readyCondition(pod);
      if (ready?.status !== 'True' || inTrouble.has(name)) return [];
      const event = containersOf(pod, containerName(context))
        .flatMap((container) => {
          const failures = failedProbes(events.value, pod, container.status.name, { since }).filter(
            ({ failure: { probe } }) => probe === 'readiness',
          );
          // What it answers until it serves for the first time is its start, however long that takes.
          return isOfStart(container, failures) ? [] : failures.map((each) => each.event);
        })
        .find(({ count: times = 1 }) => times >= FLAPS);
      const cameBack = Date.parse(ready.lastTransitionTime ?? '') >= since;
      if (!event || !cameBack) return [];
      const object = podRef(context.target, name);
      return [
        {
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
  },
});
