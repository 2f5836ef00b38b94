/**
 * A check: a pure judgement over declared evidence. One file per check, `src/checks/<suite>/<name>.ts`,
 * whose id is its path; the index is generated from the tree.
 */
import type { Change } from '../computed/change.js';
import type { Access, EvidenceKey, EvidenceMap } from '../evidence/evidence.js';
import type { CheckContext } from '../rule/context.js';
import type { Finding } from '../rule/finding.js';
import type { Part } from '../rule/fix.js';

export type { CheckContext, LoadSettings } from '../rule/context.js';
export type { Finding, FindingData, ObjectRef } from '../rule/finding.js';

export type Suite =
  | 'cluster'
  | 'deployment'
  | 'pods'
  | 'service'
  | 'config'
  | 'functional'
  | 'network'
  | 'load-balancing'
  /** Before it is applied: would it work there (src/planned/against/). */
  | 'install';

/** The order in which suites run and are shown. */
export const SUITES: readonly Suite[] = [
  'cluster',
  'deployment',
  'pods',
  'service',
  'config',
  'functional',
  'network',
  'load-balancing',
  'install',
];

/** What a check says. `unknown` is for evidence that is there in part (one pod's log could not be read). */
export type Verdict<M extends string = string> =
  | { status: 'pass'; fact: string }
  | { status: 'fail' | 'warn'; findings: [Finding<M>, ...Finding<M>[]] }
  | { status: 'skip'; reason: string }
  /** With findings: what was found may be nothing but a change that is under way. */
  | {
      status: 'unknown';
      reason: string;
      findings?: Finding<M>[];
      /** The permission without which it could not be judged. */
      access?: Access;
    };

export interface CheckMeta<R extends EvidenceKey = EvidenceKey, M extends string = string> {
  /** `<suite>/<name>`, the file's path. */
  id: `${Suite}/${string}`;
  /** The command that judges it where that is not `verify`. */
  command?: 'loadbalance';
  /** The expected fact, as a sentence without a full stop. */
  title: string;
  /** What was seen instead. */
  failureTitle: string;
  /** Why it matters to the person who runs the application; one sentence. */
  why: string;
  /**
   * What puts it right: commands ready to paste where there are some, with real names. The findings are those of the
   * verdict; there are none when the check is unknown, or is only explained.
   */
  remedy: (context: CheckContext, findings: readonly Finding[]) => readonly Part[];
  /** `warning`: findings never fail the run, unless --strict. */
  severity: 'error' | 'warning';
  /** The evidence that `evaluate` gets. Unreadable evidence makes the result `unknown`. */
  reads: readonly R[];
  /**
   * Evidence that may decide where what it reads does not: gathered only when `evaluate` has said `unknown` without it, which
   * is then asked again. What cannot be read of it leaves the verdict as it was.
   */
  consults?: readonly EvidenceKey[];
  /** Ids of checks without whose pass this one means nothing: it is `blocked` by them. */
  needs: readonly string[];
  /** Whether the evidence can be judged although a check that it needs does not pass: something answered all the same. */
  judgedAnyway?: (evidence: Readonly<Pick<EvidenceMap, R>>) => boolean;
  /** Checks that show the same trouble nearer to its root: where one of them fails too, this one is told with it. */
  toldWith?: readonly string[];
  /** Of `needs`: what does not block where the evidence shows that the check means something all the same. */
  despite?: { needs: readonly string[]; when: (evidence: Readonly<Pick<EvidenceMap, R>>) => boolean };
  /**
   * Findings that a change under way may account for, by message: a check that has no others is unknown as long as it does.
   * What has no entry is an error at any time.
   */
  passing?: Partial<
    Record<M, (finding: Finding, change: Change, evidence: Readonly<Pick<EvidenceMap, R>>) => boolean>
  >;
  /** Message templates by id, with `{placeholders}` from the finding's data. */
  messages: Record<M, string>;
  /** Heading(s) of the contract that demand it. */
  contractSection: string;
}

export interface Check<R extends EvidenceKey = EvidenceKey, M extends string = string> {
  meta: CheckMeta<R, M>;
  /**
   * Pure and synchronous; what it throws becomes `unknown`.
   * @param consulted what `consults` names, as far as it could be read; undefined at the first asking
   */
  evaluate(
    evidence: Readonly<Pick<EvidenceMap, R>>,
    context: CheckContext,
    consulted?: Readonly<Partial<EvidenceMap>>,
  ): Verdict<M>;
}

/** A check whose evidence and messages are no longer told apart by type: what the engine handles. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the one place where the type parameters are dropped
export type AnyCheck = Check<any, any>;

/** Ties a check's `reads` and `messages` to its `evaluate`. */
export function defineCheck<const R extends EvidenceKey, const M extends string>(
  check: Check<R, M>,
): Check<R, M> {
  return check;
}

export function pass(fact: string): Verdict<never> {
  return { status: 'pass', fact };
}

export function skip(reason: string): Verdict<never> {
  return { status: 'skip', reason };
}

/** @param access the permission that it takes to see what is missing */
export function unknown(reason: string, access?: Access): Verdict<never> {
  return { status: 'unknown', reason, ...(access && { access }) };
}

/** Fails with these findings, or passes with `fact` when there are none. */
export function failUnlessEmpty<M extends string>(findings: Finding<M>[], fact: string): Verdict<M> {
  return judge('fail', findings, fact);
}

/** Warns with these findings, or passes with `fact` when there are none. */
export function warnUnlessEmpty<M extends string>(findings: Finding<M>[], fact: string): Verdict<M> {
  return judge('warn', findings, fact);
}

function judge<M extends string>(status: 'fail' | 'warn', findings: Finding<M>[], fact: string): Verdict<M> {
  const [first, ...rest] = findings;
  return first ? { status, findings: [first, ...rest] } : { status: 'pass', fact };
}
