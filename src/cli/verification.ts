/** One release verified: observed once, or with --wait again until it passes. */
import { count } from '../count.js';
import { CHECKS } from '../checks/index.js';
import { buildReport } from '../engine/build-report.js';
import type { CheckResult, EngineEvent, Report } from '../engine/report.js';
import { runChecks } from '../engine/run.js';
import { cannotHeal } from '../engine/wait.js';
import type { EvidenceKey, EvidenceReader } from '../evidence/evidence.js';
import { sleep, type Interruption } from './interruption.js';
import { RUN_LIMIT_MS, within } from '../time-limit.js';
import { contextOf, runFields, type Release } from './release.js';

/** Milliseconds between two observations of --wait. */
const WAIT_STEP_MS = 1000;

export interface VerificationInput {
  version: string;
  release: Release;
  /** Ids of the checks to report. */
  selected: ReadonlySet<string>;
  /** Ids of checks that the user does not want; none when undefined. */
  skipped?: ReadonlySet<string>;
  declined: ReadonlyMap<EvidenceKey, string>;
  strict: boolean;
  /** Milliseconds to go on observing while it does not pass; 0: once. */
  waitMs: number;
  interruption: Interruption;
  /** Ends the run as the interruption does: the bound of a run over several releases. */
  bound?: AbortSignal;
  emit: (event: EngineEvent) => void;
  /** Told once why waiting is over, where there was any. */
  onWaited?: (why: string) => void;
}

/** Observes the release until it passes, waiting is over, or a pod is in a state that cannot heal. */
export async function verifyRelease(input: VerificationInput): Promise<Report> {
  const startedAt = Date.now();
  const ended = input.bound ?? input.interruption.signal;
  const deadline = startedAt + input.waitMs;
  let before: Report | undefined;
  for (;;) {
    const reader = input.release.observe();
    try {
      const report = await observeOnce(
        input,
        reader,
        startedAt,
        Math.max(RUN_LIMIT_MS, deadline - Date.now()),
      );
      // Who ends the waiting is told what was seen last, not what the interruption kept from being seen.
      if (report.interrupted && before !== undefined) {
        const { interrupted, exitCode, durationMs } = report;
        return { ...before, interrupted, exitCode, durationMs };
      }
      const isFirst = before === undefined;
      before = report;
      if (report.exitCode === 0 && !isFirst)
        input.onWaited?.(`passed after ${seconds(Date.now() - startedAt)}`);
      if (input.waitMs === 0 || report.exitCode === 0 || report.interrupted || ended.aborted) return report;
      const pods = await reader.read('pods', ended);
      const stuck = pods.ok ? cannotHeal(pods.value) : undefined;
      if (stuck) {
        const why = `stopped waiting: pod ${stuck.pod} cannot heal by itself (${stuck.reason})`;
        report.notices.push(why);
        input.onWaited?.(why);
        return report;
      }
      if (Date.now() >= deadline) {
        report.notices.push(`waited ${seconds(input.waitMs)} for it to pass`);
        input.onWaited?.(`waited ${seconds(input.waitMs)}, and it does not pass`);
        return report;
      }
    } finally {
      await reader.close();
    }
    // The last observation is at the deadline: what heals until then has healed in time.
    await sleep(Math.min(WAIT_STEP_MS, deadline - Date.now()), ended);
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}

async function observeOnce(
  input: VerificationInput,
  reader: EvidenceReader,
  startedAt: number,
  limitMs: number,
): Promise<Report> {
  const { release, interruption } = input;
  const { signal, dispose } = within(limitMs, input.bound ?? interruption.signal);
  const asked = new Set<EvidenceKey>();
  const noting: EvidenceReader = {
    read: (key, aborted) => {
      asked.add(key);
      return reader.read(key, aborted);
    },
    close: () => reader.close(),
  };
  const context = contextOf(release);
  try {
    const judged = await runChecks({
      checks: CHECKS,
      selected: input.selected,
      skipped: input.skipped,
      declined: input.declined,
      notYet: release.planned?.notYet,
      reader: noting,
      context,
      signal,
      emit: input.emit,
    });
    const there = ((await release.planned?.against?.(signal)) ?? []).filter(({ id }) =>
      input.selected.has(id),
    );
    const results = release.planned?.located([...judged, ...there]) ?? judged;
    const fact = async <K extends EvidenceKey>(key: K) =>
      asked.has(key) && !signal.aborted ? await reader.read(key, signal) : undefined;
    return buildReport({
      version: input.version,
      command: 'verify',
      context,
      server: await fact('server'),
      route: await fact('route'),
      health: await fact('health'),
      deployment: await fact('deployment'),
      pods: await fact('pods'),
      events: await fact('events'),
      metrics: await fact('metrics'),
      results,
      notices: [...release.notices, ...release.unremoved(), ...acceptedNotices(results)],
      strict: input.strict,
      interruptedBy: interruption.exitCode,
      ...runFields(release, startedAt),
    });
  } finally {
    dispose();
  }
}

/** What the contract accepts is told and counted, so that nobody takes it for right. */
function acceptedNotices(results: readonly CheckResult[]): string[] {
  const accepting = results.filter(({ accepted }) => accepted !== undefined);
  const number = accepting.reduce((sum, { accepted = [] }) => sum + accepted.length, 0);
  if (number === 0) return [];
  const list = accepting.map(({ id, accepted = [] }) => {
    const until = accepted[0]?.until;
    return until ? `${id} (until ${until})` : id;
  });
  return [`the contract accepts ${count(number, 'deviation')}: ${list.join(', ')}`];
}
