/** A container that the kernel killed at its memory limit, and what it came from. */
import type { CheckContext } from '../rule/context.js';
import type { Look } from '../rule/look.js';
import { containerName } from '../contract/target.js';
import type { ContainerStatus, Pod } from '../evidence/objects.js';
import { backendOfPod, lifetime, type Terminated } from '../kube/pod-containers.js';
import { bytesOf, mebibytes, memoryOf, type MemoryAmounts } from './memory.js';

/** Times the length of the run that was killed, within which the next one's use counts as the same growth. */
const PACE = { least: 0.5, most: 2 };
/** Seconds that a run must have lasted, and the next one must have run, before a pace can be told. */
const PACE_SECONDS = 20;

export interface MemoryKill {
  /** A limit below the contract's, growth from the start on, or neither. */
  means: 'limit-too-low' | 'leak' | 'oom-killed';
  verdict: 'confirmed' | 'likely';
  /** To go on with after `… its memory limit of 512Mi`. */
  why: string;
  ended: Terminated;
  /** JSON path of that end. */
  path: string;
  restarts: number;
  /** Seconds. */
  lived: number | undefined;
  memory: MemoryAmounts;
  /** Growth that was observed. */
  growth?: { source: string; value: string };
}

type MemoryLook = Pick<Look<'cgroup' | 'metrics'>, 'context' | 'maybe' | 'options'>;

/** Undefined for a pod whose backend container was not OOMKilled last. */
export function memoryKillOf(pod: Pod, look: MemoryLook): MemoryKill | undefined {
  const name = backendOfPod(pod, containerName(look.context))?.name;
  const index = pod.status?.containerStatuses?.findIndex((each) => each.name === name) ?? -1;
  const status = pod.status?.containerStatuses?.[index];
  const state = status?.state?.terminated ? 'state' : 'lastState';
  const ended = status?.[state]?.terminated;
  if (!status || ended?.reason !== 'OOMKilled') return undefined;
  const lived = lifetime(ended);
  const memory = memoryOf(pod, look);
  return {
    ...behind(pod, status, lived, memory, look),
    ended,
    path: `status.containerStatuses[${index}].${state}.terminated`,
    restarts: status.restartCount,
    lived,
    memory,
  };
}

function behind(
  pod: Pod,
  status: ContainerStatus,
  lived: number | undefined,
  memory: MemoryAmounts,
  { context, options }: MemoryLook,
): Pick<MemoryKill, 'means' | 'verdict' | 'why' | 'growth'> {
  const trend = options.trend?.[pod.metadata.name];
  if (trend?.growing) {
    const left = (memory.limit ?? 0) - trend.lastBytes;
    const eta =
      trend.bytesPerSecond > 0 && left > 0
        ? `, which reaches the limit in ${Math.round(left / trend.bytesPerSecond)} s`
        : '';
    return {
      means: 'leak',
      verdict: 'confirmed',
      why: ', and its use grows all the time: a leak',
      growth: {
        source: `observed for ${Math.round(trend.seconds)} s`,
        value: `${mebibytes(trend.bytesPerSecond * 60)} more each minute${eta}`,
      },
    };
  }
  const below = belowContract(memory, context);
  if (below !== undefined)
    return { means: 'limit-too-low', verdict: 'confirmed', why: `, where the contract has ${below}` };
  return (
    samePace(status, lived, memory) ?? {
      means: 'oom-killed',
      verdict: 'confirmed',
      why: lived !== undefined && lived < PACE_SECONDS ? ', soon after its start' : '',
    }
  );
}

/** The contract's limit where the container's is lower. */
function belowContract({ limit }: MemoryAmounts, { contract }: CheckContext): string | undefined {
  const text = contract.backend.resources.limits.memory;
  const contracted = bytesOf(text);
  return limit !== undefined && contracted !== undefined && limit < contracted ? text : undefined;
}

/** Straight growth from nothing to the limit, as in the run that was killed, would be here by now. */
function samePace(
  { state, restartCount }: ContainerStatus,
  lived: number | undefined,
  { newest, limit }: MemoryAmounts,
): Pick<MemoryKill, 'means' | 'verdict' | 'why'> | undefined {
  const uptime = seconds(state?.running?.startedAt, newest?.at);
  if (lived === undefined || uptime === undefined || !newest || !limit || restartCount <= 1) return undefined;
  if (lived <= PACE_SECONDS || uptime <= PACE_SECONDS || uptime >= lived) return undefined;
  const expected = Math.min(1, uptime / lived);
  const share = newest.bytes / limit;
  if (share < PACE.least * expected || share > PACE.most * expected) return undefined;
  return {
    means: 'leak',
    verdict: 'likely',
    why: `, and it has grown again since: ${Math.round(share * 100)} % of the limit after ${Math.round(uptime)} s, the last run ended after ${Math.round(lived)} s`,
  };
}

function seconds(from: string | undefined, to: string | undefined): number | undefined {
  const length = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000;
  return Number.isNaN(length) ? undefined : length;
}
