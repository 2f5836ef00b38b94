/** Which port of the Service is meant, and where it leads. */
import type { Container, ServicePort } from '../evidence/objects.js';

/**
 * The entry that is meant to be the contract's: the one with its port number, else the one with its node port, else
 * the only one. Other entries are no business of the contract.
 */
export function choosePort(
  ports: readonly ServicePort[],
  expected: { port: number; nodePort: number },
): ServicePort | undefined {
  const sameNumber = ports.filter(({ port }) => port === expected.port);
  return (
    sameNumber.find(({ protocol = 'TCP' }) => protocol === 'TCP') ??
    sameNumber[0] ??
    ports.find(({ nodePort }) => nodePort === expected.nodePort) ??
    (ports.length === 1 ? ports[0] : undefined)
  );
}

/** The number behind a port's name, as the endpoints controller looks it up: name and protocol must match. */
export function namedPort(
  containers: readonly Container[] = [],
  name: string,
  protocol: string,
): number | undefined {
  const ports = containers.flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}
