/**
 * What is known of every request, in 15 bytes each: a million of them take 15 MB, and nothing else grows with their
 * number. Times are kept as the number of a bucket, within 0.4 % of the time measured.
 */
import type { Reply } from '../evidence/http/lane.js';
import { HTTP_OUTCOMES, type HttpOutcome } from '../evidence/outcomes.js';
import { bucketOf, middleOf } from '../stats/buckets.js';

export type Outcome = HttpOutcome | 'cut' | 'unsent';

const OUTCOMES: readonly Outcome[] = ['unsent', ...HTTP_OUTCOMES, 'cut'];
const NO_BUCKET = 0xffff;
const NO_POD = 0;

/** One request, as a row of a table. */
export interface Entry {
  index: number;
  /** Milliseconds after the first request. */
  atMs: number;
  outcome: Outcome;
  status: number;
  pod: string | undefined;
  connectMs: number | undefined;
  firstByteMs: number | undefined;
  totalMs: number;
}

export class Ledger {
  readonly #outcome: Uint8Array;
  readonly #status: Uint16Array;
  /** Number of the pod's name, plus one. */
  readonly #pod: Uint16Array;
  readonly #at: Uint32Array;
  readonly #connect: Uint16Array;
  readonly #firstByte: Uint16Array;
  readonly #total: Uint16Array;
  readonly #pods: string[] = [];
  readonly #numbers = new Map<string, number>();
  #counts: number[] = [];
  #unnamed = 0;
  #completed = 0;
  #errors = 0;

  /** @param capacity the most requests that will be recorded */
  constructor(readonly capacity: number) {
    this.#outcome = new Uint8Array(capacity);
    this.#status = new Uint16Array(capacity);
    this.#pod = new Uint16Array(capacity);
    this.#at = new Uint32Array(capacity);
    this.#connect = new Uint16Array(capacity).fill(NO_BUCKET);
    this.#firstByte = new Uint16Array(capacity).fill(NO_BUCKET);
    this.#total = new Uint16Array(capacity);
  }

  /** @param atMs milliseconds from the run's start to the request's */
  record(index: number, atMs: number, reply: Reply): void {
    this.#outcome[index] = OUTCOMES.indexOf(reply.outcome);
    this.#status[index] = reply.status;
    this.#at[index] = Math.min(0xffffffff, Math.round(atMs));
    if (!Number.isNaN(reply.connectMs)) this.#connect[index] = bucketOf(reply.connectMs);
    if (!Number.isNaN(reply.firstByteMs)) this.#firstByte[index] = bucketOf(reply.firstByteMs);
    this.#total[index] = bucketOf(reply.totalMs);
    if (reply.outcome === 'cut') return;
    this.#completed += 1;
    if (isError(reply.outcome, reply.status)) this.#errors += 1;
    // A pod's log may have been read before the response was through.
    if (reply.outcome === 'response' && this.#pod[index] === NO_POD) this.#unnamed += 1;
  }

  /** The pod that served a request. @returns false when another pod had been named before: that one stays */
  attribute(index: number, pod: string): boolean {
    let number = this.#numbers.get(pod);
    if (number === undefined) {
      number = this.#pods.push(pod);
      this.#numbers.set(pod, number);
    }
    const known = this.#pod[index];
    if (known !== NO_POD) return known === number;
    this.#pod[index] = number;
    this.#counts[number - 1] = (this.#counts[number - 1] ?? 0) + 1;
    if (this.#outcome[index] === OUTCOMES.indexOf('response')) this.#unnamed -= 1;
    return true;
  }

  /** Requests that came to an end, cut ones aside. */
  get completed(): number {
    return this.#completed;
  }

  get errors(): number {
    return this.#errors;
  }

  /** Responses whose pod is not known yet. */
  get unnamed(): number {
    return this.#unnamed;
  }

  /** Requests by pod so far. */
  countByPod(): { pod: string; requests: number }[] {
    return this.#pods.map((pod, index) => ({ pod, requests: this.#counts[index] ?? 0 }));
  }

  /** The pod that served a request, when it is known. */
  podOf(index: number): string | undefined {
    return this.#pods[(this.#pod[index] ?? NO_POD) - 1];
  }

  outcomeOf(index: number): Outcome {
    return OUTCOMES[this.#outcome[index] ?? 0] ?? 'unsent';
  }

  statusOf(index: number): number {
    return this.#status[index] ?? 0;
  }

  /** Buckets of a request's times; undefined where it did not come that far. */
  bucketsOf(index: number): { connect?: number; firstByte?: number; total: number } {
    const given = (bucket = NO_BUCKET) => (bucket === NO_BUCKET ? undefined : bucket);
    return {
      connect: given(this.#connect[index]),
      firstByte: given(this.#firstByte[index]),
      total: this.#total[index] ?? 0,
    };
  }

  /** Every request that was sent, in order. */
  *entries(): Generator<Entry> {
    for (let index = 0; index < this.capacity; index += 1) {
      const outcome = this.outcomeOf(index);
      if (outcome === 'unsent') continue;
      const { connect, firstByte, total } = this.bucketsOf(index);
      yield {
        index,
        atMs: this.#at[index] ?? 0,
        outcome,
        status: this.statusOf(index),
        pod: this.podOf(index),
        connectMs: connect === undefined ? undefined : middleOf(connect),
        firstByteMs: firstByte === undefined ? undefined : middleOf(firstByte),
        totalMs: middleOf(total),
      };
    }
  }
}

/** Whether a request counts as failed: it got no response, or one that says so. */
export function isError(outcome: Outcome, status: number): boolean {
  return outcome !== 'response' || status >= 400;
}
