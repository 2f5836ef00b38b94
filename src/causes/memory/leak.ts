import { podRef } from '../../rule/object-ref.js';
import { observed } from '../../rule/seen.js';
import type { MemoryTrend } from '../../rule/look.js';
import { memoryKillOf } from '../../computed/memory-kill.js';
import { mebibytes, memoryOf, signedMebibytes } from '../../computed/memory.js';
import { show } from '../../fixes/described.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import type { Pod } from '../../evidence/objects.js';
import type { Told } from '../../rule/cause.js';
import { todoK8s } from '../../rule/command.js';
import { killedCause, type MemoryLook } from './_killed.js';
import { KILLED } from './_limit.js';

export default killedCause({
  id: 'memory/leak',
  means: 'leak',
  title: 'The application’s memory use grows without end',
  why: 'memory that is never given back ends at the limit, however high that is: a higher one only makes it last longer',
  seen: 'use that grows steadily (--observe), and kills at regular intervals',
  remedy:
    'find what is kept: caches without bound, results that are never dropped; until then raise the limit',
  explains: ['memory/oom-killed', ...KILLED],
  advice: (limit) => `Find what keeps the memory; until then ${limit} makes it last longer.`,
  also: (pods, look) =>
    podsToJudge(pods, look).flatMap((pod) => {
      const line = look.options.trend?.[pod.metadata.name];
      // A kill that growth has led to is told as that.
      return line?.growing && !memoryKillOf(pod, look) ? [growing(pod, line, look)] : [];
    }),
});

function growing(pod: Pod, line: MemoryTrend, look: MemoryLook): Told {
  const { context } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const { limit, limitText } = memoryOf(pod, look);
  const left = limit === undefined ? undefined : (limit - line.lastBytes) / line.bytesPerSecond;
  const until =
    left === undefined || left <= 0
      ? ''
      : `; at this pace it reaches its limit of ${limitText} in ${inWords(left)}`;
  const seconds = Math.round(line.seconds);
  return {
    // Caches fill up after a start: only time tells whether it ends.
    verdict: 'likely',
    object,
    pods: [name],
    summary: `{pods}: memory use grew by ${mebibytes(line.lastBytes - line.firstBytes)} in ${seconds} s${until}.`,
    evidence: [
      observed(
        `${line.samples} samples in ${seconds} s`,
        object,
        `${mebibytes(line.firstBytes)} to ${mebibytes(line.lastBytes)}, ${signedMebibytes(line.bytesPerSecond * 60)} each minute`,
      ),
    ],
    fix: [
      show(
        context,
        'Find what is kept: caches without bound, results that are never dropped.',
        `logs ${name} --tail=100`,
      ),
    ],
    wouldConfirm: `growth that goes on: ${todoK8s(context, 'doctor', 'memory --observe 5m')}`,
  };
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
