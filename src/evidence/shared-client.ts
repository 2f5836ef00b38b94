/**
 * One client for many releases: what they all ask for is asked once. A list with a label selector is taken out of the whole
 * list, an object out of the list of its kind; each is at most some seconds old.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubernetesError, type ListOptions } from './kubernetes/client.js';
import { ForwardingClient, FRESH_MS } from './kubernetes/forwarding-client.js';
import { INSTANCE, type Together } from './read-together.js';

/** The same for what does not change while a run goes on: the server's version, and what one may do. */
const STEADY_MS = 60_000;

/** Milliseconds in which those who look for a change are gathered into one list. */
const GATHER_MS = 150;

/** Objects that are taken out of the list of their kind, which who may read them one by one may not be allowed. */
const LISTED =
  /^(\/api\/v1\/namespaces\/[^/]+\/(?:services|configmaps)|\/apis\/apps\/v1\/namespaces\/[^/]+\/deployments)\/([^/]+)$/;

/** Answers that are the same for every release. */
const SAME_FOR_ALL = /^\/(?:version|api\/v1\/nodes\/[^/]+\/proxy\/stats\/summary)$/;

interface Answer {
  /** By performance.now(). */
  freshUntil: number;
  promise: Promise<unknown>;
}

/** An item of a list that several share. */
interface Item {
  name: string;
  labels: Readonly<Record<string, unknown>>;
  /** What `pick` made of it. */
  kept: unknown;
  /** As the server sent it, where `pick` kept nothing: each who asks is to tell that. */
  refused: unknown;
}

/** Those who look for a change at the same moment. */
interface Gathered {
  instances: Set<string>;
  list: Promise<SharedList>;
}

interface SharedList {
  items: Item[];
  /** Whose `pick` has seen the items already. */
  pick: unknown;
}

/** Who asks for an object gets it as the server sent it. */
const AS_SENT: ListOptions<object> = {
  shape: {},
  pick: (item) => (typeof item === 'object' && item !== null ? item : undefined),
};

export class SharedClient extends ForwardingClient {
  readonly #answers = new Map<string, Answer>();
  readonly #gathered = new Map<string, Gathered>();
  /** By the path of an object: the list that it is read by. */
  readonly #together = new Map<string, Together>();

  /** Objects that will be asked for by name, each list with all of its own. */
  readTogether(groups: readonly Together[]): void {
    for (const group of groups) {
      for (const name of group.names) this.#together.set(`${group.list}/${encodeURIComponent(name)}`, group);
    }
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const { ended } = this;
    if (SAME_FOR_ALL.test(path)) {
      const freshMs = path === '/version' ? STEADY_MS : FRESH_MS;
      return this.#once(`get ${path}`, signal, () => this.client.get(path, ended), freshMs);
    }
    const group = this.#together.get(path);
    if (group !== undefined) return this.#oneOf(group, path, signal);
    const [, list, name] = LISTED.exec(path) ?? [];
    if (list === undefined || name === undefined) return this.client.get(path, signal);
    let found: SharedList;
    try {
      found = await this.#shared(list, signal, AS_SENT);
    } catch {
      return this.client.get(path, signal);
    }
    const wanted = decodeURIComponent(name);
    return found.items.find((item) => item.name === wanted)?.kept;
  }

