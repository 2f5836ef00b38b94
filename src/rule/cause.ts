/**
 * The form of a cause: one file says what it is, what shows it, what it says of this cluster, and what puts it right.
 * The file's path below `src/causes/` is its id.
 */
import type { ObjectRef } from './finding.js';
import type { Cause } from './cause-data.js';
import type { DiagnosisVerdict, EvidenceItem, Fix } from './diagnosis.js';
import type { Look } from './look.js';
import type { EvidenceKey, EvidenceMap } from '../evidence/evidence.js';

/** What a cause says of this cluster. One for each pod: the engine puts those together that say the same. */
export interface Told {
  verdict: DiagnosisVerdict;
  object: ObjectRef;
  /** Where it is milder here than the cause is as a rule. */
  severity?: 'warning';
  /** It is over: nothing that is wrong now follows from it. */
  past?: true;
  /** Pods whose trouble it is; undefined: all of the backend's. */
  pods?: readonly string[];
  /**
   * What happened, in one or two sentences. `{pods}` stands for the pods that it happened to ("Pod x", "Both pods"):
   * findings of one cause with the same summary become one diagnosis.
   */
  summary: string;
  evidence: EvidenceItem[];
  fix: Fix[];
  /** Shows whether the fix worked; `todo-k8s doctor <topic> --watch` unless said otherwise. */
  then?: string;
  /** For `likely`: how to be sure. */
  wouldConfirm?: string;
  /** What was looked at and is not the cause, beyond the hops that are good. */
  ruledOut?: readonly string[];
  /** Checks that fail because of it here, beyond those that the cause explains everywhere. */
  symptoms?: readonly string[];
}

/** How a summary begins that is of certain pods. */
const OF_PODS = '{pods}: ';

/** A summary without the pods that it begins with. */
export function withoutPods(summary: string): string {
  return summary.startsWith(OF_PODS) ? summary.slice(OF_PODS.length) : summary;
}

export interface CauseRule<
  Id extends string = string,
  R extends EvidenceKey = EvidenceKey,
  C extends EvidenceKey = EvidenceKey,
> extends Cause<Id> {
  /** Facts without which nothing can be said. */
  reads: readonly R[];
  /** Facts that it uses where they could be read. */
  consults?: readonly C[];
  /** Pure: what it finds in the facts; nothing where it is not there. */
  judge(facts: Readonly<Pick<EvidenceMap, R>>, look: Look<C>): readonly Told[];
}

/** A rule whose facts are no longer told apart by type: what a step handles. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the one place where the type parameters are dropped
export type AnyCauseRule = CauseRule<any, any, any>;

/** Ties a rule's `reads` and `consults` to its `judge`, and keeps its id for the type of all ids. */
export function cause<
  const Id extends string,
  const R extends EvidenceKey = never,
  const C extends EvidenceKey = never,
>(rule: CauseRule<Id, R, C>): CauseRule<Id, R, C> {
  return rule;
}

/** A cause that no rule finds: the engine tells it, or a command, where they come to it. */
export function plainCause<const Id extends string>(data: Cause<Id>): Cause<Id> {
  return data;
}
