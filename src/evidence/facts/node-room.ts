import { parseQuantity } from '../../kube/quantity.js';
import { grouped } from '../../computed/memo.js';
import { nameShape } from '../border/pod-shape.js';
import { keptIn, listObjects } from '../border/read.js';
import { list, map, need, object, or, quantity, text } from '../border/shape.js';
import type { NodeRoom, NodeRoomFacts, Room } from '../deep-facts.js';
import type { FactContext } from '../fact-context.js';
import { failed } from '../observed.js';
import type { Container, Node, ObjectMeta, ResourceRequirements } from '../objects.js';

/** Of a pod anywhere in the cluster: where it runs and what it asks for. */
interface AnyPod {
  metadata: Pick<ObjectMeta, 'name'>;
  spec: {
    nodeName?: string;
    containers: Pick<Container, 'name' | 'resources'>[];
    initContainers?: Pick<Container, 'name' | 'resources' | 'restartPolicy'>[];
    overhead?: Record<string, string>;
    resources?: Container['resources'];
  };
  status?: { phase?: string };
}

const requested = object<Pick<ResourceRequirements, 'requests'>>({ requests: map(quantity) });

const anyPodShape = object<AnyPod>({
  metadata: need(nameShape),
  spec: or(
    object<AnyPod['spec']>({
      nodeName: text,
      containers: or(
        list(
          object<AnyPod['spec']['containers'][number]>({ name: or(text, () => ''), resources: requested }),
        ),
        () => [],
      ),
      initContainers: list(
        object<NonNullable<AnyPod['spec']['initContainers']>[number]>({
          name: or(text, () => ''),
          resources: requested,
          restartPolicy: text,
        }),
      ),
      overhead: map(quantity),
      resources: requested,
    }),
    () => ({ containers: [] }),
  ),
  status: object<{ phase?: string }>({ phase: text }),
});

type Requests = Pick<Room, 'cpuMillis' | 'memoryBytes'>;

/** What each node has to offer, less what all pods on it ask for. */
export async function readNodeRoom(context: FactContext): Promise<NodeRoomFacts> {
  const [nodes, pods] = await Promise.all([
    context.read('nodes'),
    listObjects(context, '/api/v1/pods', anyPodShape, {
      // Pods that have ended hold nothing any more; the server leaves them out.
      fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    })
      .then((found) => {
        keptIn(context, found);
        return found;
      })
      .catch((error: unknown) => {
        if (context.signal.aborted) throw error;
        return failed(error, 'listing the pods of the cluster', context.hider);
      }),
  ]);
  const onNode = Array.isArray(pods) ? grouped(pods, ({ spec }) => spec.nodeName) : undefined;
  const room = (node: Node): NodeRoom => ({
    node: node.metadata.name,
    allocatable: {
      cpuMillis: millis(node.status?.allocatable?.cpu),
      memoryBytes: bytes(node.status?.allocatable?.memory),
      pods: Number(node.status?.allocatable?.pods ?? 0) || 0,
    },
    requested: onNode && requestedBy(onNode.get(node.metadata.name) ?? []),
    unschedulable: node.spec?.unschedulable === true,
    labels: node.metadata.labels ?? {},
    taints: node.spec?.taints ?? [],
    conditions: node.status?.conditions ?? [],
  });
  if (Array.isArray(pods)) return { nodes: nodes.map(room), unread: undefined };
  const { why, detail, access } = pods;
  return { nodes: nodes.map(room), unread: { why, detail, ...(access && { access }) } };
}

function requestedBy(here: readonly AnyPod[]): Room {
  const sum = here.map(requestsOf).reduce(add, { cpuMillis: 0, memoryBytes: 0 });
  return { ...sum, pods: here.length };
}

/**
 * What the scheduler counts for a pod: the sum of its containers and sidecars, or the largest init container where that
 * is more, and the runtime's overhead (Kubernetes: Pod QoS and resources, "effective request"); a pod-level request
 * stands for all of it.
 */
function requestsOf({ spec }: AnyPod): Requests {
  const overhead = requests(spec.overhead);
  if (spec.resources?.requests !== undefined) return add(requests(spec.resources.requests), overhead);
  const own = spec.containers.map(({ resources }) => requests(resources?.requests));
  let sidecars: Requests = { cpuMillis: 0, memoryBytes: 0 };
  let initial: Requests = sidecars;
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    const wanted = requests(resources?.requests);
    // An init container runs beside the sidecars that were started before it.
    if (restartPolicy === 'Always') sidecars = add(sidecars, wanted);
    else initial = larger(initial, add(sidecars, wanted));
  }
  return add(larger(own.reduce(add, sidecars), initial), overhead);
}

function requests(list: Record<string, string> | undefined): Requests {
  return { cpuMillis: millis(list?.cpu), memoryBytes: bytes(list?.memory) };
}

function add(a: Requests, b: Requests): Requests {
  return { cpuMillis: a.cpuMillis + b.cpuMillis, memoryBytes: a.memoryBytes + b.memoryBytes };
}

function larger(a: Requests, b: Requests): Requests {
  return {
    cpuMillis: Math.max(a.cpuMillis, b.cpuMillis),
    memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
  };
}

function millis(quantity: string | undefined): number {
  return Number(parseQuantity(quantity ?? '0') ?? 0n) / 1e6;
}

function bytes(quantity: string | undefined): number {
  return Number((parseQuantity(quantity ?? '0') ?? 0n) / 1_000_000_000n);
}
