/** What all causes of a container that the kernel killed at its memory limit have in common. */
import { count } from '../../count.js';
import { podRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { EvidenceItem } from '../../rule/diagnosis.js';
import { field, observed } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { memoryKillOf, type MemoryKill } from '../../computed/memory-kill.js';
import { bytesOf, mebibytes, recommended } from '../../computed/memory.js';
import { backendOf, podsToJudge } from '../../computed/judged-pods.js';
import type { Pod } from '../../evidence/objects.js';
import { ago, elapsed, ending } from '../../kube/pod-state.js';
import { cause, type Told } from '../../rule/cause.js';
import { todoK8s } from '../../rule/command.js';
import { fewerWorkers, LIMIT_FIELD, setLimit } from './_limit.js';

export type MemoryLook = Look<'cgroup' | 'metrics'>;

interface KilledCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity'> {
  means: MemoryKill['means'];
  /** Bytes that the limit must hold at least, as the contract has it, in place of the peak and a buffer. */
  toContract?: true;
  /** What to do, to go before the command. @param limit a quantity */
  advice: (limit: string) => string;
  /** What else the rule finds, beside kills. */
  also?: (pods: readonly Pod[], look: MemoryLook) => Told[];
}

export function killedCause<const Id extends string>({
  means,
  toContract,
  advice,
  also = () => [],
  ...data
}: KilledCause<Id>) {
  return cause({
    ...data,
    topic: 'memory',
    severity: 'error',
    reads: ['pods'],
    consults: ['cgroup', 'metrics'],
    judge({ pods }, look) {
      const { context } = look;
      const contracted = context.contract.backend.resources.limits.memory;
      const kills = podsToJudge(pods, look).flatMap((pod): Told[] => {
        const kill = memoryKillOf(pod, look);
        if (kill?.means !== means) return [];
        const { name } = pod.metadata;
        const object = podRef(context.target, name);
        const { memory, verdict, why } = kill;
        const least = Math.max(memory.limit ?? 0, memory.peak ?? 0, bytesOf(contracted) ?? 0);
        const limit = toContract ? contracted : recommended(least);
        // A request that was lowered with the limit goes back with it.
        const request = context.contract.backend.resources.requests.memory;
        const asked = bytesOf(backendOf(pod, context)?.resources?.requests?.memory ?? '');
        const isLower = toContract && asked !== undefined && asked < (bytesOf(request) ?? 0);
        return [
          {
            verdict,
            object,
            pods: [name],
            summary: `{pods}: the kernel killed the container because it needed more than its memory limit of ${memory.limitText ?? 'none'}${why}.`,
            evidence: evidenceOf(kill, object, look),
            fix: [
              ...(toContract ? [] : fewerWorkers(backendOf(pod, context), context)),
              setLimit(context, advice(limit), limit, isLower ? request : undefined),
            ],
            ...(verdict === 'likely'
              ? { wouldConfirm: todoK8s(context, 'doctor', 'memory --observe 30s') }
              : {}),
            ruledOut: ['node pressure', 'liveness probe'],
          },
        ];
      });
      return [...kills, ...also(pods, look)];
    },
  });
}

function evidenceOf(
  { ended, path, restarts, lived, memory, growth }: MemoryKill,
  object: ReturnType<typeof podRef>,
  { context }: MemoryLook,
): EvidenceItem[] {
  const { usage, peak, limitText = 'none' } = memory;
  const words = [
    ending(ended),
    ...(lived === undefined ? [] : [`after ${elapsed(lived)}`]),
    count(restarts, 'restart'),
    ...(ended.finishedAt ? [ago(ended.finishedAt, context.now)] : []),
  ];
  const highest = peak === undefined ? '' : `, peak ${mebibytes(peak)}`;
  return [
    field(object, path, words.join(', '), ended.finishedAt),
    field(object, LIMIT_FIELD, limitText),
    ...(usage
      ? [observed(`${usage.source} memory`, object, `${mebibytes(usage.bytes)} now${highest}`, usage.at)]
      : []),
    ...(growth ? [observed(growth.source, object, growth.value)] : []),
  ];
}
