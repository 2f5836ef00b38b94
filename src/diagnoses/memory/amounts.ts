/** What is known of a pod's memory: its limit, what it uses and has used, and what would suit it. */
import { parseQuantity } from '../../checks/quantity.js';
import { ofPod } from '../../computed/of-pod.js';
import type { Pod } from '../../evidence/objects.js';
import { backendOf } from '../look.js';
import type { Look } from '../tree.js';

export type MemoryLook = Look<'cgroup' | 'metrics'>;

const MEBIBYTE = 1024 * 1024;
/** Limits are recommended in steps of this many bytes: nobody sets 683Mi. */
const STEP = 64 * MEBIBYTE;
/** Contract: Resource Limits, "observed usage + 20% buffer". */
const BUFFER = 1.2;

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
}

export function memoryOf(pod: Pod, look: MemoryLook): MemoryAmounts {
  const { name } = pod.metadata;
  const limitText = backendOf(pod, look.context)?.resources?.limits?.memory;
  const metrics = look.maybe('metrics');
  const measured = metrics.ok ? ofPod(metrics.value.pods, name) : undefined;
  const cgroups = look.maybe('cgroup');
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
    unread: usage ? undefined : cgroup?.ok === false ? cgroup.detail : 'its memory use is told nowhere',
  };
}

/** A limit that leaves the contract's buffer above what was needed. @param peak bytes */
export function recommended(peak: number): string {
  return mebibytes(Math.ceil((peak * BUFFER) / STEP) * STEP);
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)}Mi`;
}

export function bytesOf(quantity: string): number | undefined {
  const nanos = parseQuantity(quantity);
  return nanos === undefined ? undefined : Number(nanos / 1_000_000_000n);
}

export function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
