/**
 * The API server's clock: every time in an object or event is by it, or by a node's that is kept in step with it. The clock of the
 * machine that asks may be minutes off.
 */

/** Milliseconds below which a difference is nothing but the Date header's whole seconds and the way of an answer. */
const NOISE_MS = 2000;
/** Milliseconds that an answer may have taken before its time says too little. */
const SLOW_MS = 5000;

export class ServerClock {
  /** What the server's clock is ahead, and how long the answer that told it was on its way. */
  #told: { aheadMs: number; tookMs: number } | undefined;

  /**
   * Takes in an answer's header Date (RFC 9110); of several answers the quickest counts.
   * @param date undefined where the answer has none
   * @param tookMs milliseconds from the request to the answer's head
   * @param now milliseconds since the epoch, by this machine, at which the head came
   */
  hear(date: string | undefined, tookMs: number, now: number): void {
    const at = Date.parse(date ?? '');
    if (Number.isNaN(at) || tookMs > SLOW_MS || (this.#told && this.#told.tookMs <= tookMs)) return;
    // The header leaves the rest of its second out; the server wrote it somewhere between request and answer.
    this.#told = { aheadMs: at + 500 - (now - tookMs / 2), tookMs };
  }

  /** Milliseconds that the server's clock is ahead of this machine's; 0 where they agree, or nothing is known. */
  get aheadMs(): number {
    const { aheadMs = 0 } = this.#told ?? {};
    return Math.abs(aheadMs) < NOISE_MS ? 0 : Math.round(aheadMs);
  }
}
