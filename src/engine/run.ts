/**
 * The engine: judges the selected checks over a reader's evidence. It knows no terminal, no network and no
 * cluster; it decides every status that a check cannot decide for itself (unknown, blocked, skip by choice).
 */
import type { CheckContext } from '../rule/context.js';
import type { AnyCheck, CheckMeta, Verdict } from '../checks/check.js';
import type { EvidenceKey, EvidenceMap, EvidenceReader, Observed, Why } from '../evidence/evidence.js';
import { accept, ACCEPTANCE_MESSAGES } from './accept.js';
import { defect } from './defect.js';
import { deepFreeze } from './freeze.js';
import { rolloutStatus } from '../rule/command.js';
import { look, remedyText, type Part } from '../rule/fix.js';
import { grant } from './grant.js';
import { interpolate } from '../rule/interpolate.js';
import { nextSlice } from '../turn.js';
import type { CheckResult, EngineEvent, Status } from './report.js';
import { Looked, show, type Seen } from './seen-in-part.js';
import { openWhileUnderWay, type ReadFact } from './under-way.js';

export interface RunInput {
  /** Every check there is, in report order: a selected check's needs are looked up here. */
  checks: readonly AnyCheck[];
  /** Ids of the checks to report. */
  selected: ReadonlySet<string>;
  /** Ids of checks that the user does not want: they are not judged, and stand in nobody's way. */
  skipped?: ReadonlySet<string>;
  /** Evidence that the user chose not to gather, with the flag that said so: its checks are skipped. */
  declined: ReadonlyMap<EvidenceKey, string>;
  /** Why a check cannot be judged, because nothing is installed yet: it is skipped. Absent: something is. */
  notYet?: ((meta: CheckMeta) => string | undefined) | undefined;
  reader: EvidenceReader;
  context: CheckContext;
  /** Ends the run; its reason, an Error, is what the checks not judged by then say. */
  signal: AbortSignal;
  emit: (event: EngineEvent) => void;
}

type Unread = Extract<Observed<never>, { ok: false }>;

/** Statuses with nothing to put right in the check itself. */
const NO_REMEDY: ReadonlySet<Status> = new Set(['pass', 'skip', 'blocked']);

/**
 * Judges every selected check, and those that they need, as soon as evidence and needs are there.
 * @returns one result for each selected check, and for each needed one that stands in a selected one's way,
 *   in the order of `checks`. Never rejects.
 */
export async function runChecks(input: RunInput): Promise<CheckResult[]> {
  const byId = new Map(input.checks.map((check) => [check.meta.id as string, check]));
  deepFreeze(input.context);
  const shown = input.checks.filter((check) => input.selected.has(check.meta.id));
  input.emit({
    type: 'run-started',
    checks: shown.map(({ meta }) => ({ id: meta.id, suite: suiteOf(meta.id), title: meta.title })),
  });

  const ended = endOf(input.signal);
  const running = new Map<string, Promise<CheckResult>>();
  const judge = (id: string): Promise<CheckResult> => {
    let promise = running.get(id);
    if (!promise) {
      const check = byId.get(id);
      if (!check) throw new Error(`no check has the id ${id}`);
      promise = judgeOne(check, input, judge, ended).then((result) => {
        if (input.selected.has(id)) input.emit({ type: 'check-finished', result });
        return result;
      });
      running.set(id, promise);
    }
    return promise;
  };
  await Promise.all(shown.map((check) => judge(check.meta.id)));

  const all = new Map<string, CheckResult>();
  for (const [id, promise] of running) all.set(id, await promise);
  for (const result of all.values()) {
    const root = byId.get(result.id)?.meta.toldWith?.find((id) => all.get(id)?.status === 'fail');
    if (root !== undefined && result.status === 'fail') result.toldWith = root;
  }
  const wanted = new Set(input.selected);
  for (const id of input.selected) for (const blocker of all.get(id)?.blockedBy ?? []) wanted.add(blocker);
  input.emit({ type: 'run-finished', interrupted: input.signal.aborted });
  return input.checks.flatMap(({ meta }) => (wanted.has(meta.id) ? (all.get(meta.id) ?? []) : []));
}

