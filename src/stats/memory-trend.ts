/** Whether memory use grows: a straight line through samples. Pure arithmetic. */
import type { MemoryTrend } from '../rule/look.js';

export interface MemorySample {
  pod: string;
  /** Milliseconds since the epoch. */
  at: number;
  bytes: number;
}

/** Fewer samples make no line. */
const LEAST_SAMPLES = 4;
/** Bytes below which growth is what any program does while it works. */
const LEAST_GROWTH = 8 * 1024 * 1024;
/** Times the scatter around the line that the growth must come to. */
const SCATTERS = 3;

/** The line of each pod with enough samples (least squares). */
export function trends(samples: readonly MemorySample[]): Record<string, MemoryTrend> {
  const byPod = new Map<string, MemorySample[]>();
  for (const sample of samples) {
    const own = byPod.get(sample.pod) ?? [];
    // metrics-server serves one measurement for a while: it counts once.
    if (!own.some(({ at }) => at === sample.at)) byPod.set(sample.pod, [...own, sample]);
  }
  const lines: Record<string, MemoryTrend> = {};
  for (const [pod, own] of byPod) {
    const line = own.length < LEAST_SAMPLES ? undefined : lineThrough(own.sort((a, b) => a.at - b.at));
    if (line) lines[pod] = line;
  }
  return lines;
}

function lineThrough(samples: readonly MemorySample[]): MemoryTrend | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || last.at === first.at) return undefined;
  const points = samples.map(({ at, bytes }) => ({ x: (at - first.at) / 1000, y: bytes }));
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const slope =
    points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) /
    points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const scatter = Math.sqrt(mean(points.map(({ x, y }) => (y - meanY - slope * (x - meanX)) ** 2)));
  const seconds = (last.at - first.at) / 1000;
  const growth = slope * seconds;
  return {
    seconds,
    samples: samples.length,
    firstBytes: first.bytes,
    lastBytes: last.bytes,
    bytesPerSecond: slope,
    growing: growth > LEAST_GROWTH && growth > SCATTERS * scatter,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
