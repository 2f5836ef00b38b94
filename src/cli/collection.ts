/** Reads everything that any command could ask for, and judges it, so that the bundle knows what it came to. */
import { CHECKS } from '../checks/index.js';
import type { Report } from '../engine/report.js';
import { ACCESS } from '../evidence/access.js';
import type { EvidenceKey, EvidenceReader, Observed } from '../evidence/evidence.js';
import type { Interruption } from './interruption.js';
import { until } from '../time-limit.js';
import type { Release } from './release.js';
import { verifyRelease } from './verification.js';

/** Longest time for all evidence together, in milliseconds. */
const COLLECT_LIMIT_MS = 60_000;

export interface CollectInput {
  version: string;
  release: Release;
  declined: ReadonlyMap<EvidenceKey, string>;
  interruption: Interruption;
  /** Called when reading begins, and for each fact that was read. */
  onProgress: (pending: readonly EvidenceKey[], all: number) => void;
}

export interface Collected {
  report: Report;
  evidence: Map<EvidenceKey, Observed<unknown>>;
}

/** Never rejects for what the cluster does. */
export async function collectEvidence(input: CollectInput): Promise<Collected> {
  const { release, declined, interruption } = input;
  const keys = (Object.keys(ACCESS) as EvidenceKey[]).filter((key) => !declined.has(key));
  const reader = release.observe();
  const startedAt = Date.now();
  const says = `not collected within ${COLLECT_LIMIT_MS / 1000} s`;
  const { signal, dispose } = until(COLLECT_LIMIT_MS, interruption.signal, says);
  const evidence = new Map<EvidenceKey, Observed<unknown>>();
  const pending = new Set(keys);
  try {
    input.onProgress([...pending], keys.length);
    await Promise.all(
      keys.map(async (key) => {
        evidence.set(key, await reader.read(key, signal));
        pending.delete(key);
        input.onProgress([...pending], keys.length);
      }),
    );
    const report = await verifyRelease({
      version: input.version,
      release: { ...release, observe: () => keptOpen(reader) },
      selected: new Set(CHECKS.map(({ meta }) => meta.id as string)),
      declined,
      strict: false,
      waitMs: 0,
      interruption,
      emit: () => undefined,
    });
    const times = { startedAt: new Date(startedAt).toISOString(), durationMs: Date.now() - startedAt };
    return { report: { ...report, ...times, command: 'collect' }, evidence };
  } finally {
    dispose();
    await reader.close();
  }
}

/** What is judged is what was collected: the reader is closed when both are over. */
function keptOpen(reader: EvidenceReader): EvidenceReader {
  return { read: (key, signal) => reader.read(key, signal), close: () => Promise.resolve() };
}
