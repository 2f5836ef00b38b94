/** Requests sent one way, and who served them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FactContext } from '../evidence/fact-context.js';
import type { Lane } from '../evidence/http/lane.js';
import { AccessLogs, type LogEnds } from './access-logs.js';
import { Ledger } from './ledger.js';
import { Flaws } from './flaws.js';
import type { Members } from './members.js';
import { Nonce } from './nonce.js';
import type { LoadPlan } from './plan.js';
import { PodNames } from './pod-name.js';
import { Sender } from './sender.js';

/** Milliseconds between looks at pods and logs while requests are sent. */
const WATCH_MS = 1000;
/** Milliseconds between two calls of the progress function. */
const PROGRESS_MS = 100;
/** Milliseconds between looks into the logs at the end: a line takes its way through the runtime and the kubelet. */
const LOOKS_MS = [0, 20, 80, 150, 300, 500, 1000];
/** Milliseconds for the last look after an interruption, where the person waits for the end. */
const LAST_LOOK_MS = 250;
/** Pods whose logs can be read in that time. */
const LAST_LOOK_PODS = 50;

export interface PassInput {
  context: FactContext;
  plan: LoadPlan;
  members: Members;
  /** Where the logs end before the first request; undefined where responses name their pod. */
  logEnds: LogEnds | undefined;
  openLane: () => Lane;
  /** Path and query of a request, before what tells it apart. */
  target: string;
  /** The most requests that will be sent. */
  capacity: number;
}

export class Pass {
  readonly ledger: Ledger;
  readonly logs: AccessLogs;
  readonly names: PodNames;
  readonly flaws: Flaws;
  readonly sender: Sender;
  readonly #input: PassInput;
  /** How many are to be sent, for the progress. */
  #total: number | undefined;

  constructor(input: PassInput) {
    const { context, plan, members, logEnds, openLane, target, capacity } = input;
    const nonce = new Nonce();
    this.#input = input;
    this.ledger = new Ledger(capacity);
    this.logs = new AccessLogs(context, nonce, this.ledger, logEnds);
    this.names = new PodNames(plan, members.names);
    this.flaws = new Flaws(
      plan.path.split('?', 1)[0] === context.contract.http.healthPath,
      context.hider.line,
    );
    this.sender = new Sender({
      plan,
      ledger: this.ledger,
      openLane,
      target: (index) => nonce.target(target, index),
      wantsContent: () => this.names.wantsContent || this.flaws.wantsContent,
      onContent: (index, head, body) => {
        const pod = this.names.nameIn({ head, body });
        if (pod !== undefined) this.ledger.attribute(index, pod);
        if (this.ledger.statusOf(index) === 200) this.flaws.read(index, body);
      },
    });
  }

  /** Logs have something to tell: what failed may still have reached a pod, which then has it in its log. */
  get #mayShow(): boolean {
    return this.ledger.unnamed > 0 || this.ledger.errors > 0;
  }

  get #isInterrupted(): boolean {
    return this.#input.plan.signal?.aborted === true;
  }

  /**
   * Sends until so many were sent in all, and finds out who served them.
   * @param total undefined: as many as the time allows
   */
  async run(total: number | undefined): Promise<void> {
    this.#total = total;
    const over = new AbortController();
    const watching = this.#watch(over.signal);
    const progress = setInterval(() => this.#tell(), PROGRESS_MS);
    try {
      await this.sender.sendUntil(total ?? this.ledger.capacity);
    } finally {
      clearInterval(progress);
      over.abort();
    }
    this.#tell();
    if (this.#isInterrupted) {
      const canBeTold = this.#mayShow && this.#input.members.pods.length <= LAST_LOOK_PODS;
      if (canBeTold) await Promise.race([this.#attribute([0, 20]), sleep(LAST_LOOK_MS)]);
      return;
    }
    await watching;
    await this.#attribute(LOOKS_MS);
    this.#tell();
  }

  async #watch(over: AbortSignal): Promise<void> {
    const { members } = this.#input;
    for (;;) {
      await sleep(WATCH_MS, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) return;
      await members.observe(this.sender.elapsedMs);
      if (this.ledger.unnamed > 0) await this.logs.look(members.pods);
    }
  }

  /** Looks into the logs until every response is attributed, or that cannot be hoped for any more. */
  async #attribute(looks: readonly number[]): Promise<void> {
    const { members, context } = this.#input;
    const observing = members.observe(this.sender.elapsedMs);
    // Where the looks end before, what came of it is nobody's concern any more.
    observing.catch(() => undefined);
    for (const waitMs of looks) {
      const mayShow = this.#mayShow;
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: context.signal });
      await Promise.all([mayShow ? this.logs.look(members.pods) : undefined, observing]);
      if (this.ledger.unnamed === 0 || this.logs.areClosed) return;
    }
  }

  #tell(): void {
    const { completed, errors } = this.ledger;
    this.#input.plan.onProgress?.({
      completed,
      errors,
      requests: this.#total,
      elapsedMs: this.sender.elapsedMs,
      pods: this.ledger.countByPod(),
    });
  }
}
