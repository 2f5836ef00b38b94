import { patchContainer } from '../../fixes/commands.js';
import type { Fix } from '../../rule/diagnosis.js';
import { eventItem, field, logItem } from '../../rule/seen.js';
import { inTemplate } from '../../fixes/described.js';
import { budget } from '../../computed/own-time.js';
import type { HealthLook, Trouble } from '../../computed/probe-trouble.js';
import { backendStatus } from '../../computed/judged-pods.js';
import { todoK8s } from '../../rule/command.js';
import { FAILING } from './_failing.js';
import { atLowCpu, contractsCpu } from './_low-cpu.js';
import { probeFix } from './_probe-fix.js';
import { portOf, probeCause } from './_probe.js';

export default probeCause({
  id: 'health/not-listening-yet',
  means: 'not-listening-yet',
  title: 'The application starts slower than its probes allow',
  why: 'the liveness probe ends the container before it serves, so that it never comes to serve',
  seen: 'probes are refused from the start on, and the log has no “Uvicorn running on” before the kill',
  remedy: 'give it a startupProbe, or a longer initialDelaySeconds',
  explains: [
    'functional/database-logs',
    'health/wrong-port',
    // What is measured in a container ends with it.
    'evidence/unreadable',
    'service/application-port',
    'service/bound-to-loopback',
    ...FAILING,
  ],
  tell(trouble, { listening, lines }, look, object) {
    const { pod, spec, failure, event, restarts, field: path } = trouble;
    const { target } = look.context;
    const { name } = pod.metadata;
    const ruledOut = ['wrong path', 'database'];
    if (listening) {
      const port = portOf(trouble, look);
      return {
        verdict: 'likely',
        summary: `{pods}: the ${failure.probe} probe was refused on port ${port}, where the application says that it listens: it did not at that moment.`,
        evidence: [
          logItem(listening.line, name, target, 'log'),
          eventItem(event, target),
          field(object, `${path}.httpGet.port`, String(spec?.httpGet?.port ?? port)),
        ],
        fix: [probeFix(trouble, 'initialDelaySeconds', '30', look)],
        wouldConfirm: `${todoK8s(look.context, 'doctor', 'health --watch')} shows whether it is refused again`,
        ruledOut,
      };
    }
    const allowed = budget(spec);
    const last = lines?.at(-1);
    const doubt =
      lines === undefined
        ? 'the log of the container, which could not be read'
        : last === undefined
          ? 'its log has no line, so nothing says yet that what runs in the container is the server: see its command'
          : undefined;
    const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = spec ?? {};
    const arithmetic = `initialDelaySeconds ${initialDelaySeconds} + periodSeconds ${periodSeconds} × failureThreshold ${failureThreshold} = ${allowed} s`;
    return {
      verdict: doubt === undefined ? 'confirmed' : 'likely',
      summary: `{pods}: the application does not listen yet when its ${failure.probe} probe gives up after ${allowed} s${atLowCpu(look)}${restarts ? ', so the kubelet starts it again before it ever serves' : ''}.`,
      evidence: [
        eventItem(event, target),
        field(object, path, arithmetic),
        ...(last ? [logItem(last, name, target, 'log')] : []),
        ...ageItems(trouble, look, object),
      ],
      fix: [...contractsCpu(look), startupFix(look), probeFix(trouble, 'initialDelaySeconds', '60', look)],
      ...(doubt === undefined ? {} : { wouldConfirm: doubt }),
      ruledOut,
    };
  },
});

/** How long it has been running. */
function ageItems({ pod }: Trouble, { context }: HealthLook, object: Parameters<typeof field>[0]) {
  const startedAt = backendStatus(pod, context)?.status.state?.running?.startedAt;
  if (startedAt === undefined) return [];
  const age = Math.round((context.now - Date.parse(startedAt)) / 1000);
  const path = 'status.containerStatuses[].state.running.startedAt';
  return [field(object, path, `${age} s ago, and not listening`, startedAt)];
}

/** No word of the server's in the log: the start takes longer than the probes allow. */
function startupFix({ context }: HealthLook): Fix {
  const { readinessProbe, container } = context.contract.backend;
  const httpGet = { path: readinessProbe.path, port: container.port };
  return inTemplate(
    context,
    'Give it a startupProbe, which holds the other probes back while it starts.',
    patchContainer(context, { startupProbe: { httpGet, periodSeconds: 5, failureThreshold: 60 } }),
  );
}
