/** Finds the pod's name in a response, where the application tells it. */
import type { Reply } from '../evidence/http/lane.js';

const FIELDS = ['pod', 'pod_name', 'podName', 'pod-name', 'hostname', 'host'];
const HEADERS = ['x-pod-name', 'x-pod', 'pod-name', 'x-hostname', 'x-served-by', 'x-backend-server'];

/** Responses in which a name is looked for before it is taken that there is none. */
const TRIES = 32;

/** Different names that are kept: a value that is new each time is no pod's name. */
const MAX_NAMES = 5000;

type Source = { header: string } | { field: string };

export class PodNames {
  readonly #candidates: Source[];
  readonly #isGiven: boolean;
  readonly #seen = new Set<string>();
  #source: Source | undefined;
  #tries = 0;

  /** @param known the names that a value must be one of to show that it is meant for that */
  constructor(
    given: { podHeader: string | undefined; podField: string | undefined },
    private readonly known: ReadonlySet<string>,
  ) {
    const { podHeader, podField } = given;
    const asked: Source[] = [
      ...(podHeader === undefined ? [] : [{ header: podHeader.toLowerCase() }]),
      ...(podField === undefined ? [] : [{ field: podField }]),
    ];
    this.#isGiven = asked.length > 0;
    this.#candidates = this.#isGiven
      ? asked
      : [...HEADERS.map((header) => ({ header })), ...FIELDS.map((field) => ({ field }))];
  }

  /** Whether the next response is to be given with its content. */
  get wantsContent(): boolean {
    return this.#isGiven || this.#source !== undefined || this.#tries < TRIES;
  }

  /** Where the names were found, in words. */
  get found(): string | undefined {
    if (this.#source === undefined) return undefined;
    return 'header' in this.#source ? `header ${this.#source.header}` : `JSON field ${this.#source.field}`;
  }

  /** The pod that a response names. */
  nameIn({ head, body }: Pick<Reply, 'head' | 'body'>): string | undefined {
    this.#tries += 1;
    const json = parsed(body);
    if (this.#source) return this.#take(valueOf(this.#source, head, json));
    for (const source of this.#candidates) {
      const value = valueOf(source, head, json);
      if (value === undefined || !(this.#isGiven || this.known.has(value))) continue;
      this.#source = source;
      return this.#take(value);
    }
    return undefined;
  }

  #take(value: string | undefined): string | undefined {
    // Whatever a response holds becomes text of a report: only what could name a pod may.
    if (value === undefined || !/^[a-z0-9][a-z0-9.-]{0,252}$/.test(value)) return undefined;
    if (this.#seen.size < MAX_NAMES) this.#seen.add(value);
    return this.#seen.has(value) ? value : undefined;
  }
}

function valueOf(source: Source, head: string, json: object | undefined): string | undefined {
  if ('field' in source) {
    const value = json && (json as Record<string, unknown>)[source.field];
    return typeof value === 'string' ? value : undefined;
  }
  const at = head.toLowerCase().indexOf(`\r\n${source.header}:`);
  if (at < 0) return undefined;
  const from = at + source.header.length + 3;
  return head.slice(from, head.indexOf('\r', from)).trim();
}

function parsed(body: string): object | undefined {
  if (!/^\s*\{/.test(body)) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
