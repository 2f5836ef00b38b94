/** How much memory the containers use of what they may, from facts that were read anyway. */
import { isActive } from '../kube/pod-state.js';
import { parseQuantity } from '../kube/quantity.js';
import type { MetricsFacts } from '../evidence/deep-facts.js';
import type { Container, Pod } from '../evidence/objects.js';
import { byText } from '../text-order.js';

export interface MemoryUse {
  pod: string;
  container: string;
  /** Bytes; null where the pod asks for none. */
  requestBytes: number | null;
  /** Bytes; null where it may use all of its node. */
  limitBytes: number | null;
  /** Working set in bytes; null where it was not read. */
  usageBytes: number | null;
  /** When it was last killed for its memory use, RFC 3339; null where it was not. */
  oomKilledAt: string | null;
}

export interface MemorySection {
  /** Nearest to the limit first. */
  containers: MemoryUse[];
  /** Containers that were left out, because there were too many. */
  omitted: number;
}

const MAX_CONTAINERS = 50;
const NANOS = 1_000_000_000n;

/** What it is made from; undefined: was not read. */
export interface MemoryInput {
  /** Name of the backend's container. */
  container: string;
  pods: readonly Pod[] | undefined;
  metrics: MetricsFacts | undefined;
}

/** @returns undefined where neither a use nor a kill is known: limits alone are what the checks show */
export function memoryOf({ container, pods, metrics }: MemoryInput): MemorySection | undefined {
  const usage = new Map((metrics?.pods ?? []).map(({ pod, memoryBytes }) => [pod, memoryBytes]));
  const all = (pods ?? []).filter(isActive).map((pod): MemoryUse => {
    const { name } = pod.metadata;
    const backend = pod.spec.containers.find((each) => each.name === container) ?? pod.spec.containers[0];
    return {
      pod: name,
      container: backend?.name ?? container,
      requestBytes: bytes(backend?.resources?.requests),
      limitBytes: bytes(backend?.resources?.limits),
      usageBytes: usage.get(name) ?? null,
      oomKilledAt: killedAt(pod, backend),
    };
  });
  if (all.every(({ usageBytes, oomKilledAt }) => usageBytes === null && oomKilledAt === null))
    return undefined;
  all.sort((a, b) => pressure(b) - pressure(a) || byText(a.pod, b.pod));
  const containers = all.slice(0, MAX_CONTAINERS);
  return { containers, omitted: all.length - containers.length };
}

function bytes(resources: Record<string, string> | undefined): number | null {
  const nanos = resources?.memory === undefined ? undefined : parseQuantity(resources.memory);
  return nanos === undefined ? null : Number(nanos / NANOS);
}

function killedAt({ status }: Pod, container: Container | undefined): string | null {
  const found = status?.containerStatuses?.find(({ name }) => name === container?.name);
  const ends = [found?.state?.terminated, found?.lastState?.terminated];
  return ends.find((ended) => ended?.reason === 'OOMKilled')?.finishedAt ?? null;
}

/** One that was killed counts as full, whatever it uses now. */
function pressure({ usageBytes, limitBytes, oomKilledAt }: MemoryUse): number {
  if (oomKilledAt !== null) return 2;
  return usageBytes === null || limitBytes === null ? 0 : usageBytes / limitBytes;
}
