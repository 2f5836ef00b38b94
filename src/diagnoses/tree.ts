/**
 * A topic's decision tree: hops in the order in which an expert asks. Each hop judges facts that were read and results
 * of checks; it is pure and synchronous, and reads nothing itself.
 */
import type { NotRead } from '../evidence/deep-facts.js';
import type { Access, EvidenceKey, EvidenceMap } from '../evidence/evidence.js';
import type { Told } from '../rule/cause.js';
import type { Look } from '../rule/look.js';
import type { Topic } from '../rule/diagnosis.js';
import type { CauseId } from '../causes/catalogue.js';

/** A cause that was found. */
export interface CauseFinding extends Told {
  cause: CauseId;
}

/** What a hop says. A broken hop has findings; a good one may have warnings, an unknown one what was seen all the same. */
export interface Answer {
  state: 'good' | 'broken' | 'unknown' | 'not-reached' | 'skipped';
  /** The fact to show, or the reason. */
  detail: string;
  ms?: number;
  findings?: readonly CauseFinding[];
  /** For an unknown hop: the check that is unknown for the same reason, and tells it with the permission that is missing. */
  toldBy?: string;
  /** For an unknown hop: the permission that is missing. */
  access?: Access;
}

export interface Hop<R extends EvidenceKey = EvidenceKey, C extends EvidenceKey = EvidenceKey> {
  /** One short word: it stands in the path. */
  id: string;
  /** The question, for people who read the tree. */
  asks: string;
  /** Facts without which the hop is unknown. */
  reads: readonly R[];
  /** Facts that it uses where they could be read. */
  consults?: readonly C[];
  /**
   * Ids of checks that prove what the hop says where it is good. Where one of them does not pass, the hop is not good, whatever
   * it found: no step contradicts a check of the same run.
   */
  proves?: readonly string[];
  /** Hops of this tree that must have been crossed; behind a broken one this hop is not reached. */
  needs?: readonly string[];
  /** What is ruled out as a cause when the hop is good. */
  rulesOut: readonly string[];
  ask(facts: Readonly<Pick<EvidenceMap, R>>, look: Look<C>): Answer;
}

/** A hop whose evidence is no longer told apart by type: what the engine handles. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the one place where the type parameters are dropped
export type AnyHop = Hop<any, any>;

export interface Tree {
  topic: Topic;
  /** Checks (ids or `suite/*`) that this topic runs too: none of them may fail without being told. */
  checks: readonly string[];
  hops: readonly AnyHop[];
}

/** Ties a hop's `reads` and `consults` to its `ask`. */
export function defineHop<const R extends EvidenceKey = never, const C extends EvidenceKey = never>(
  hop: Hop<R, C>,
): Hop<R, C> {
  return hop;
}

export function good(detail: string, more: Pick<Answer, 'ms' | 'findings'> = {}): Answer {
  return { state: 'good', detail, ...more };
}

/** Good where all that was found is over. */
export function broken(detail: string, findings: readonly CauseFinding[]): Answer {
  const isOver = findings.length > 0 && findings.every(({ past }) => past === true);
  return { state: isOver ? 'good' : 'broken', detail: isOver ? `recovered: ${detail}` : detail, findings };
}

/**
 * @param reason what could not be seen and why, as a sentence without a full stop
 * @param access the permission that it takes to see it
 */
export function unclear(reason: string, findings: readonly CauseFinding[] = [], access?: Access): Answer {
  return { state: 'unknown', detail: reason, findings, ...(access && { access }) };
}

/** The fact could not be read. */
export function unreadable({ detail, access }: NotRead): Answer {
  return unclear(detail, [], access);
}

export function notReached(reason: string): Answer {
  return { state: 'not-reached', detail: reason };
}

export function skipped(reason: string): Answer {
  return { state: 'skipped', detail: reason };
}
