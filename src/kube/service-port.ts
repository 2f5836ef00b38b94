/** Which port of a Service is meant, and where it leads. Pure. */
import type { Container, Probe, ServicePort } from '../evidence/objects.js';

/** What a contract says of the Service's port. */
export interface WantedPort {
  port: number;
  nodePort: number;
  targetPort: number;
}

/**
 * The entry that is meant to be the contract's: the one with its port number, else the one with its node port, else the one
 * that leads to its container port, else the only one. Other entries are no business of the contract.
 * @param containers of the pods, in which names of ports are looked up
 */
export function choosePort(
  ports: readonly ServicePort[],
  wanted: WantedPort,
  containers: readonly Container[] = [],
): ServicePort | undefined {
  const sameNumber = ports.filter(({ port }) => port === wanted.port);
  return (
    sameNumber.find(({ protocol = 'TCP' }) => protocol === 'TCP') ??
    sameNumber[0] ??
    ports.find(({ nodePort }) => nodePort === wanted.nodePort) ??
    ports.find((entry) => targetOf(entry, containers) === wanted.targetPort) ??
    (ports.length === 1 ? ports[0] : undefined)
  );
}

/** As `choosePort`, and where nothing is as it is wanted: the one that leads to what the container serves, else the first. */
export function usedPort(
  ports: readonly ServicePort[],
  wanted: WantedPort,
  containers: readonly Container[] = [],
  backend: Container | undefined = containers[0],
): ServicePort | undefined {
  const served = backend && servedPort(backend);
  return (
    choosePort(ports, wanted, containers) ??
    ports.find((entry) => served !== undefined && targetOf(entry, containers) === served) ??
    ports[0]
  );
}

/** The container port behind an entry; undefined where it is a name that no container has. */
export function targetOf(
  { port, targetPort = port, protocol = 'TCP' }: ServicePort,
  containers: readonly Container[] = [],
): number | undefined {
  return typeof targetPort === 'number' ? targetPort : namedPort(containers, targetPort, protocol);
}

/** The number behind a port's name, as the endpoints controller looks it up: name and protocol must match. */
function namedPort(containers: readonly Container[], name: string, protocol: string): number | undefined {
  const ports = containers.flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** Names that people give to ports at which nobody asks for pages. */
const BESIDE = /metric|prom|debug|grpc|admin|probe/i;

/** The port at which a container serves its clients: of several the one that its probes ask, else the first that is not for metrics. */
export function servedPort({
  ports = [],
  readinessProbe,
  livenessProbe,
  startupProbe,
}: Container): number | undefined {
  if (ports.length < 2) return ports[0]?.containerPort;
  const asked = [readinessProbe, livenessProbe, startupProbe].flatMap((probe) => askedBy(probe, ports));
  const own = ports.map(({ containerPort }) => containerPort);
  return (
    asked.find((port) => own.includes(port)) ??
    (ports.find(({ name = '' }) => !BESIDE.test(name)) ?? ports[0])?.containerPort
  );
}

function askedBy(probe: Probe | undefined, ports: NonNullable<Container['ports']>): number[] {
  const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
  if (port === undefined) return [];
  const number = Number(port);
  if (Number.isInteger(number)) return [number];
  return ports.flatMap(({ name, containerPort }) => (name === port ? [containerPort] : []));
}
