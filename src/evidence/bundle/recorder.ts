/** Takes down what a reader gives, so that it can be given again. */
import type { EvidenceKey, EvidenceMap, EvidenceReader, Observed } from '../evidence.js';
import { unread } from '../observed.js';

/** Evidence by key, as it was read. */
export type Recording = ReadonlyMap<EvidenceKey, Observed<unknown>>;

export class Recorder {
  #facts = new Map<EvidenceKey, Observed<unknown>>();
  #judgedAt = Date.now();

  /** Milliseconds since the epoch: the newest time that was taken for now. */
  get judgedAt(): number {
    return this.#judgedAt;
  }

  /** The time that the checks take for now; a replay takes the same. */
  now(): number {
    this.#judgedAt = Date.now();
    return this.#judgedAt;
  }

  /** What the newest reader gave so far. */
  get recording(): Recording {
    return this.#facts;
  }

  /** A reader that gives what this one does, and takes it down. What another one gave before is forgotten. */
  record(reader: EvidenceReader): EvidenceReader {
    const facts = new Map<EvidenceKey, Observed<unknown>>();
    this.#facts = facts;
    return {
      async read<K extends EvidenceKey>(key: K, signal: AbortSignal): Promise<Observed<EvidenceMap[K]>> {
        const observed = await reader.read(key, signal);
        // What the end of the run kept from being read is told in the words of who ended it, as the engine does.
        const ended = !observed.ok && signal.aborted && signal.reason instanceof Error;
        const told = ended ? { ...unread('timeout', signal.reason.message), at: observed.at } : observed;
        const known = facts.get(key);
        if (known?.ok !== true) facts.set(key, told);
        return observed;
      },
      close: () => reader.close(),
    };
  }
}
