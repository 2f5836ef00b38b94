/** What the causes have in common of a pod that requests more than any node has left. */
import { podRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { CheckContext } from '../../rule/context.js';
import type { EvidenceItem, Fix } from '../../rule/diagnosis.js';
import { field } from '../../rule/seen.js';
import { resourcesArguments, setValues, show } from '../../fixes/described.js';
import { backendOf } from '../../computed/judged-pods.js';
import type { Pod } from '../../evidence/objects.js';
import type { NodeRoom } from '../../evidence/deep-facts.js';
import { requestsIn, requestsOfPod, type Requests } from '../../kube/pod-requests.js';
import { word } from '../../rule/command.js';
import { NODES_SHOWN, noNodeCause } from './_unscheduled.js';

const MEBIBYTE = 1024 * 1024;

export type Resource = 'cpu' | 'memory';

interface NoRoomCause<R extends Resource> extends Pick<
  Cause<`scheduling/insufficient-${R}`>,
  'id' | 'title' | 'seen' | 'remedy'
> {
  resource: R;
}

/** Names the resource, and on each node how much of it is missing. */
export function noRoomCause<const R extends Resource>({ resource, ...data }: NoRoomCause<R>) {
  return noNodeCause({
    ...data,
    why: 'the scheduler reserves what a pod requests, whatever is really used, and leaves it pending where that does not fit',
    explains: ['deployment/resources'],
    what({ pod, reason }) {
      const asked = amount(resource, requestsOfPod(pod.spec));
      const none =
        reason.nodes === 1 ? 'the node has less than that' : `none of ${reason.nodes} nodes has that much`;
      return `the pod requests ${asked} of ${resource === 'cpu' ? 'CPU' : 'memory'}, and ${none} left`;
    },
    shows({ pod, nodes }, { context }) {
      const request = requestsOfPod(pod.spec);
      return [
        field(
          podRef(context.target, pod.metadata.name),
          `spec.containers[].resources.requests.${resource}`,
          amount(resource, request),
        ),
        ...open(nodes)
          .slice(0, NODES_SHOWN)
          .map((node) => roomOn(node, resource, request)),
      ];
    },
    fix: ({ pod, nodes }, { context }) => [
      ...lowerRequest(resource, pod, context),
      show(
        context,
        'See what reserves the node’s room, and free some.',
        `describe node ${open(nodes)[0]?.node ?? ''}`.trim(),
        null,
      ),
    ],
  });
}

/** What makes the pod request what the contract says; nothing where it does not request more. */
export function lowerRequest(resource: Resource, pod: Pod, context: CheckContext): Fix[] {
  const { limits, requests } = context.contract.backend.resources;
  const own = backendOf(pod, context)?.resources;
  const isAbove = (which: 'limits' | 'requests', contracted: Record<Resource, string>) =>
    valueOf(resource, requestsIn(own?.[which])) > valueOf(resource, requestsIn(contracted));
  if (!isAbove('requests', requests)) return [];
  // A limit that was raised with it goes back with it.
  const isLimitAbove = isAbove('limits', limits);
  const [request, limit] = [requests[resource], limits[resource]];
  const value = `backend.resources.requests.${resource}=${request}`;
  return [
    setValues(
      context,
      `Request what the contract has, ${request}.`,
      isLimitAbove ? [value, `backend.resources.limits.${resource}=${limit}`] : [value],
      resourcesArguments(context, 'requests', resource, request) +
        (isLimitAbove ? ` --limits=${resource}=${word(limit)}` : ''),
    ),
  ];
}

function open(nodes: readonly NodeRoom[]): NodeRoom[] {
  return nodes.filter(({ unschedulable }) => !unschedulable);
}

function roomOn(
  { node, allocatable, requested }: NodeRoom,
  resource: Resource,
  request: Requests,
): EvidenceItem {
  const all = valueOf(resource, allocatable);
  const path = `status.allocatable.${resource}`;
  const object = { kind: 'Node', name: node };
  if (requested === undefined) return field(object, path, inUnits(resource, all));
  const used = valueOf(resource, requested);
  const free = Math.max(0, all - used);
  const missing = Math.max(0, valueOf(resource, request) - free);
  const [total, taken, left, short] = [all, used, free, missing].map((each) => inUnits(resource, each));
  return field(object, path, `${total}, ${taken} of it requested: ${left} free, ${short} missing`);
}

export function amount(resource: Resource, requests: Requests): string {
  return inUnits(resource, valueOf(resource, requests));
}

/** Thousandths of a CPU, or bytes. */
function valueOf(resource: Resource, { cpuMillis, memoryBytes }: Requests): number {
  return resource === 'cpu' ? cpuMillis : memoryBytes;
}

function inUnits(resource: Resource, value: number): string {
  return resource === 'cpu' ? `${Math.round(value)}m` : `${Math.round(value / MEBIBYTE)}Mi`;
}
