/** What an address of the Service leads to, and what it should. */
import { grouped } from '../../computed/memo.js';
import type { EndpointFacts } from '../../evidence/evidence.js';
import type { Pod, Service } from '../../evidence/objects.js';
import { choosePort, targetOf, type WantedPort } from '../../kube/service-port.js';

type Address = EndpointFacts['addresses'][number];

/** The pod of an address: by the reference to it, which endpoints made by hand have not; else by its own address. */
export function lookUp(pods: readonly Pod[]): (address: Address) => Pod | undefined {
  const byName = grouped(pods, ({ metadata }) => metadata.name);
  const byAddress = grouped(pods, ({ status }) => status?.podIP);
  return ({ podName, address }) =>
    (podName === undefined ? byAddress.get(address) : byName.get(podName))?.[0];
}

/** Where the Service leads in this pod, as `8000/TCP`; undefined where service/ports says that it leads nowhere. */
export function portOf(
  service: Service | undefined,
  expected: WantedPort,
  pod: Pod | undefined,
): string | undefined {
  const containers = pod?.spec.containers;
  const entry = choosePort(service?.spec.ports ?? [], expected, containers);
  const number = entry && targetOf(entry, containers);
  return number === undefined ? undefined : portText(number, entry?.protocol);
}

export function portText(port: number | undefined, protocol = 'TCP'): string {
  return port === undefined ? 'none' : `${port}/${protocol}`;
}

/** A pod has an address of each family of its cluster, and only the first is known of it. */
export function isSameFamily(one: string, other: string): boolean {
  return one.includes(':') === other.includes(':');
}
