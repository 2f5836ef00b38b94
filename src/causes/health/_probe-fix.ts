/** Values of probes, as values of the chart or in the object. */
import { canSet, patchContainer } from '../../fixes/commands.js';
import type { Fix } from '../../rule/diagnosis.js';
import { inTemplate, setValues } from '../../fixes/described.js';
import type { HealthLook, Trouble } from '../../computed/probe-trouble.js';
import { backendOf } from '../../computed/judged-pods.js';
import type { Probe } from '../../evidence/objects.js';

type ProbeKey = 'port' | 'path' | 'scheme' | 'initialDelaySeconds' | 'timeoutSeconds';

export const PROBES = ['startup', 'liveness', 'readiness'] as const;

/** Lets the probe that fails ask the contract's health endpoint, in place of what it does. @param instead how it asks now */
export function byHttp(
  { pod, failure }: Trouble,
  instead: 'exec' | 'grpc' | 'tcpSocket',
  { context }: HealthLook,
): Fix {
  const { http, backend } = context.contract;
  const httpGet = { path: http.healthPath, port: backend.container.port };
  const container = backendOf(pod, context);
  const port = container?.[`${failure.probe}Probe`]?.tcpSocket?.port;
  const alike = PROBES.filter(
    (name) =>
      name === failure.probe || (port !== undefined && container?.[`${name}Probe`]?.tcpSocket?.port === port),
  );
  const whose = `${alike.join(' and ')} ${alike.length === 1 ? 'probe' : 'probes'}`;
  return inTemplate(
    context,
    `Let the ${whose} ask ${http.healthPath}.`,
    patchContainer(
      context,
      Object.fromEntries(alike.map((name) => [`${name}Probe`, { [instead]: null, httpGet }])),
    ),
  );
}

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
    if (failing?.tcpSocket) return probe.tcpSocket?.port === failing.tcpSocket.port;
    return probe.httpGet !== undefined && probe.httpGet[key] === failing?.httpGet?.[key];
  };
  const alike = PROBES.filter((name) => name === failure.probe || isAlike(container?.[`${name}Probe`]));
  const literal = key === 'path' || key === 'scheme' ? value : Number(value);
  const isInRequest = key === 'port' || key === 'path' || key === 'scheme';
  const handler = failing?.tcpSocket ? 'tcpSocket' : 'httpGet';
  const fields = isInRequest ? { [handler]: { [key]: literal } } : { [key]: literal };
  const assignments = alike.map((name) => {
    const [plain, whole] = [
      `backend.${name}Probe.${key}=${value}`,
      // Where the chart takes a whole probe as Kubernetes has it.
      `backend.${name}Probe.${isInRequest ? 'httpGet.' : ''}${key}=${value}`,
    ];
    return canSet(context, [plain]) ? plain : whole;
  });
  const [first = '', ...others] = assignments;
  const description = `Set the ${alike.join(' and ')} ${alike.length === 1 ? 'probe’s' : 'probes’'} ${key} to ${value}.`;
  const patch = patchContainer(context, Object.fromEntries(alike.map((name) => [`${name}Probe`, fields])));
  // A chart's port is that of its request: it would be there beside the socket's, and the API server takes one of them.
  return isInRequest && handler === 'tcpSocket'
    ? inTemplate(context, description, patch)
    : setValues(context, description, [first, ...others], patch);
}
