/** What is known of a pod's memory: its limit, what it uses and has used, and what would suit it. */
import { CONTAINER_GONE, LOW_ON_MEMORY } from '../vocabulary/kubelet.js';
import type { Access } from '../evidence/evidence.js';
import type { CheckContext } from '../rule/context.js';
import type { Look } from '../rule/look.js';
import { parseQuantity } from '../kube/quantity.js';
import { containerName } from '../contract/target.js';
import type { Pod } from '../evidence/objects.js';
import { backendOfPod } from '../kube/pod-containers.js';
import { disruption } from '../kube/pod-state.js';
import { ofPod } from './of-pod.js';

type MemoryLook = Pick<Look<'cgroup' | 'metrics'>, 'maybe'> & {
  context: Pick<CheckContext, 'contract' | 'target'>;
};

const MEBIBYTE = 1024 * 1024;
/** Limits are recommended in steps of this many bytes: nobody sets 683Mi. */
const STEP = 64 * MEBIBYTE;
/** Contract: Resource Limits, "observed usage + 20% buffer". */
const BUFFER = 1.2;
/** At four fifths of the limit that buffer begins. */
const NEAR = 0.8;

export interface MemoryAmounts {
  /** As it is written in the spec. */
  limitText: string | undefined;
  /** Bytes. */
  limit: number | undefined;
  /** Working set in bytes, and where it was read. */
  usage: { bytes: number; source: string; at: string } | undefined;
  /** The kernel's count of this moment, where it was read: metrics are some seconds old. */
  newest: { bytes: number; at: string } | undefined;
  /** Highest use since the container started, bytes. */
  peak: number | undefined;
  /** Why neither metrics nor the control group tell the usage. */
  unread: string | undefined;
  /** The permission that it takes to read the control group. */
  access: Access | undefined;
}

/** A pod with its memory. */
interface PodMemory {
  pod: Pod;
  memory: MemoryAmounts;
}

/** Those of the pods whose backend container runs, with their memory. */
export function memoriesOf(pods: readonly Pod[], look: MemoryLook): PodMemory[] {
  const isRunning = (pod: Pod) => {
    const backend = backendOfPod(pod, containerName(look.context))?.name;
    return pod.status?.containerStatuses?.some(
      ({ name, state }) => name === backend && state?.running !== undefined,
    );
  };
  return pods
    .filter((pod) => isRunning(pod) && !hasEnded(pod, look))
    .map((pod) => ({ pod, memory: memoryOf(pod, look) }));
}

/** Its container ended between the list of pods and the question: one that restarts again and again, which is told by that. */
function hasEnded({ metadata }: Pod, { maybe }: MemoryLook): boolean {
  const [metrics, cgroups] = [maybe('metrics'), maybe('cgroup')];
  const cgroup = cgroups.ok ? ofPod(cgroups.value, metadata.name)?.cgroup : undefined;
  const isMeasured = metrics.ok && ofPod(metrics.value.pods, metadata.name) !== undefined;
  return !isMeasured && cgroup?.ok === false && CONTAINER_GONE.says.test(cgroup.detail);
}

export function memoryOf(pod: Pod, { context, maybe }: MemoryLook): MemoryAmounts {
  const { name } = pod.metadata;
  const limitText = backendOfPod(pod, containerName(context))?.resources?.limits?.memory;
  const metrics = maybe('metrics');
  const measured = metrics.ok ? ofPod(metrics.value.pods, name) : undefined;
  const cgroups = maybe('cgroup');
  const cgroup = cgroups.ok ? ofPod(cgroups.value, name)?.cgroup : cgroups;
  const kernel = cgroup?.ok ? cgroup.value.memory : undefined;
  const usage = measured
    ? { bytes: measured.memoryBytes, source: measured.source, at: measured.at }
    : kernel?.current !== undefined && cgroup?.ok
      ? { bytes: kernel.current, source: 'cgroup', at: cgroup.at }
      : undefined;
  return {
    limitText,
    limit: limitText === undefined ? undefined : bytesOf(limitText),
    usage,
    newest: kernel?.current !== undefined && cgroup?.ok ? { bytes: kernel.current, at: cgroup.at } : usage,
    peak: largest([kernel?.peak, usage?.bytes]),
    unread: usage ? undefined : cgroup?.ok === false ? cgroup.detail : 'nothing reports its memory use',
    access: cgroup?.ok === false ? cgroup.access : undefined,
  };
}

/** Those whose use comes near their limit. */
export function nearLimit(memories: readonly PodMemory[]) {
  return memories.flatMap(({ pod, memory }) => {
    const { usage, limit } = memory;
    return usage && limit !== undefined && usage.bytes >= NEAR * limit
      ? [{ pod, ...memory, usage, limit }]
      : [];
  });
}

/** Pods that their node evicted because it was short of memory. */
export function evictedForMemory(pods: readonly Pod[]): Pod[] {
  return pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && LOW_ON_MEMORY.says.test(evictionOf(pod)),
  );
}

/** What the kubelet says of an eviction; containers that end well take the pod's reason away with them, and leave the condition. */
export function evictionOf(pod: Pod): string {
  const { reason, message } = pod.status ?? {};
  if (reason === 'Evicted') return message ?? '';
  const told = disruption(pod);
  return told?.reason === 'TerminationByKubelet' ? (told.message ?? '') : '';
}

/**
 * A limit that leaves the contract's buffer above what was needed, and is more than the one that there is.
 * @param peak bytes
 * @param limit bytes
 */
export function recommended(peak: number, limit = 0): string {
  const needed = Math.ceil((peak * BUFFER) / STEP);
  return mebibytes(Math.max(needed, Math.floor(limit / STEP) + 1) * STEP);
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)}Mi`;
}

/** `+12Mi`, `-3Mi`. */
export function signedMebibytes(bytes: number): string {
  return `${bytes < 0 ? '-' : '+'}${mebibytes(Math.abs(bytes))}`;
}

export function bytesOf(quantity: string): number | undefined {
  const nanos = parseQuantity(quantity);
  return nanos === undefined ? undefined : Number(nanos / 1_000_000_000n);
}

export function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
