/** A container that the kernel killed at its memory limit, and why it came to that. */
import { ago, ending } from '../../checks/pod-state.js';
import { count, podRef } from '../../checks/shared.js';
import type { ContainerState, Pod } from '../../evidence/objects.js';
import type { EvidenceItem } from '../diagnosis.js';
import { resourcesArguments, setValues } from '../fixes.js';
import { lifetime } from '../../kube/pod-containers.js';
import { backendStatus } from '../look.js';
import { field, observed } from '../seen.js';
import type { CauseFinding, Look } from '../tree.js';
import { bytesOf, mebibytes, memoryOf, recommended, type MemoryLook } from './amounts.js';
import { todoK8s } from '../../rule/command.js';

type Terminated = NonNullable<ContainerState['terminated']>;

/** Times the length of the run that was killed, within which the next one's use counts as the same growth. */
const PACE = { least: 0.5, most: 2 };
/** Seconds that a run must have lasted, and the next one must have run, before a pace can be told. */
const PACE_SECONDS = 20;

/** The finding for a pod whose container was OOMKilled last; undefined for any other. */
export function memoryKill(
  pod: Pod,
  look: Look<never> & { maybe: MemoryLook['maybe'] },
): CauseFinding | undefined {
  const { context } = look;
  const found = backendStatus(pod, context);
  const state = found?.status.state?.terminated ? 'state' : 'lastState';
  const ended = found?.status[state]?.terminated;
  if (!found || ended?.reason !== 'OOMKilled') return undefined;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const memory = memoryOf(pod, look);
  const limit = memory.limitText ?? 'none';
  const lived = lifetime(ended);
  const { cause, verdict, why, evidence } = background(pod, ended, lived, look);
  const value = recommended(
    Math.max(
      memory.limit ?? 0,
      memory.peak ?? 0,
      bytesOf(context.contract.backend.resources.limits.memory) ?? 0,
    ),
  );
  const contracted = context.contract.backend.resources.limits.memory;
  const wanted = cause === 'memory/limit-too-low' ? contracted : value;
  return {
    cause,
    verdict,
    object,
    pods: [name],
    summary: `{pods}: the kernel killed the container because it needed more than its memory limit of ${limit}${why}.`,
    evidence: [
      field(
        object,
        `${found.path}.${state}.terminated`,
        [
          ending(ended),
          ...(lived === undefined ? [] : [`after ${Math.round(lived)} s`]),
          count(found.status.restartCount, 'restart'),
          ...(ended.finishedAt ? [ago(ended.finishedAt, context.now)] : []),
        ].join(', '),
        ended.finishedAt,
      ),
      field(object, 'spec.containers[].resources.limits.memory', limit),
      ...(memory.usage
        ? [
            observed(
              `${memory.usage.source} memory`,
              object,
              `${mebibytes(memory.usage.bytes)} now${memory.peak === undefined ? '' : `, peak ${mebibytes(memory.peak)}`}`,
              memory.usage.at,
            ),
          ]
        : []),
      ...evidence,
    ],
    fix: [
      setValues(
        context,
        cause === 'memory/leak'
          ? `Find what keeps the memory; until then ${wanted} makes it last longer.`
          : cause === 'memory/limit-too-low'
            ? `Set the limit that the contract has, ${wanted}.`
            : `Raise the limit: what was needed + 20 % is at least ${wanted}.`,
        [`backend.resources.limits.memory=${wanted}`],
        resourcesArguments(context, 'limits', 'memory', wanted),
      ),
    ],
    ...(verdict === 'likely' ? { wouldConfirm: todoK8s(context, 'doctor memory --observe 30s') } : {}),
    ruledOut: ['node pressure', 'liveness probe'],
  };
}

interface Background {
  cause: 'memory/oom-killed' | 'memory/limit-too-low' | 'memory/leak';
  verdict: 'confirmed' | 'likely';
  /** To go on the sentence with. */
  why: string;
  evidence: EvidenceItem[];
}

/** A limit below the contract's, growth from the start on, or neither. */
function background(pod: Pod, ended: Terminated, lived: number | undefined, look: MemoryLook): Background {
  const { context, options } = look;
  const memory = memoryOf(pod, look);
  const object = podRef(context.target, pod.metadata.name);
  const contracted = bytesOf(context.contract.backend.resources.limits.memory);
  const trend = options.trend?.[pod.metadata.name];
  if (trend?.growing) {
    const left = (memory.limit ?? 0) - trend.lastBytes;
    const eta =
      trend.bytesPerSecond > 0 && left > 0
        ? `, which reaches the limit in ${Math.round(left / trend.bytesPerSecond)} s`
        : '';
    return {
      cause: 'memory/leak',
      verdict: 'confirmed',
      why: ', and its use grows all the time: a leak',
      evidence: [
        observed(
          `observed for ${Math.round(trend.seconds)} s`,
          object,
          `${mebibytes(trend.bytesPerSecond * 60)} more each minute${eta}`,
        ),
      ],
    };
  }
  if (memory.limit !== undefined && contracted !== undefined && memory.limit < contracted) {
    const text = context.contract.backend.resources.limits.memory;
    return {
      cause: 'memory/limit-too-low',
      verdict: 'confirmed',
      why: `, where the contract has ${text}`,
      evidence: [],
    };
  }
  const running = backendStatus(pod, context)?.status.state?.running;
  const { newest } = memory;
  const uptime = seconds(running?.startedAt, newest?.at);
  if (
    lived !== undefined &&
    uptime !== undefined &&
    lived > PACE_SECONDS &&
    uptime > PACE_SECONDS &&
    newest &&
    memory.limit
  ) {
    // Straight growth from nothing to the limit, as in the run that was killed, would be here by now.
    const expected = Math.min(1, uptime / lived);
    const share = newest.bytes / memory.limit;
    const isOnPace = share >= PACE.least * expected && share <= PACE.most * expected && uptime < lived;
    if (isOnPace && (backendStatus(pod, context)?.status.restartCount ?? 0) > 1) {
      return {
        cause: 'memory/leak',
        verdict: 'likely',
        why: `, and it has grown again since: ${Math.round(share * 100)} % of the limit after ${Math.round(uptime)} s, the last run ended after ${Math.round(lived)} s`,
        evidence: [],
      };
    }
  }
  return {
    cause: 'memory/oom-killed',
    verdict: 'confirmed',
    why:
      ended.startedAt !== undefined && lived !== undefined && lived < PACE_SECONDS
        ? ', soon after its start'
        : '',
    evidence: [],
  };
}

function seconds(from: string | undefined, to: string | undefined): number | undefined {
  const length = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000;
  return Number.isNaN(length) ? undefined : length;
}
