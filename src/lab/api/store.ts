/** The objects with their resource versions, and what changed since when. */
import type { Api, Collections } from '../world.js';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** `deployments.apps`. */
  resource: string;
  object: Api;
  version: number;
}

interface Entry {
  object: Api;
  /** JSON without the resource version: what tells a change. */
  json: string;
}

/** Where a lab's resource versions begin: a cluster that is a few days old is not at 1. */
const FIRST_VERSION = 48_201;

export class Store {
  #version = FIRST_VERSION;
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #history: WatchEvent[] = [];
  readonly #watchers = new Set<(event: WatchEvent) => void>();

  /** The newest resource version. */
  get version(): number {
    return this.#version;
  }

  /** Requests for an older resource version than this get 410. */
  get oldest(): number {
    return FIRST_VERSION;
  }

  /** Takes over a new state; each difference is an event with a resource version of its own. */
  update(collections: Collections): void {
    for (const resource of new Set([...Object.keys(collections), ...this.#entries.keys()])) {
      this.#updateOne(resource, collections[resource] ?? []);
    }
  }

  /** Objects of a type in the order of the API server: by namespace and name. */
  list(resource: string, namespace?: string): Api[] {
    return [...(this.#entries.get(resource)?.entries() ?? [])]
      .filter(([key]) => namespace === undefined || key.startsWith(`${namespace}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { object }]) => object);
  }

  get(resource: string, namespace: string | undefined, name: string): Api | undefined {
    return this.#entries.get(resource)?.get(`${namespace ?? ''}/${name}`)?.object;
  }

  /** Calls `send` for each event after `since`, past ones first. @returns ends it */
  watch(since: number, send: (event: WatchEvent) => void): () => void {
    for (const event of this.#history) if (event.version > since) send(event);
    this.#watchers.add(send);
    return () => this.#watchers.delete(send);
  }

  #updateOne(resource: string, objects: Api[]): void {
    const before = this.#entries.get(resource) ?? new Map<string, Entry>();
    const after = new Map<string, Entry>();
    for (const object of objects) {
      const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
      const json = JSON.stringify(object);
      const old = before.get(key);
      if (old?.json === json) {
        after.set(key, old);
        continue;
      }
      const version = ++this.#version;
      const copy = JSON.parse(json) as Api;
      copy.metadata.resourceVersion = String(version);
      after.set(key, { object: copy, json });
      this.#emit({ type: old ? 'MODIFIED' : 'ADDED', resource, object: copy, version });
    }
    this.#entries.set(resource, after);
    for (const [key, { object }] of before) {
      if (after.has(key)) continue;
      const version = ++this.#version;
      const metadata = { ...object.metadata, resourceVersion: String(version) };
      this.#emit({ type: 'DELETED', resource, object: { ...object, metadata }, version });
    }
  }

  #emit(event: WatchEvent): void {
    this.#history.push(event);
    for (const send of this.#watchers) send(event);
  }
}
