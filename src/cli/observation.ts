/** `--observe`: memory use over time. A reader reads each fact once, so each sample has a reader of its own. */
import { trends, type MemorySample } from '../stats/memory-trend.js';
import type { MemoryTrend } from '../rule/look.js';
import type { EvidenceReader } from '../evidence/evidence.js';
import { sleep } from './interruption.js';

/** Samples that are taken in the time: enough for a line, few enough to disturb nobody. */
const SAMPLES = 10;
/** Milliseconds between two samples at least: each is an exec in every pod. */
const LEAST_STEP_MS = 500;

/**
 * Samples each pod's memory until the time is over: from its control group, else from metrics.
 * @param forMs milliseconds
 * @param onSample told before each sample how many milliseconds have gone
 * @returns the trend of each pod that could be read often enough
 */
export async function observeMemory(
  observe: () => EvidenceReader,
  forMs: number,
  signal: AbortSignal,
  onSample?: (goneMs: number) => void,
): Promise<Record<string, MemoryTrend>> {
  const samples: MemorySample[] = [];
  const deadline = Date.now() + forMs;
  const step = Math.max(LEAST_STEP_MS, forMs / SAMPLES);
  for (;;) {
    const next = Date.now() + step;
    onSample?.(Math.max(0, forMs - (deadline - Date.now())));
    samples.push(...(await sample(observe(), signal)));
    if (signal.aborted || next > deadline) break;
    await sleep(next - Date.now(), signal);
  }
  return trends(samples);
}

async function sample(reader: EvidenceReader, signal: AbortSignal): Promise<MemorySample[]> {
  try {
    const cgroup = await reader.read('cgroup', signal);
    const read = (cgroup.ok ? cgroup.value : []).flatMap(({ pod, cgroup: own }): MemorySample[] => {
      const bytes = own.ok ? own.value.memory.current : undefined;
      return bytes === undefined || !own.ok ? [] : [{ pod, at: Date.parse(own.at), bytes }];
    });
    if (read.length > 0) return read;
    const metrics = await reader.read('metrics', signal);
    return (metrics.ok ? metrics.value.pods : []).map(({ pod, at, memoryBytes }) => ({
      pod,
      at: Date.parse(at),
      bytes: memoryBytes,
    }));
  } finally {
    await reader.close();
  }
}
