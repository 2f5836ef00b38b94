/**
 * Times in buckets whose width grows with the time (log-linear, as in HdrHistogram): 128 for each doubling, so that a
 * bucket's middle is within 0.4 % of every time in it. A bucket's number needs two bytes, however long the time.
 */

/** Buckets for each doubling, as a power of two. */
const BITS = 7;
const SUBS = 1 << BITS;
/** Longest time that is told apart: 2³² − 1 microseconds, over an hour. */
const LONGEST_US = 0xffffffff;

/** How many buckets there are. */
export const BUCKETS = 26 * SUBS;

/** The bucket of a time. @param ms milliseconds, 0 or more */
export function bucketOf(ms: number): number {
  const us = Math.min(LONGEST_US, Math.round(ms * 1000));
  if (us < 2 * SUBS) return us;
  const shift = 31 - Math.clz32(us) - BITS;
  return (shift << BITS) + (us >>> shift);
}

/** The middle of a bucket, in milliseconds. */
export function middleOf(bucket: number): number {
  if (bucket < 2 * SUBS) return bucket / 1000;
  const shift = (bucket >> BITS) - 1;
  const lowest = (bucket - (shift << BITS)) * 2 ** shift;
  return (lowest + (2 ** shift - 1) / 2) / 1000;
}

/** Counts of buckets: of fixed size, whatever is counted. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #sumMs = 0;

  add(bucket: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += middleOf(bucket);
  }

  get count(): number {
    return this.#count;
  }

  /** Milliseconds; 0 when nothing was counted. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count;
  }

  /**
   * The least time that at least the fraction `q` of all times do not exceed (nearest rank), in milliseconds.
   * @param q above 0 (the shortest time) and at most 1 (the longest)
   */
  quantile(q: number): number {
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return middleOf(bucket);
    }
    return 0;
  }

  /**
   * Counts between the shortest and the longest time in `columns` steps of equal ratio, which shows a long tail and
   * a tight middle at once.
   */
  columns(columns: number): { toMs: number; count: number }[] {
    if (this.#count === 0) return [];
    const low = Math.max(0.001, this.quantile(Number.MIN_VALUE));
    const high = this.quantile(1);
    const ratio = Math.max(1.0001, high / low) ** (1 / columns);
    const steps = Array.from({ length: columns }, (_, index) => ({
      toMs: low * ratio ** (index + 1),
      count: 0,
    }));
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const count = this.#counts[bucket] ?? 0;
      if (count === 0) continue;
      const index = Math.floor(Math.log(Math.max(low, middleOf(bucket)) / low) / Math.log(ratio));
      const step = steps[Math.min(columns - 1, index)];
      if (step) step.count += count;
    }
    return steps;
  }
}
