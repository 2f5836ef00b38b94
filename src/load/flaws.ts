/** What is wrong by the responses' own words, where the status is 200: a pod that is not well may say so in its body alone. */
import { flawInText } from '../computed/health-flaw.js';
import type { DistributionFacts } from '../evidence/load-facts.js';
import { CONTENT_BYTES } from '../evidence/http/lane.js';

/** Responses that are read. */
const MOST = 1000;
/** Kinds that are kept: words that differ each time are not told one by one. */
const MOST_KINDS = 20;

export class Flaws {
  readonly #found = new Map<number, string>();
  #read = 0;

  /** @param isHealth whether the path that is asked is the health endpoint's: of others the body says nothing of the kind */
  constructor(
    private readonly isHealth: boolean,
    private readonly clean: (text: string) => string,
  ) {}

  /** Whether the next response is to be given with its content. */
  get wantsContent(): boolean {
    return this.isHealth && this.#read < MOST;
  }

  /** @param body its bytes as Latin-1 text, as a lane gives it */
  read(index: number, body: string): void {
    if (!this.wantsContent) return;
    this.#read += 1;
    if (body.length >= CONTENT_BYTES) return;
    const flaw = flawInText(Buffer.from(body, 'latin1').toString(), this.clean);
    if (flaw) this.#found.set(index, flaw.words);
  }

  /** @param podOf who served a request */
  facts(podOf: (index: number) => string | undefined): Pick<DistributionFacts, 'flaws'> {
    if (this.#found.size === 0) return {};
    const counts = new Map<string, { pod: string | null; what: string; requests: number }>();
    for (const [index, what] of this.#found) {
      const pod = podOf(index) ?? null;
      const key = JSON.stringify([pod, what]);
      const known = counts.get(key) ?? { pod, what, requests: 0 };
      counts.set(key, { ...known, requests: known.requests + 1 });
    }
    return { flaws: [...counts.values()].sort((a, b) => b.requests - a.requests).slice(0, MOST_KINDS) };
  }
}
