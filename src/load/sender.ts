/** Sends a run's requests: so many at a time, so many a second, until they are sent or the run is over. */
import type { Lane } from '../evidence/http/lane.js';
import type { DistributionFacts } from '../evidence/load-facts.js';
import type { Ledger } from './ledger.js';
import type { LoadPlan } from './plan.js';

/** Milliseconds in which every request failed after which no more are sent. */
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
  /** Undefined before the first request. */
  #startMs: number | undefined;
  #endMs = 0;
  /** When the first of the requests failed that no response has followed. */
  #failingSinceMs: number | undefined;
  /** Numbers handed out, and those of them with which nothing was sent because the run was over. */
  #numbers = 0;
  #skipped = 0;

  constructor(private readonly input: SenderInput) {}

  /** Milliseconds since the first request. */
  get elapsedMs(): number {
    return this.#startMs === undefined ? 0 : performance.now() - this.#startMs;
  }

  /** Milliseconds from the first request to the end of the last one. */
  get busyMs(): number {
    return Math.max(0, this.#endMs - (this.#startMs ?? 0));
  }

  get sent(): number {
    return this.#numbers - this.#skipped;
  }

  /** Requests have numbers below this one. */
  get numbers(): number {
    return this.#numbers;
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
    this.#startMs ??= performance.now();
    const pace = { first: this.#numbers, fromMs: this.elapsedMs };
    const wanted = Math.min(plan.concurrency, total - this.#numbers);
    while (this.#lanes.length < wanted) this.#lanes.push(openLane());
    try {
      await Promise.all(this.#lanes.map((lane) => this.#useLane(lane, total, pace)));
    } finally {
      signal?.removeEventListener('abort', onAbort);
      for (const lane of this.#lanes.splice(0)) lane.close();
    }
  }

  /** @param pace the number from which on, and the moment since when, the rate counts */
  async #useLane(lane: Lane, total: number, pace: { first: number; fromMs: number }): Promise<void> {
    const { ledger, target, wantsContent, onContent, plan } = this.input;
    while (this.#numbers < total && this.#mayGoOn()) {
      const index = this.#numbers;
      this.#numbers += 1;
      const { ratePerSecond: rate } = plan;
      if (rate !== undefined && !(await this.#due(pace.fromMs + ((index - pace.first) / rate) * 1000))) {
        this.#skipped += 1;
        return;
      }
      const atMs = this.elapsedMs;
      const reply = await lane.exchange(target(index), wantsContent());
      ledger.record(index, atMs, reply);
      this.#endMs = performance.now();
      if (reply.outcome !== 'response') {
        this.#failingSinceMs ??= this.#endMs;
        continue;
      }
      this.#failingSinceMs = undefined;
      if (reply.head !== '' || reply.body !== '') onContent(index, reply.head, reply.body);
    }
  }

  #mayGoOn(): boolean {
    const { durationMs } = this.input.plan;
    if (durationMs !== undefined && this.elapsedMs >= durationMs) this.stopped ??= 'duration';
    if (performance.now() - (this.#failingSinceMs ?? Infinity) > GIVE_UP_MS) this.stopped ??= 'no-answer';
    return this.stopped === undefined;
  }

  /** Waits until a moment of the run, in milliseconds. @returns false when the run is over before it */
  async #due(moment: number): Promise<boolean> {
    for (;;) {
      if (!this.#mayGoOn()) return false;
      const waitMs = moment - this.elapsedMs;
      if (waitMs <= 0) return true;
      // In short steps, so that the end of the run is noticed in time.
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 100)));
    }
  }
}
