/** A probe that is refused: wrong port, wrong address, or too early. */
import { canSet, patchContainer, podRef } from '../../checks/shared.js';
import type { LogLine } from '../../evidence/evidence.js';
import type { Probe } from '../../evidence/objects.js';
import type { Fix } from '../diagnosis.js';
import { advise, inTemplate, listenOn, setValues } from '../fixes.js';
import { backendOf, backendStatus } from '../look.js';
import { isLoopback, listeningOn, listeningOnSocket } from '../../computed/listening.js';
import { eventItem, field, logItem } from '../seen.js';
import type { CauseFinding } from '../tree.js';
import { budget, linesOf, type HealthLook, type Trouble } from './trouble.js';
import { todoK8s } from '../../rule/command.js';

/** The cause of a refused connection, by what uvicorn says of where it listens. */
export function whyRefused(trouble: Trouble, look: HealthLook): CauseFinding {
  const { pod, spec, failure, event } = trouble;
  const { context } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const port = portOf(trouble, look);
  const lines = linesOf(name, look);
  const listening = lines && listeningOn(lines);
  const asked = field(object, `${trouble.field}.httpGet.port`, String(spec?.httpGet?.port ?? port));
  const seen = [eventItem(event, context.target), asked];
  const base = { object, pods: [name], ruledOut: ['wrong path', 'database'] };
  const socket = lines && !listening ? listeningOnSocket(lines) : undefined;
  if (socket) {
    return {
      ...base,
      cause: 'health/wrong-port',
      verdict: 'confirmed',
      summary: `{pods}: the ${failure.probe} probe asks on port ${port ?? '?'}, and the application listens on the socket ${socket.path} in place of a port.`,
      evidence: [logItem(socket.line, name, context.target, 'log'), ...seen],
      fix: [
        advise(
          `Let it listen on a port: --host 0.0.0.0 --port ${context.contract.backend.container.port} in place of --uds or --bind unix:.`,
        ),
      ],
    };
  }
  if (!listening) return notYet(trouble, look, lines);
  const said = logItem(listening.line, name, context.target, 'log');
  if (isLoopback(listening.host)) {
    return {
      ...base,
      cause: 'health/bound-to-loopback',
      verdict: 'confirmed',
      summary: `{pods}: the application listens on ${listening.host}:${listening.port}, which only the container itself can reach, so the ${failure.probe} probe is refused.`,
      evidence: [said, ...seen],
      fix: [listenOn(context, backendOf(pod, context), 'host', '0.0.0.0')],
    };
  }
  if (listening.port !== port) {
    const wanted = context.contract.backend.container.port;
    return {
      ...base,
      cause: 'health/wrong-port',
      verdict: 'confirmed',
      summary: `{pods}: the ${failure.probe} probe asks on port ${port ?? '?'}, and the application listens on ${listening.port}.`,
      evidence: [said, ...seen],
      fix:
        listening.port === wanted
          ? [probeFix(trouble, 'port', String(wanted), look)]
          : [listenOn(context, backendOf(pod, context), 'port', String(wanted))],
    };
  }
  return {
    ...base,
    cause: 'health/not-listening-yet',
    verdict: 'likely',
    summary: `{pods}: the ${failure.probe} probe was refused on port ${port}, where the application says that it listens: it did not at that moment.`,
    evidence: [said, ...seen],
    fix: [probeFix(trouble, 'initialDelaySeconds', '30', look)],
    wouldConfirm: `${todoK8s(context, 'doctor health --watch')} shows whether it is refused again`,
  };
}

