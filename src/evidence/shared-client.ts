/**
 * One client for many releases of a namespace: what they all ask for is asked once. A list with a label selector is taken
 * out of the whole list, an object out of the list of its kind; each is at most some seconds old.
 */
import { setMaxListeners } from 'node:events';
import type { KubernetesClient, ListOptions } from './kubernetes/client.js';

/** Milliseconds for which an answer is taken for the present state. */
const FRESH_MS = 5000;

/** Objects that are taken out of the list of their kind, which who may read them one by one may not be allowed. */
const LISTED =
  /^(\/api\/v1\/namespaces\/[^/]+\/(?:services|configmaps)|\/apis\/apps\/v1\/namespaces\/[^/]+\/deployments)\/([^/]+)$/;

/** Answers that are the same for every release. */
const SAME_FOR_ALL = /^\/(?:version|api\/v1\/nodes\/[^/]+\/proxy\/stats\/summary)$/;

interface Answer {
  askedAt: number;
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

export class SharedClient implements KubernetesClient {
  readonly #answers = new Map<string, Answer>();
  /** A call that one release gives up goes on for the others, until the session ends. */
  readonly #ended = new AbortController();

  constructor(private readonly client: KubernetesClient) {
    setMaxListeners(0, this.#ended.signal);
  }

  get server(): string {
    return this.client.server;
  }

  get context(): string {
    return this.client.context;
  }

  get namespace(): string {
    return this.client.namespace;
  }

  get insecureSkipTlsVerify(): boolean {
    return this.client.insecureSkipTlsVerify;
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const { signal: ended } = this.#ended;
    if (SAME_FOR_ALL.test(path)) return this.#once(`get ${path}`, signal, () => this.client.get(path, ended));
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
    if (wanted === undefined || options.again === true || options.shape === undefined)
      return this.client.list(path, signal, options);
    const { items, pick } = await this.#shared(path, signal, options);
    const chosen = items.filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value));
    return chosen.flatMap(({ kept, refused }) => {
      if (kept !== undefined) return [kept as T];
      if (pick !== options.pick) options.pick(refused);
      return [];
    });
  }

  review(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    const key = `review ${path} ${JSON.stringify(body)}`;
    return this.#once(key, signal, () => this.client.review(path, body, this.#ended.signal));
  }

  logs: KubernetesClient['logs'] = (...call) => this.client.logs(...call);

  proxy: KubernetesClient['proxy'] = (...call) => this.client.proxy(...call);

  exec: KubernetesClient['exec'] = (...call) => this.client.exec(...call);

  portForward: KubernetesClient['portForward'] = (...call) => this.client.portForward(...call);

  /** The client itself stays its owner's. */
  close(): Promise<void> {
    this.#ended.abort(new Error('the session was closed'));
    this.#answers.clear();
    return Promise.resolve();
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
    return this.#once(key, signal, async () => {
      const whole = { fieldSelector, metadataOnly };
      const items = await this.client.list<Item>(path, this.#ended.signal, {
        ...whole,
        pick: (sent) => {
          const kept = pick(sent);
          return { ...identityOf(sent), kept, refused: kept === undefined ? sent : undefined };
        },
      });
      return { items, pick };
    });
  }

  async #once<T>(key: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const known = this.#answers.get(key);
    if (known && performance.now() - known.askedAt < FRESH_MS) return known.promise as Promise<T>;
    const promise = ask();
    this.#answers.set(key, { askedAt: performance.now(), promise });
    return promise;
  }
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