async function judgeOne(
  check: AnyCheck,
  input: RunInput,
  judge: (id: string) => Promise<CheckResult>,
  ended: Promise<Unread>,
): Promise<CheckResult> {
  const began = performance.now();
  const finish = (status: Status, message: string, more: Partial<CheckResult> = {}): CheckResult => ({
    id: check.meta.id,
    suite: suiteOf(check.meta.id),
    title: check.meta.title,
    status,
    severity: check.meta.severity,
    message,
    findings: [],
    ...told(NO_REMEDY.has(status) || 'fix' in more ? [] : check.meta.remedy(input.context, [])),
    blockedBy: [],
    why: check.meta.why,
    contractSection: check.meta.contractSection,
    durationMs: Math.round(performance.now() - began),
    ...more,
  });

  for (const key of check.meta.reads as EvidenceKey[]) {
    const reason = input.declined.get(key);
    if (reason !== undefined) return finish('skip', `not asked for (${reason})`);
  }
  const notYet = input.notYet?.(check.meta as CheckMeta);
  if (notYet !== undefined) return finish('skip', notYet);
  const keys = check.meta.reads as EvidenceKey[];
  const [needs, observed] = await Promise.all([
    Promise.all(check.meta.needs.filter((id) => input.skipped?.has(id) !== true).map(judge)),
    Promise.all(keys.map((key) => readOrEnd(input, key, ended))),
  ]);

  // A refusal is worth saying for every check that it touches; any other gap says less than what blocks the check.
  const refused = observed.filter(isGap).find(({ why }) => why === 'forbidden');
  if (refused) {
    const { detail, access } = refused;
    return finish('unknown', detail, access && { ...told(grant(access, input.context)), access });
  }
  const failing = needs.filter(
    ({ status }) => status === 'fail' || status === 'unknown' || status === 'blocked',
  );
  const unread = observed.find(isGap);
  const looked = new Looked();
  const evidence = {};
  if (!unread)
    for (const [index, key] of keys.entries()) show(evidence, key, observed[index] as Seen, looked);
  try {
    const { despite } = check.meta;
    const isProven = !unread && despite?.when(evidence) === true;
    const blockers = failing.filter(({ id }) => !(isProven && despite.needs.includes(id)));
    if (blockers.length > 0 && (unread || !check.meta.judgedAnyway?.(evidence))) {
      const roots = [
        ...new Set(blockers.flatMap((need) => (need.status === 'blocked' ? need.blockedBy : [need.id]))),
      ];
      return finish('blocked', `needs ${roots.join(', ')}`, { blockedBy: roots });
    }
    if (unread) {
      // What is not among the planned objects may be there all the same: no answer, and no gap in what could be seen.
      const isElsewhere = input.notYet !== undefined && unread.why === 'not-collected';
      // What nobody looked at is not known to be wrong: there is nothing to put right.
      const isUnasked = unread.why === 'not-collected';
      return finish(isElsewhere ? 'skip' : 'unknown', unread.detail, isUnasked ? told([]) : {});
    }
    // Whoever ends the run while others are judged waits for no more.
    await nextSlice();
    if (input.signal.aborted) return finish('unknown', (await ended).detail);
    const first = check.evaluate(evidence, input.context) as Verdict;
    const { consults = [] } = check.meta;
    const seen =
      first.status === 'unknown' && consults.length > 0
        ? (check.evaluate(evidence, input.context, await consult(input, consults, ended, looked)) as Verdict)
        : first;
    const { verdict, accepted } = accept(check, seen, input.context);
    const more = accepted && { accepted };
    if (looked.isEmpty) {
      const told = await openWhileUnderWay(check, verdict, evidence, input.context, readWhole(input, ended));
      return { ...verdictResult(check, told, input.context, finish), ...more };
    }
    // A failure stays one, whatever else could not be seen; but what was left out may be why it was found.
    if (verdict.status !== 'fail') return finish('unknown', looked.reason());
    const result = verdictResult(check, verdict, input.context, finish);
    return { ...result, ...more, message: `${result.message} (${looked.reason()})` };
  } catch (error) {
    // What is to be done about it may have failed, too.
    return finish('unknown', defect('check', error), { defect: true, ...told([]) });
  }
}

