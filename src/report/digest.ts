/** What the readable formats show of a report: suites, and which results are told as a part of another one. */
import { count } from '../count.js';
import type { Diagnosis, HopState } from '../rule/diagnosis.js';
import type { CheckResult, Report, ReportFinding, Serving, Status } from '../engine/report.js';

export interface SuiteDigest {
  name: string;
  /** The gravest of its results. */
  status: Status;
  results: CheckResult[];
  passed: number;
  /** All but the skipped ones. */
  judged: number;
  skipped: number;
  /** Milliseconds of its slowest check: checks run at the same time. */
  durationMs: number;
}

export interface Digest {
  suites: SuiteDigest[];
  /** For each result that is told with another one, that one's id. */
  foldedInto: ReadonlyMap<string, string>;
  /** Ids of the checks that each one blocks. */
  blocks: ReadonlyMap<string, string[]>;
  /** Ids of the checks that are unknown for the very reason that this one is. */
  alike: ReadonlyMap<string, string[]>;
  /** For each result whose remedy of several lines was told before, the id of the one that told it. */
  remedyAs: ReadonlyMap<string, string>;
}

/** More findings than this are counted, not listed. */
const FINDINGS_SHOWN = 8;

/** The check that lists all permissions that are missing. */
export const PERMISSIONS = 'cluster/permissions';

/** Gravest first. Not proven is graver than a warning. */
export const GRAVITY: readonly Status[] = ['fail', 'unknown', 'blocked', 'warn', 'pass', 'skip'];

/** The gravest of the statuses; `skip` when there are none. */
export function gravest(statuses: readonly Status[]): Status {
  return GRAVITY.find((status) => statuses.includes(status)) ?? 'skip';
}

/** Groups a report for readers. Suites and checks keep the report's order. */
export function digest(report: Report): Digest {
  const bySuite = new Map<string, CheckResult[]>();
  for (const result of report.checks) {
    bySuite.set(result.suite, [...(bySuite.get(result.suite) ?? []), result]);
  }
  const suites = [...bySuite].map(([name, results]) => digestSuite(name, results));
  const folds = fold(report.checks);
  const told = report.checks.filter(({ id }) => !folds.foldedInto.has(id));
  return { suites, ...folds, remedyAs: repeatedRemedies(told) };
}

function repeatedRemedies(results: readonly CheckResult[]): Digest['remedyAs'] {
  const firstByRemedy = new Map<string, string>();
  const remedyAs = new Map<string, string>();
  for (const { id, remedy } of results) {
    if (!remedy?.includes('\n')) continue;
    const first = firstByRemedy.get(remedy);
    if (first === undefined) firstByRemedy.set(remedy, id);
    else remedyAs.set(id, first);
  }
  return remedyAs;
}

function digestSuite(name: string, results: CheckResult[]): SuiteDigest {
  const judged = results.filter(({ status }) => status !== 'skip');
  return {
    name,
    status: gravest(results.map(({ status }) => status)),
    results,
    passed: judged.filter(({ status }) => status === 'pass').length,
    judged: judged.length,
    skipped: results.length - judged.length,
    durationMs: Math.max(0, ...results.map(({ durationMs }) => durationMs)),
  };
}

function fold(results: readonly CheckResult[]): Pick<Digest, 'foldedInto' | 'blocks' | 'alike'> {
  const foldedInto = new Map<string, string>();
  const blocks = new Map<string, string[]>();
  const alike = new Map<string, string[]>();
  const firstByReason = new Map<string, string>();
  const asked = results.find(({ id, status }) => id === PERMISSIONS && status === 'warn');
  for (const { id, status, message, access } of results) {
    if (status !== 'unknown') continue;
    // A permission that is missing is told where all of them are.
    const first =
      access === undefined ? firstByReason.get(message) : (asked?.id ?? firstByReason.get(message));
    if (first === undefined) firstByReason.set(message, id);
    else {
      foldedInto.set(id, first);
      alike.set(first, [...(alike.get(first) ?? []), id]);
    }
  }
  const byId = new Map(results.map((result) => [result.id, result]));
  for (const { id, toldWith } of results)
    if (toldWith !== undefined) foldedInto.set(id, lastOf(toldWith, byId));
  for (const { id, status, blockedBy } of results) {
    if (status !== 'blocked') continue;
    // One that is blocked by what the report does not show stands for itself.
    const root = blockedBy.find((blocker) => ['fail', 'unknown'].includes(byId.get(blocker)?.status ?? ''));
    if (root === undefined) continue;
    const shown = foldedInto.get(root) ?? root;
    foldedInto.set(id, shown);
    blocks.set(shown, [...(blocks.get(shown) ?? []), id]);
  }
  return { foldedInto, blocks, alike };
}

/** What tells the trouble that a check shows: it may be told with another one itself. */
function lastOf(id: string, byId: ReadonlyMap<string, CheckResult>): string {
  const next = byId.get(id)?.toldWith;
  return next === undefined ? id : lastOf(next, byId);
}

const SERVING: Record<Serving['state'], { status: Status; words: string }> = {
  up: { status: 'pass', words: 'up' },
  degraded: { status: 'warn', words: 'serving, degraded' },
  down: { status: 'fail', words: 'down' },
  unknown: { status: 'unknown', words: 'not known whether it is up' },
};

/** The first thing that a reader wants to know: is it up, and what shows it. */
export function servingParts({ serving }: Report): { status: Status; parts: string[] } | undefined {
  if (!serving) return undefined;
  const { status, words } = SERVING[serving.state];
  return { status, parts: [words, ...serving.facts] };
}

