/** A client before another one: what it does not answer by itself it passes on. What both have in common. */
import { setMaxListeners } from 'node:events';
import type { KubernetesClient, ListOptions } from './client.js';

/** Milliseconds for which an answer is taken for the present state. */
export const FRESH_MS = 5000;

export abstract class ForwardingClient implements KubernetesClient {
  /** Calls that nobody in particular waits for go on until the session ends. */
  readonly #ended = new AbortController();

  constructor(protected readonly client: KubernetesClient) {
    setMaxListeners(0, this.#ended.signal);
  }

  abstract get(path: string, signal: AbortSignal): Promise<unknown>;
  abstract list<T>(path: string, signal: AbortSignal, options: ListOptions<T>): Promise<T[]>;
  /** Called when the session ends: lets go of the answers that are kept. */
  protected abstract forget(): void;

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

  get aheadMs(): number {
    return this.client.aheadMs ?? 0;
  }

  protected get ended(): AbortSignal {
    return this.#ended.signal;
  }

  review(...call: Parameters<KubernetesClient['review']>): ReturnType<KubernetesClient['review']> {
    return this.client.review(...call);
  }

  logs(...call: Parameters<KubernetesClient['logs']>): ReturnType<KubernetesClient['logs']> {
    return this.client.logs(...call);
  }

  proxy(...call: Parameters<KubernetesClient['proxy']>): ReturnType<KubernetesClient['proxy']> {
    return this.client.proxy(...call);
  }

  exec(...call: Parameters<KubernetesClient['exec']>): ReturnType<KubernetesClient['exec']> {
    return this.client.exec(...call);
  }

  portForward(
    ...call: Parameters<KubernetesClient['portForward']>
  ): ReturnType<KubernetesClient['portForward']> {
    return this.client.portForward(...call);
  }

  /** Ends what is under way for nobody in particular. The client itself stays its owner's. */
  close(): Promise<void> {
    this.#ended.abort(new Error('the session was closed'));
    this.forget();
    return Promise.resolve();
  }
}
