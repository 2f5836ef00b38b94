/**
 * What the rest of the program may ask of a Kubernetes API server. Implemented in this folder alone, which is
 * also the only place that imports @kubernetes/client-node.
 */
import type { Access, Why } from '../evidence.js';

/**
 * Every failure of a call, in words that name server, verb and resource, never a secret. `timeout` is the call's own
 * bound or a caller's signal that timed out; `not-collected` a caller's signal that aborted for any other reason.
 */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  constructor(
    readonly why: Why,
    message: string,
    /** HTTP status, when the server answered. */
    readonly status?: number,
    /** For `forbidden`: the permission that is missing. */
    readonly access?: Access,
  ) {
    super(message);
  }
}

/**
 * A command got no standard input: the server did not take an exec that asks for it, or the connection broke off before
 * the command's end. It may be run without.
 */
export class InputRefused extends KubernetesError {}

/**
 * The kubeconfig, or the flags that choose from it, cannot be used: a usage error (exit code 2). The message says
 * which file, what is wrong with it, what there is to choose from, and what to do.
 */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

export interface ListOptions<T> {
  labelSelector?: string;
  fieldSelector?: string;
  /**
   * Keeps what is needed of each item while pages stream in, so that memory stays bounded; undefined: nothing of it. Items
   * are whatever the server sent.
   */
  pick: (item: unknown) => T | undefined;
  /** What `pick` makes of an item, where it is the same for all who give this: they may share a list. */
  shape?: object;
  /** What has changed is looked for: an answer to an earlier question would not do. */
  again?: boolean;
  /** Ask for metadata only (PartialObjectMetadataList). */
  metadataOnly?: boolean;
}

export interface ExecOptions {
  /** For connecting, running and reporting. */
  timeoutMs: number;
  /** Of standard output and error output together. */
  maxBytes: number;
  /** What the command gets as standard input, whose end it must know: it stays open. */
  stdin?: string;
}

export interface ExecResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface RawResponse {
  status: number;
  headers: Record<string, string>;
  /** Capped; never compressed. */
  body: Buffer;
  truncated: boolean;
}

export interface KubernetesClient {
  /** API server URL, without credentials. */
  readonly server: string;
  readonly context: string;
  /** Namespace of the context, or `default`. */
  readonly namespace: string;
  readonly insecureSkipTlsVerify: boolean;
  /**
   * Milliseconds that the API server's clock is ahead of this machine's, as far as its answers told; 0 where they agree.
   * undefined: there is no server.
   */
  readonly aheadMs?: number;

  /** GET of one object, as the server sent it; undefined when it is not there. @throws KubernetesError */
  get(path: string, signal: AbortSignal): Promise<unknown>;
  /** All pages of a list, 500 items each; a 410 on a continue token restarts it once. @throws KubernetesError */
  list<T>(path: string, signal: AbortSignal, options: ListOptions<T>): Promise<T[]>;
  /** POST, for the SelfSubject…Review APIs only. @throws KubernetesError */
  review(path: string, body: object, signal: AbortSignal): Promise<unknown>;
  /** A container's log with timestamps. @throws KubernetesError */
  logs(
    pod: { namespace: string; name: string; container: string },
    options: { tailLines?: number; limitBytes: number; sinceTime?: string; previous?: boolean },
    signal: AbortSignal,
  ): Promise<{ text: string; truncated: boolean }>;
  /**
   * GET through the API server's proxy; any HTTP status of the backend is a result, redirects are not followed.
   * @throws KubernetesError also when the API server itself answers (no permission, no endpoints, pod unreachable)
   */
  proxy(path: string, maxBytes: number, signal: AbortSignal): Promise<RawResponse>;
  /** Runs argv in a container, bounded in time and output. @throws KubernetesError; InputRefused with `stdin` */
  exec(
    pod: { namespace: string; name: string; container: string },
    argv: readonly string[],
    options: ExecOptions,
    signal: AbortSignal,
  ): Promise<ExecResult>;
  /** Listens on a free loopback port and forwards it to a pod's port. @throws KubernetesError */
  portForward(
    pod: { namespace: string; name: string },
    port: number,
    signal: AbortSignal,
  ): Promise<{ localPort: number; close(): Promise<void> }>;
  close(): Promise<void>;
}

/** Flags that say which cluster, as kubectl has them. */
export interface ConnectionFlags {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  as?: string;
  asGroup?: string[];
  /** Milliseconds for each call. */
  requestTimeoutMs: number;
}