/** Ids as a reader likes them: a suite of which all are named is named once. */
export function nameChecks(ids: readonly string[], suites: readonly SuiteDigest[]): string[] {
  const named = new Set(ids);
  return suites.flatMap(({ name, results }) => {
    const mine = results.map(({ id }) => id).filter((id) => named.has(id));
    return mine.length > 1 && mine.length === results.length ? [`${name} (all ${mine.length})`] : mine;
  });
}

/** `3 failed`, `1 warning`, …: what the run came to, gravest first; zeros are left out. */
export function countPhrases({ summary }: Report): { status: Status; text: string }[] {
  const { fail, unknown, blocked, warn, pass, skip } = summary;
  const phrases: { status: Status; count: number; text: string }[] = [
    { status: 'fail', count: fail, text: `${fail} failed` },
    { status: 'unknown', count: unknown, text: `${unknown} unknown` },
    { status: 'blocked', count: blocked, text: `${blocked} blocked` },
    { status: 'warn', count: warn, text: `${warn} ${warn === 1 ? 'warning' : 'warnings'}` },
    { status: 'pass', count: pass, text: `${pass} passed` },
    { status: 'skip', count: skip, text: `${skip} skipped` },
  ];
  const counted = phrases.filter(({ count }) => count > 0);
  return counted.length > 0 ? counted : [{ status: 'unknown', text: 'no check was judged' }];
}

/** A cause in the words of a check: what could not be read is unknown. */
export function diagnosisStatus({ verdict, severity }: Diagnosis): Status {
  if (verdict === 'inconclusive') return 'unknown';
  return severity === 'warning' ? 'warn' : 'fail';
}

export const HOP_STATUS: Record<HopState, Status> = {
  good: 'pass',
  broken: 'fail',
  unknown: 'unknown',
  'not-reached': 'blocked',
  skipped: 'skip',
};

/** Whether a check is told by itself: one that a diagnosis explains is told there. */
export function isUnexplained({ unexplained }: Report, { id }: CheckResult): boolean {
  return unexplained === undefined || unexplained.includes(id);
}

/** The whole run in a few words, by its exit code: what a reader must know first. */
export function verdictOf(report: Report): { status: Status; words: string } {
  const { exitCode, interrupted, summary, checks } = report;
  if (interrupted) return { status: 'unknown', words: 'interrupted: a partial result' };
  const warned = count(summary.warn, 'warning');
  const ofAll = `of ${count(checks.length, 'check')}`;
  if (summary.fail > 0) return { status: 'fail', words: `${summary.fail} ${ofAll} failed` };
  if (exitCode === 1) return { status: 'fail', words: `failed: ${warned}, and warnings count` };
  if (exitCode !== 0) {
    const open = summary.unknown + summary.blocked;
    const what = open === 0 ? '' : `: ${open} ${ofAll} not judged`;
    return { status: 'unknown', words: `could not be determined${what}` };
  }
  if (summary.warn > 0) return { status: 'warn', words: `passed, with ${warned}` };
  return { status: 'pass', words: `all ${summary.pass} checks passed` };
}

/** Whether it failed for its warnings alone, as --strict has it. */
export function failedByWarnings({ exitCode, summary, diagnoses = [] }: Report): boolean {
  const isFound = diagnoses.some((each) => diagnosisStatus(each) === 'fail');
  return exitCode === 1 && summary.fail === 0 && !isFound;
}

/** The exit code, and what it means where the counts do not say it. */
export function exitPhrase(report: Report): string {
  const { exitCode, interrupted } = report;
  const meaning = ((): string => {
    if (interrupted) return 'interrupted';
    if (exitCode === 3) return 'could not be determined';
    if (failedByWarnings(report)) return 'warnings count, --strict';
    return '';
  })();
  return meaning === '' ? `exit ${exitCode}` : `exit ${exitCode}: ${meaning}`;
}

/** That this is a recording: of when, by what, from which file. */
export function replayParts({ from }: Report): string[] {
  if (!from) return [];
  const at = new Date(from.recordedAt).toISOString().slice(0, 16).replace('T', ' ');
  const ago = from.age === undefined ? '' : ` (${from.age} ago)`;
  return [`recording ${from.bundle}`, `made ${at} UTC${ago} by ${from.by}`];
}

/** Where the run looked, in the order in which a reader asks. */
export function targetParts({ target }: Report): string[] {
  return [
    target.context,
    // Without a version the server did not answer: then its address is what the reader needs.
    ...(target.kubernetesVersion === null ? [target.server] : []),
    target.namespace,
    ...(target.release === null ? [] : [`release ${target.release}`]),
    ...(target.kubernetesVersion === null ? [] : [`Kubernetes ${target.kubernetesVersion}`]),
  ].filter((part) => part !== '');
}

/** `41 ms`, `1.24 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_995) return `${(milliseconds / 1000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Findings that are listed where the reader did not ask for all, and how many more there are. */
export function firstFindings({ findings }: CheckResult): { shown: ReportFinding[]; more: number } {
  const shown = findings.slice(0, FINDINGS_SHOWN);
  return { shown, more: findings.length - shown.length };
}

/** What tells a pod from the others of its ReplicaSet. */
export function shortPod(name: string): string {
  return `…-${name.slice(name.lastIndexOf('-') + 1)}`;
}

/** The object of a finding in Kubernetes' words; its namespace only where that is not the target's. */
export function objectName(
  object: { kind: string; namespace?: string; name: string },
  namespace: string,
): string {
  const foreign = object.namespace !== undefined && object.namespace !== namespace;
  return `${object.kind} ${foreign ? `${object.namespace}/` : ''}${object.name}`;
}
