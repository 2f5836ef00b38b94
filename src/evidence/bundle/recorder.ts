/** Takes down what a reader gives, so that it can be given again. */
import type { EvidenceKey, EvidenceMap, EvidenceReader, Observed, PodLog } from '../evidence.js';
import type { Ledger } from '../../load/ledger.js';
import { unread } from '../observed.js';

/** Evidence by key, as it was read. */
export type Recording = ReadonlyMap<EvidenceKey, Observed<unknown>>;

export class Recorder {
  #facts = new Map<EvidenceKey, Observed<unknown>>();
  #ledger: Ledger | undefined;
  #judgedAt = Date.now();

  /**
   * @param logLines the newest lines of each log that are kept; undefined: all that were read
   * @param clock milliseconds since the epoch, by the clock of what is read
   */
  constructor(
    private readonly logLines?: number,
    private readonly clock: () => number = Date.now,
  ) {}

  /** What the newest reader gave so far. */
  get recording(): Recording {
    return this.#facts;
  }

  /** Every request of the load run, where there was one. */
  get ledger(): Ledger | undefined {
    return this.#ledger;
  }

  /** Milliseconds since the epoch: the newest time that was taken for now. */
  get judgedAt(): number {
    return this.#judgedAt;
  }

  /** The time that the checks take for now; a replay takes the same. */
  now(): number {
    this.#judgedAt = this.clock();
    return this.#judgedAt;
  }

  keepLedger(ledger: Ledger): void {
    this.#ledger = ledger;
  }

  /** A reader that gives what this one does, and takes it down. What another one gave before is forgotten. */
  record(reader: EvidenceReader): EvidenceReader {
    const facts = new Map<EvidenceKey, Observed<unknown>>();
    this.#facts = facts;
    this.#ledger = undefined;
    return {
      read: async <K extends EvidenceKey>(key: K, signal: AbortSignal): Promise<Observed<EvidenceMap[K]>> => {
        const known = facts.get(key) as Observed<EvidenceMap[K]> | undefined;
        if (known?.ok) return known;
        const observed = this.#shortened(key, await reader.read(key, signal));
        // What the end of the run kept from being read is told in the words of who ended it, as the engine does.
        const ended = !observed.ok && signal.aborted && signal.reason instanceof Error;
        const told = ended ? { ...unread('timeout', signal.reason.message), at: observed.at } : observed;
        if (told.ok || !facts.has(key)) facts.set(key, told);
        return observed;
      },
      close: () => reader.close(),
    };
  }

  /** Before anybody sees it: what is judged now is what a replay will judge. */
  #shortened<T>(key: EvidenceKey, observed: Observed<T>): Observed<T> {
    const { logLines } = this;
    if (key !== 'logs' || logLines === undefined || !observed.ok) return observed;
    const logs = (observed.value as PodLog[]).map(({ pod, log }) => {
      if (!log.ok || log.value.lines.length <= logLines) return { pod, log };
      const lines = log.value.lines.slice(-logLines);
      return { pod, log: { ...log, value: { ...log.value, lines, fromStart: false, gap: false } } };
    });
    return { ...observed, value: logs as T };
  }
}
