/** Sends a run's requests: so many at a time, so many a second, until they are sent or the run is over. */
import type { Lane } from '../evidence/http/lane.js';
import type { DistributionFacts } from '../evidence/load-facts.js';
import type { Ledger } from './ledger.js';
import type { LoadPlan } from './plan.js';

/** Milliseconds without any response after which no more requests are sent. */
const GIVE_UP_MS = 30_000;

export interface SenderInput {
  plan: Pick<LoadPlan, 'concurrency' | 'ratePerSecond' | 'durationMs' | 'signal'>;
  ledger: Ledger;
  openLane: () => Lane;
  target: (index: number) => string;
  /** Whether the next response is to be given with its content. */
  wantsContent: () => boolean;
  onContent: (index: number, head: string, body: string) => void;
}

export class Sender {
  /** Why no more is sent than was; undefined while nothing stands in the way. */
  stopped: Exclude<DistributionFacts['endedBy'], 'requests' | 'no-route'> | undefined;
  readonly #lanes: Lane[] = [];
  readonly #startMs = performance.now();
  #lastAnswerMs = performance.now();
  #endMs = performance.now();
  #sent = 0;

  constructor(private readonly input: SenderInput) {}

  /** Milliseconds since the first request. */
  get elapsedMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Milliseconds from the first request to the end of the last one. */
  get busyMs(): number {
    return this.#endMs - this.#startMs;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Goes on sending until `total` requests were sent. May be called again with more. */
  async sendUntil(total: number): Promise<void> {
    const { plan, openLane } = this.input;
    const { signal } = plan;
    if (signal?.aborted) this.stopped ??= 'interruption';
    const onAbort = () => {
      this.stopped = 'interruption';
      for (const lane of this.#lanes) lane.close();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const wanted = Math.min(plan.concurrency, total - this.#sent);
    while (this.#lanes.length < wanted) this.#lanes.push(openLane());
    try {
      await Promise.all(this.#lanes.map((lane) => this.#useLane(lane, total)));
    } finally {
      signal?.removeEventListener('abort', onAbort);
      for (const lane of this.#lanes.splice(0)) lane.close();
    }
  }

  async #useLane(lane: Lane, total: number): Promise<void> {
    const { ledger, target, wantsContent, onContent, plan } = this.input;
    while (this.#sent < total && this.#mayGoOn()) {
      const index = this.#sent;
      this.#sent += 1;
      if (plan.ratePerSecond !== undefined && !(await this.#due(index / plan.ratePerSecond))) {
        // It was never sent: nobody took a later number in the meantime without being due later still.
        this.#sent = Math.min(this.#sent, index);
        return;
      }
      const atMs = this.elapsedMs;
      const reply = await lane.exchange(target(index), wantsContent());
      ledger.record(index, atMs, reply);
      this.#endMs = performance.now();
      if (reply.outcome !== 'response') continue;
      this.#lastAnswerMs = this.#endMs;
      if (reply.head !== '' || reply.body !== '') onContent(index, reply.head, reply.body);
    }
  }

  #mayGoOn(): boolean {
    const { durationMs } = this.input.plan;
    if (durationMs !== undefined && this.elapsedMs >= durationMs) this.stopped ??= 'duration';
    if (performance.now() - this.#lastAnswerMs > GIVE_UP_MS) this.stopped ??= 'no-answer';
    return this.stopped === undefined;
  }

  /** Waits until a moment of the run. @returns false when the run is over before it */
  async #due(seconds: number): Promise<boolean> {
    for (;;) {
      if (!this.#mayGoOn()) return false;
      const waitMs = seconds * 1000 - this.elapsedMs;
      if (waitMs <= 0) return true;
      // In short steps, so that the end of the run is noticed in time.
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 100)));
    }
  }
}
