import { addRequests, NO_REQUESTS, requestsIn, requestsOfPod } from '../../kube/pod-requests.js';
import { grouped } from '../../computed/memo.js';
import { keptIn, listObjects } from '../border/read.js';
import { int32, list, map, name, need, object, or, quantity, text, time } from '../border/shape.js';
import type { NodeRoom, NodeRoomFacts, PriorityRoom, Room } from '../deep-facts.js';
import type { FactContext } from '../fact-context.js';
import { failed } from '../observed.js';
import { byText, madeAt } from '../../text-order.js';
import type { Container, Node, ObjectMeta, ResourceRequirements } from '../objects.js';

/** Of a pod anywhere in the cluster: where it runs and what it asks for. */
interface AnyPod {
  metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'uid' | 'creationTimestamp'>;
  spec: {
    nodeName?: string;
    priority?: number;
    priorityClassName?: string;
    containers: Pick<Container, 'name' | 'resources'>[];
    initContainers?: Pick<Container, 'name' | 'resources' | 'restartPolicy'>[];
    overhead?: Record<string, string>;
    resources?: Container['resources'];
  };
  status?: { phase?: string };
}

const requested = object<Pick<ResourceRequirements, 'requests'>>({ requests: map(quantity) });

const anyPodShape = object<AnyPod>({
  metadata: need(
    object<AnyPod['metadata']>({ name: need(name), namespace: text, uid: text, creationTimestamp: time }),
  ),
  spec: or(
    object<AnyPod['spec']>({
      nodeName: text,
      priority: int32,
      priorityClassName: text,
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
      ...requestsIn(node.status?.allocatable),
      pods: Number(node.status?.allocatable?.pods ?? 0) || 0,
    },
    requested: onNode && requestedBy(onNode.get(node.metadata.name) ?? []),
    unschedulable: node.spec?.unschedulable === true,
    labels: node.metadata.labels ?? {},
    taints: node.spec?.taints ?? [],
    conditions: node.status?.conditions ?? [],
    ...(onNode && { priorities: byPriority(onNode.get(node.metadata.name) ?? []) }),
  });
  if (Array.isArray(pods)) return { nodes: nodes.map(room), unread: undefined };
  const { why, detail, access } = pods;
  return { nodes: nodes.map(room), unread: { why, detail, ...(access && { access }) } };
}

function requestedBy(here: readonly AnyPod[]): Room {
  const sum = here.map(({ spec }) => requestsOfPod(spec)).reduce(addRequests, NO_REQUESTS);
  return { ...sum, pods: here.length };
}

/** Highest priority first. */
function byPriority(here: readonly AnyPod[]): PriorityRoom[] {
  const groups = grouped(here, ({ spec: { priority = 0, priorityClassName = '' } }) =>
    JSON.stringify([priority, priorityClassName]),
  );
  return [...groups.values()]
    .flatMap((pods): PriorityRoom[] => {
      const [newest] = pods.toSorted((a, b) => byText(madeAt(b), madeAt(a)));
      if (newest === undefined) return [];
      const { metadata, spec } = newest;
      const { namespace = '', name, uid = '' } = metadata;
      return [
        {
          priority: spec.priority ?? 0,
          ...(spec.priorityClassName !== undefined && { className: spec.priorityClassName }),
          requested: requestedBy(pods),
          newest: { namespace, name, uid },
        },
      ];
    })
    .sort((a, b) => b.priority - a.priority || byText(a.className ?? '', b.className ?? ''));
}