function verdictResult(
  check: AnyCheck,
  verdict: Verdict,
  context: CheckContext,
  finish: (status: Status, message: string, more?: Partial<CheckResult>) => CheckResult,
): CheckResult {
  if (verdict.status === 'pass') return finish('pass', verdict.fact);
  const { findings } = { findings: undefined, ...verdict };
  const access = verdict.status === 'unknown' && verdict.access ? { access: verdict.access } : {};
  if (findings === undefined)
    return finish(verdict.status, 'reason' in verdict ? verdict.reason : '', access);
  const messages = check.meta.messages as Record<string, string>;
  const found = findings.map(({ messageId, data, object }) => ({
    messageId,
    message: interpolate(messages[messageId] ?? ACCEPTANCE_MESSAGES[messageId] ?? messageId, data),
    object: object ?? null,
    data: data ?? {},
  }));
  if ('reason' in verdict) {
    const wait = [look(rolloutStatus(context, context.target.names.deployment), 'waits for its end')];
    return finish('unknown', verdict.reason, { ...told(wait), findings: found });
  }
  const status = check.meta.severity === 'warning' ? 'warn' : verdict.status;
  const isEnded = findings.every(({ messageId }) => messageId in ACCEPTANCE_MESSAGES);
  return finish(status, isEnded ? 'An accepted deviation has ended' : check.meta.failureTitle, {
    ...told(check.meta.remedy(context, findings)),
    findings: found,
  });
}

function told(parts: readonly Part[]): Pick<CheckResult, 'remedy' | 'fix'> {
  return { remedy: remedyText(parts) ?? null, fix: [...parts] };
}

/** A read that ends with the run, whatever the reader does about its signal. */
async function readOrEnd(
  { reader, signal }: RunInput,
  key: EvidenceKey,
  ended: Promise<Unread>,
): Promise<Observed<unknown>> {
  try {
    return await Promise.race([ended, reader.read(key, signal)]);
  } catch (error) {
    return gap('failed', `reading ${key} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A fact that was asked for and could be read with nothing odd in it. */
function readWhole(input: RunInput, ended: Promise<Unread>): ReadFact {
  return async (key) => {
    if (input.declined.has(key)) return undefined;
    const observed = await readOrEnd(input, key, ended);
    return observed.ok && (observed.odd ?? []).length === 0 ? (observed.value as never) : undefined;
  };
}

/** What may decide where the declared evidence did not, as far as it was asked for and can be read. */
async function consult(
  input: RunInput,
  keys: readonly EvidenceKey[],
  ended: Promise<Unread>,
  looked: Looked,
): Promise<Partial<EvidenceMap>> {
  const entries = await Promise.all(
    keys
      .filter((key) => !input.declined.has(key))
      .map(async (key) => [key, await readOrEnd(input, key, ended)] as const),
  );
  const facts: Partial<EvidenceMap> = {};
  for (const [key, observed] of entries) if (observed.ok) show(facts, key, observed, looked);
  return facts;
}

/** Resolves when the run is ended from outside, with its reason. One listener for all reads. */
function endOf(signal: AbortSignal): Promise<Unread> {
  return new Promise((resolve) => {
    const end = () =>
      resolve(gap('timeout', signal.reason instanceof Error ? signal.reason.message : 'the run was ended'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function isGap(observed: Observed<unknown>): observed is Unread {
  return !observed.ok;
}

function gap(why: Why, detail: string): Unread {
  return { ok: false, at: new Date().toISOString(), why, detail };
}

function suiteOf(id: string): CheckResult['suite'] {
  return id.slice(0, id.indexOf('/')) as CheckResult['suite'];
}