  async list<T>(path: string, signal: AbortSignal, options: ListOptions<T>): Promise<T[]> {
    const wanted = equalities(options.labelSelector);
    // Without a shape nobody knows whether another one keeps the same of each item.
    if (wanted === undefined || options.shape === undefined) return this.client.list(path, signal, options);
    if (options.again === true && !wanted.some(([label]) => label === INSTANCE))
      return this.client.list(path, signal, options);
    const { items, pick } =
      options.again === true
        ? await this.#gather(path, wanted, signal, options)
        : await this.#shared(path, signal, options);
    const chosen = items.filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value));
    return chosen.flatMap(({ kept, refused }) => {
      if (kept !== undefined) return [kept as T];
      if (pick !== options.pick) options.pick(refused);
      return [];
    });
  }

  override review(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    const key = `review ${path} ${JSON.stringify(body)}`;
    return this.#once(key, signal, () => this.client.review(path, body, this.ended), STEADY_MS);
  }

  protected forget(): void {
    this.#answers.clear();
  }

  readonly #numbers = new WeakMap<object, number>();
  #shapes = 0;

  #numberOf(shape: object): number {
    const known = this.#numbers.get(shape);
    if (known !== undefined) return known;
    this.#numbers.set(shape, ++this.#shapes);
    return this.#shapes;
  }

  /** The whole list, without a label selector. */
  #shared<T>(path: string, signal: AbortSignal, options: ListOptions<T>): Promise<SharedList> {
    const { fieldSelector = '', metadataOnly = false, shape = {}, pick } = options;
    const key = `list ${path} ${fieldSelector} ${metadataOnly} ${this.#numberOf(shape)}`;
    return this.#once(key, signal, () => this.#listed(path, { fieldSelector, metadataOnly, pick }));
  }

  async #listed<T>(path: string, options: ListOptions<T>): Promise<SharedList> {
    const { pick } = options;
    const items = await this.client.list<Item>(path, this.ended, {
      ...options,
      pick: (sent) => {
        const kept = pick(sent);
        return { ...identityOf(sent), kept, refused: kept === undefined ? sent : undefined };
      },
    });
    return { items, pick };
  }

  /** As things are from now on, for all who ask within a moment and differ in nothing but the release. */
  #gather<T>(
    path: string,
    wanted: readonly [string, string][],
    signal: AbortSignal,
    { fieldSelector, metadataOnly, shape = {}, pick }: ListOptions<T>,
  ): Promise<SharedList> {
    requireWanted(signal);
    const others = wanted.filter(([label]) => label !== INSTANCE).map((pair) => pair.join('='));
    const own = wanted.filter(([label]) => label === INSTANCE).map(([, value]) => value);
    const key = JSON.stringify([path, others, fieldSelector, metadataOnly, this.#numberOf(shape)]);
    const known = this.#gathered.get(key);
    for (const value of own) known?.instances.add(value);
    if (known !== undefined) return known.list;
    const instances = new Set(own);
    const list = sleep(GATHER_MS, undefined, { signal: this.ended }).then(() => {
      this.#gathered.delete(key);
      const labelSelector = [...others, `${INSTANCE} in (${[...instances].join(',')})`].join(',');
      return this.#listed(path, { labelSelector, fieldSelector, metadataOnly, pick });
    });
    this.#gathered.set(key, { instances, list });
    return list;
  }

  /** An object out of the list of those that are asked for with it; by itself where that list has nothing of it. */
  async #oneOf({ list, labelSelector }: Together, path: string, signal: AbortSignal): Promise<unknown> {
    try {
      const { items } = await this.#once(`list ${list} ${labelSelector}`, signal, () =>
        this.#listed(list, { ...AS_SENT, labelSelector }),
      );
      const wanted = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
      const found = items.find(({ name }) => name === wanted);
      if (found !== undefined) return found.kept;
    } catch {
      requireWanted(signal);
    }
    return this.client.get(path, signal);
  }

  async #once<T>(
    key: string,
    signal: AbortSignal,
    ask: () => Promise<T>,
    freshMs: number = FRESH_MS,
  ): Promise<T> {
    requireWanted(signal);
    const now = performance.now();
    // What nobody takes any more is not kept.
    for (const [old, { freshUntil }] of this.#answers) if (freshUntil <= now) this.#answers.delete(old);
    const known = this.#answers.get(key);
    if (known) return known.promise as Promise<T>;
    const promise = ask();
    this.#answers.set(key, { freshUntil: now + freshMs, promise });
    return promise;
  }
}

/** As the client itself has it: who has given up gets no answer. @throws KubernetesError */
function requireWanted(signal: AbortSignal): void {
  if (signal.aborted) throw new KubernetesError('not-collected', 'the run ended before this was read');
}

/** The pairs of a selector that asks for nothing but values; undefined for any other. */
function equalities(selector = ''): [string, string][] | undefined {
  const parts = selector === '' ? [] : selector.split(',');
  const pairs = parts.map((part) => /^([\w./-]+)=([\w.-]*)$/.exec(part));
  if (pairs.includes(null)) return undefined;
  return pairs.map((match) => [match?.[1] ?? '', match?.[2] ?? '']);
}

/** What an item is called and labelled, as far as it can be told. */
function identityOf(item: unknown): Pick<Item, 'name' | 'labels'> {
  const { metadata } = (item ?? {}) as { metadata?: { name?: unknown; labels?: unknown } | null };
  const { name, labels } = metadata ?? {};
  return {
    name: typeof name === 'string' ? name : '',
    labels: typeof labels === 'object' && labels !== null ? (labels as Record<string, unknown>) : {},
  };
}
