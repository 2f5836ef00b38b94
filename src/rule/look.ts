/** What a step of the doctor, and a rule that it asks, may look at. */
import type { CheckResult } from '../engine/report.js';
import type { EvidenceKey, EvidenceMap, Observed } from '../evidence/evidence.js';
import type { CheckContext } from './context.js';

/** What a hop may look at besides the facts that it reads. */
export interface Look<C extends EvidenceKey = EvidenceKey> {
  /** Id of the hop that asks: a rule may answer several of them, each by something else. */
  step: string;
  context: CheckContext;
  /** A consulted fact, or why it could not be read. */
  maybe: <K extends C>(key: K) => Observed<EvidenceMap[K]>;
  /** A check's result in the same run over the same evidence; undefined where it was not among those asked. */
  check: (id: string) => CheckResult | undefined;
  options: LookOptions;
}

/** What the user narrowed the question to. */
export interface LookOptions {
  /** `--pod`: only this pod. */
  pod?: string;
  /** `--since`: events and log lines before this time (milliseconds since the epoch) are history. */
  since?: number;
  /** `--observe`: how the memory of each pod, by name, developed meanwhile; undefined: it was not observed. */
  trend?: Readonly<Record<string, MemoryTrend>>;
}

/** A straight line through samples of one pod's memory use. */
export interface MemoryTrend {
  /** Seconds from the first sample to the last. */
  seconds: number;
  samples: number;
  firstBytes: number;
  lastBytes: number;
  bytesPerSecond: number;
  /** It grew by more than samples scatter around the line, and by more than a few MiB. */
  growing: boolean;
}
