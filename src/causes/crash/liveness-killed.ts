import { parseProbeFailure, parseProbeKill } from '../../computed/probe-failure.js';
import { eventItem } from '../../rule/seen.js';
import { eventsAbout } from '../../computed/events-of.js';
import { see } from '../../fixes/described.js';
import { todoK8s } from '../../rule/command.js';
import { STOP_SIGNALS } from '../../vocabulary/signals.js';
import { adviceOf, crashCause } from '../crashed.js';

const REMEDY = 'see why the probe fails: todo-k8s doctor health';

export default crashCause({
  id: 'crash/liveness-killed',
  title: 'The kubelet restarts the container because its liveness probe fails',
  why: 'a container that does not answer its liveness probe is ended and started again, with all that it was doing',
  seen: 'exit code 137 or 143 (130 where the image’s STOPSIGNAL is SIGINT) and the event “failed liveness probe, will be restarted”',
  remedy: REMEDY,
  explains: ['pods/no-oom'],
  what({ killing, ended: { exitCode } }) {
    if (!killing)
      return `the container was told to end (${STOP_SIGNALS[exitCode] ?? 'a signal'}, exit code ${exitCode}) and started again, as the kubelet does when a liveness probe fails`;
    const { probe = 'liveness' } = parseProbeKill(killing.message ?? '') ?? {};
    return `the kubelet ended the container because its ${probe} probe failed, and started it again`;
  },
  fix: () => [adviceOf(REMEDY)],
  more({ pod, killing, evidence }, { context, maybe, options }) {
    if (!killing) return {};
    const events = maybe('events');
    const unhealthy = (events.ok ? eventsAbout(events.value, pod.metadata, ['Unhealthy'], options) : []).find(
      ({ message = '' }) => (parseProbeFailure(message)?.probe ?? 'readiness') !== 'readiness',
    );
    return {
      evidence: [
        ...evidence,
        ...[killing, ...(unhealthy ? [unhealthy] : [])].map((event) => eventItem(event, context.target)),
      ],
      fix: [see('See why the probe fails.', todoK8s(context, 'doctor', 'health'))],
      ruledOut: ['OOMKilled', 'crash of the application'],
    };
  },
});
