/** What pods ask of a node, as the scheduler counts it. */
import { parseQuantity } from './quantity.js';

export interface Requests {
  /** Thousandths of a CPU. */
  cpuMillis: number;
  memoryBytes: number;
}

type Quantities = Record<string, string>;
interface Asking {
  resources?: { requests?: Quantities };
}

/** Of a pod's spec, what its requests depend on. */
export interface AskingPod {
  containers: readonly Asking[];
  initContainers?: readonly (Asking & { restartPolicy?: string })[];
  overhead?: Quantities;
  resources?: { requests?: Quantities };
}

/**
 * What the scheduler counts for a pod: the sum of its containers and sidecars, or the largest init container where that
 * is more, and the runtime's overhead (Kubernetes: Pod QoS and resources, "effective request"); a pod-level request
 * stands for all of it.
 */
export function requestsOfPod(spec: AskingPod): Requests {
  const overhead = requestsIn(spec.overhead);
  if (spec.resources?.requests !== undefined)
    return addRequests(requestsIn(spec.resources.requests), overhead);
  const own = spec.containers.map(({ resources }) => requestsIn(resources?.requests));
  let sidecars = NO_REQUESTS;
  let initial = NO_REQUESTS;
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    const wanted = requestsIn(resources?.requests);
    // An init container runs beside the sidecars that were started before it.
    if (restartPolicy === 'Always') sidecars = addRequests(sidecars, wanted);
    else initial = larger(initial, addRequests(sidecars, wanted));
  }
  return addRequests(larger(own.reduce(addRequests, sidecars), initial), overhead);
}

export const NO_REQUESTS: Requests = { cpuMillis: 0, memoryBytes: 0 };

/** CPU and memory of a list such as `requests` or `allocatable`; what is missing or no quantity is 0. */
export function requestsIn(list: Quantities = {}): Requests {
  return {
    cpuMillis: Number(parseQuantity(list.cpu ?? '0') ?? 0n) / 1e6,
    memoryBytes: Number((parseQuantity(list.memory ?? '0') ?? 0n) / 1_000_000_000n),
  };
}

export function addRequests(a: Requests, b: Requests): Requests {
  return { cpuMillis: a.cpuMillis + b.cpuMillis, memoryBytes: a.memoryBytes + b.memoryBytes };
}

function larger(a: Requests, b: Requests): Requests {
  return {
    cpuMillis: Math.max(a.cpuMillis, b.cpuMillis),
    memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
  };
}
