/** Turns what went wrong into the reason why a fact, or a part of one, could not be seen. */
import type { Hider } from './hide.js';
import { KubernetesError } from './kubernetes/client.js';
import { sanitizeLine } from './sanitize.js';

export type Unread = Extract<Observed<never>, { ok: false }>;

/** A fact that rests on another one which could not be read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  constructor(readonly observed: Unread) {
    super(observed.detail);
  }
}

/** RFC 3339, by this machine's clock. */
export function now(): string {
  return new Date().toISOString();
}

export function unread(why: Why, detail: string): Unread {
  return { ok: false, at: now(), why, detail };
}

/**
 * @param subject who failed, for an error that nobody foresaw
 */
export function failed(error: unknown, subject: string, hider: Hider): Unread {
  if (error instanceof Unreadable) return error.observed;
  if (error instanceof KubernetesError) {
    const { why, message, access } = error;
    return { ...unread(why, hider.line(message)), ...(access && { access }) };
  }
  // Its message may quote anything, a secret included: the kind of error must do.
  const kind = error instanceof Error ? error.name : typeof error;
  return unread('failed', `${subject} failed with an unexpected ${sanitizeLine(kind)}`);
}

/** As `failed`, for a call about one pod: one that is gone by now tells of a rollout, not of a fault. */
export function failedForPod(error: unknown, pod: string, subject: string, hider: Hider): Unread {
  if (error instanceof KubernetesError && error.status === 404) {
    return unread('not-collected', `pod ${pod} was deleted after it had been listed: a rollout is under way`);
  }
  return failed(error, subject, hider);
}

/** Why a fact could not be read. `not-found` is the absence of an API (a 404 on a list), never that of an object. */
export type Why =
  | 'forbidden'
  | 'unauthorized'
  | 'not-found'
  | 'timeout'
  | 'unreachable'
  | 'unsupported'
  | 'not-collected'
  /** One of very many pods, of which a sample was looked into. */
  | 'not-sampled'
  | 'failed';
/** One permission in RBAC's words. */
export interface Access {
  verb: string;
  group: string;
  resource: string;
  /** Cluster-scoped resources need a ClusterRole. */
  clusterScoped?: boolean;
}

/** Something in a fact that was not as the API has it, and was left out. */
export interface Oddity {
  /** Where in the fact's value it is missing; empty: anywhere. Who looks there has not seen everything. */
  place: (string | number)[];
  /** Such as `web-1: status.phase is not a text`. */
  says: string;
}

/** A fact, or the reason that it could not be seen. Absence of an object is a value; inability to look is not. */
export type Observed<T> =
  | { ok: true; at: string; value: T; odd?: Oddity[] }
  | { ok: false; at: string; why: Why; detail: string; access?: Access };