/** No word of uvicorn's in the log: the start takes longer than the probes allow. */
function notYet(trouble: Trouble, look: HealthLook, lines: readonly LogLine[] | undefined): CauseFinding {
  const { pod, spec, failure, event, restarts, field: path } = trouble;
  const { context } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const allowed = budget(spec);
  const startedAt = backendStatus(pod, context)?.status.state?.running?.startedAt;
  const age = startedAt === undefined ? undefined : Math.round((context.now - Date.parse(startedAt)) / 1000);
  const last = lines?.at(-1);
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = spec ?? {};
  const arithmetic = `initialDelaySeconds ${initialDelaySeconds} + periodSeconds ${periodSeconds} × failureThreshold ${failureThreshold} = ${allowed} s`;
  return {
    cause: 'health/not-listening-yet',
    verdict: lines === undefined ? 'likely' : 'confirmed',
    object,
    pods: [name],
    summary: `{pods}: the application does not listen yet when its ${failure.probe} probe gives up after ${allowed} s${restarts ? ', so the kubelet starts it again before it ever serves' : ''}.`,
    evidence: [
      eventItem(event, context.target),
      field(object, path, arithmetic),
      ...(last ? [logItem(last, name, context.target, 'log')] : []),
      ...(age === undefined || startedAt === undefined
        ? []
        : [
            field(
              object,
              'status.containerStatuses[].state.running.startedAt',
              `${age} s ago, and not listening`,
              startedAt,
            ),
          ]),
    ],
    fix: [startupFix(look), probeFix(trouble, 'initialDelaySeconds', '60', look)],
    ...(lines === undefined ? { wouldConfirm: 'the log of the container, which could not be read' } : {}),
    ruledOut: ['wrong path', 'database'],
  };
}

type ProbeKey = 'port' | 'path' | 'scheme' | 'initialDelaySeconds' | 'timeoutSeconds';

const PROBES = ['startup', 'liveness', 'readiness'] as const;

/**
 * A value of the probe that fails and of each other one of its container that is wrong in the same way: fixed alone, the next
 * one would fail. As values of the chart, where it has them; else in the object.
 */
export function probeFix(
  { pod, failure }: Trouble,
  key: ProbeKey,
  value: string,
  { context }: HealthLook,
): Fix {
  const container = backendOf(pod, context);
  const failing = container?.[`${failure.probe}Probe`];
  const isAlike = (probe: Probe | undefined) => {
    if (probe === undefined) return false;
    if (key === 'initialDelaySeconds') return probe === failing;
    if (key === 'timeoutSeconds')
      return probe.httpGet?.path === failing?.httpGet?.path && (probe.timeoutSeconds ?? 1) < Number(value);
    return probe.httpGet !== undefined && probe.httpGet[key] === failing?.httpGet?.[key];
  };
  const alike = PROBES.filter((name) => name === failure.probe || isAlike(container?.[`${name}Probe`]));
  const literal = key === 'path' || key === 'scheme' ? value : Number(value);
  const isInRequest = key === 'port' || key === 'path' || key === 'scheme';
  const fields = isInRequest ? { httpGet: { [key]: literal } } : { [key]: literal };
  const assignments = alike.map((name) => {
    const [plain, whole] = [
      `backend.${name}Probe.${key}=${value}`,
      // Where the chart takes a whole probe as Kubernetes has it.
      `backend.${name}Probe.${isInRequest ? 'httpGet.' : ''}${key}=${value}`,
    ];
    return canSet(context, [plain]) ? plain : whole;
  });
  const [first = '', ...others] = assignments;
  return setValues(
    context,
    `Set the ${alike.join(' and ')} ${alike.length === 1 ? 'probe’s' : 'probes’'} ${key} to ${value}.`,
    [first, ...others],
    patchContainer(context, Object.fromEntries(alike.map((name) => [`${name}Probe`, fields]))),
  );
}

function startupFix({ context }: HealthLook): Fix {
  const { readinessProbe, container } = context.contract.backend;
  const httpGet = { path: readinessProbe.path, port: container.port };
  return inTemplate(
    context,
    'Give it a startupProbe, which holds the other probes back while it starts.',
    patchContainer(context, { startupProbe: { httpGet, periodSeconds: 5, failureThreshold: 60 } }),
  );
}

/** The probe's port, a named one looked up. */
function portOf({ pod, spec }: Trouble, { context }: HealthLook): number | undefined {
  const port = spec?.httpGet?.port ?? spec?.tcpSocket?.port;
  if (port === undefined || typeof port === 'number') return port;
  return /^\d+$/.test(port)
    ? Number(port)
    : backendOf(pod, context)?.ports?.find(({ name }) => name === port)?.containerPort;
}
