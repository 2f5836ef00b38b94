/** The Kubernetes client: thin reads, plain JSON, one connection. */
import { describePath, describeProxyPath, type Call } from './api-path.js';
import type { Api } from './api.js';
import type { ConnectionFlags, KubernetesClient, ListOptions, RawResponse } from './client.js';
import type { Connection } from './connection.js';
import { statusOf } from './errors.js';
import { isFields, type Environment, type Fields } from './kubeconfig-file.js';
import { resolveConnection, type ClusterConnection } from './kubeconfig.js';
import { listAll } from './list.js';
import { readLog } from './logs.js';
import { isObjectAbsent, openApi } from './open-api.js';

const JSON_ONLY = 'application/json';

/**
 * A client for the cluster that flags and environment lead to, as they would lead kubectl. Nothing is sent yet.
 * @throws KubeconfigError when they do not lead to one cluster (exit code 2)
 */
export async function createKubernetesClient(
  flags: ConnectionFlags,
  env: Environment,
): Promise<KubernetesClient> {
  return new LiveKubernetesClient(await resolveConnection(flags, env), env, flags.requestTimeoutMs);
}

class LiveKubernetesClient implements KubernetesClient {
  readonly server: string;
  readonly context: string;
  readonly namespace: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly #api: Api;
  readonly #connection: Connection;
  readonly #closed = new AbortController();

  constructor(cluster: ClusterConnection, env: Environment, requestTimeoutMs: number) {
    this.context = cluster.context;
    this.namespace = cluster.namespace;
    this.insecureSkipTlsVerify = cluster.insecureSkipTlsVerify;
    const { api, connection, server } = openApi(cluster, env, requestTimeoutMs, this.#closed.signal);
    this.server = server;
    this.#api = api;
    this.#connection = connection;
  }

  get aheadMs(): number {
    return this.#api.clock.aheadMs;
  }

  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const call = describePath('get', path);
    const value = await this.#api.json(
      { call, path, accept: JSON_ONLY, retry: true },
      signal,
      isObjectAbsent,
    );
    return value === undefined ? undefined : this.#object(call, value);
  }

  list<T>(path: string, signal: AbortSignal, options: ListOptions<T>): Promise<T[]> {
    return listAll(this.#api, path, signal, options);
  }

  async review(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    const call = describePath('create', path);
    const value = await this.#api.json({ call, path, accept: JSON_ONLY, body, retry: true }, signal);
    return this.#object(call, value);
  }

  logs(
    pod: { namespace: string; name: string; container: string },
    options: { tailLines?: number; limitBytes: number; sinceTime?: string; previous?: boolean },
    signal: AbortSignal,
  ): Promise<{ text: string; truncated: boolean }> {
    return readLog(this.#api, pod, options, signal);
  }

  async proxy(path: string, maxBytes: number, signal: AbortSignal): Promise<RawResponse> {
    const call = describeProxyPath(path);
    const answer = await this.#api.answer({ call, path, accept: '*/*', maxBytes, retry: false }, signal);
    // The API server's own words (no permission, no endpoints, no connection to the pod) are not the backend's.
    const json = (answer.headers['content-type'] ?? '').includes('json');
    if (answer.status >= 400 && json && statusOf(answer.body) !== undefined)
      throw this.#api.refusal(call, answer);
    // There are backends that compress though they were asked not to.
    const { BodyReader } = await import('../http/body.js');
    const reader = new BodyReader(answer.headers['content-encoding'], maxBytes);
    reader.push(answer.body);
    const { bytes: body, truncated, problem } = await reader.end();
    if (problem !== '') throw this.#api.failures.of(call, 'unsupported', problem);
    return {
      status: answer.status,
      headers: answer.headers,
      body,
      truncated: answer.truncated || truncated,
    };
  }

  async exec(...parameters: Parameters<KubernetesClient['exec']>): ReturnType<KubernetesClient['exec']> {
    const { exec } = await import('./exec.js');
    return exec(this.#api, ...parameters);
  }

  async portForward(
    pod: { namespace: string; name: string },
    port: number,
    signal: AbortSignal,
  ): ReturnType<KubernetesClient['portForward']> {
    const { portForward } = await import('./port-forward.js');
    return portForward(this.#api, pod, port, AbortSignal.any([signal, this.#closed.signal]));
  }

  close(): Promise<void> {
    this.#closed.abort(new Error('closed'));
    this.#connection.close();
    return Promise.resolve();
  }

  #object(call: Call, value: unknown): Fields {
    if (isFields(value)) return value;
    throw this.#api.failures.of(call, 'failed', 'the answer is not an object of the Kubernetes API');
  }
}
