/**
 * A client that was asked some things before anybody wanted to know them: a run from far away takes as long as calls wait for
 * each other. Each answer is given once, to whom asks the same; whoever asks again gets a new one.
 */
import { pickThrough } from './border/read.js';
import type { Shape } from './border/shape.js';
import type { ListOptions } from './kubernetes/client.js';
import { ForwardingClient, FRESH_MS } from './kubernetes/forwarding-client.js';

interface Asked {
  askedAt: number;
  promise: Promise<unknown>;
}

/** What the shape made of an item; as the server sent it where that is nothing, for who asks is to tell it. */
type Item = { kept: object } | { refused: unknown };

export class AheadClient extends ForwardingClient {
  readonly #asked = new Map<string, Asked>();

  /** Asks for an object now. Never rejects: how it failed is told to whom asks for the same. */
  askObject(path: string): void {
    this.#ask(objectKey(path), this.client.get(path, this.ended));
  }

  /** Asks for a list now, with the shape that its reader will give. Never rejects, as `askObject`. */
  askList<T extends object>(path: string, shape: Shape<T>, labelSelector?: string): void {
    const pick = pickThrough(shape, () => undefined);
    const options: ListOptions<Item> = {
      ...(labelSelector !== undefined && { labelSelector }),
      pick: (sent) => {
        const kept = pick(sent);
        return kept === undefined ? { refused: sent } : { kept };
      },
    };
    this.#ask(listKey(path, { labelSelector, shape }), this.client.list(path, this.ended, options));
  }

  get(path: string, signal: AbortSignal): Promise<unknown> {
    return this.#taken(objectKey(path)) ?? this.client.get(path, signal);
  }

  async list<T>(path: string, signal: AbortSignal, options: ListOptions<T>): Promise<T[]> {
    const { again, fieldSelector, metadataOnly, pick } = options;
    const isPlain = again !== true && fieldSelector === undefined && metadataOnly !== true;
    const items = isPlain ? await this.#taken(listKey(path, options)) : undefined;
    if (items === undefined) return this.client.list(path, signal, options);
    return (items as Item[]).flatMap((item) =>
      'kept' in item ? [item.kept as T] : (pick(item.refused) ?? []),
    );
  }

  protected forget(): void {
    this.#asked.clear();
  }

  #ask(key: string, promise: Promise<unknown>): void {
    promise.catch(() => undefined);
    this.#asked.set(key, { askedAt: performance.now(), promise });
  }

  #taken(key: string): Promise<unknown> | undefined {
    const asked = this.#asked.get(key);
    this.#asked.delete(key);
    return asked !== undefined && performance.now() - asked.askedAt < FRESH_MS ? asked.promise : undefined;
  }
}

function objectKey(path: string): string {
  return `get ${path}`;
}

const numbers = new WeakMap<object, number>();
let shapes = 0;

function listKey(
  path: string,
  { labelSelector = '', shape = {} }: { labelSelector?: string | undefined; shape?: object },
) {
  const number = numbers.get(shape) ?? (shapes += 1);
  numbers.set(shape, number);
  return `list ${path} ${labelSelector} ${number}`;
}
