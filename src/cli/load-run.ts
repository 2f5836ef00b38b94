/** One release's load run: sent, attributed, judged, and put into a report. */
import { setMaxListeners } from 'node:events';
import type { LoadSettings } from '../rule/context.js';
import { checksOfRun } from '../checks/of-load-run.js';
import { buildReport } from '../engine/build-report.js';
import type { EngineEvent, Report } from '../engine/report.js';
import { runChecks } from '../engine/run.js';
import type { LoadPlan } from '../load/plan.js';
import { loadSection } from '../load/section.js';
import type { Interruption } from './interruption.js';
import { todoK8s } from '../rule/command.js';
import { contextOf, runFields, type Release } from './release.js';

/** Milliseconds that an interrupted run has to put together what it has. */
const GRACE_MS = 400;

export interface LoadRunInput {
  version: string;
  release: Release;
  plan: LoadPlan;
  judge: LoadSettings;
  interruption: Interruption;
  emit: (event: EngineEvent) => void;
  /** The command line that sends so many requests, for what to do next. */
  again: (requests: number) => string;
}

/** Never rejects for what the cluster or the backend does. */
export async function runLoad(input: LoadRunInput): Promise<Report> {
  const { release, plan, judge, interruption } = input;
  const startedAt = Date.now();
  const checks = checksOfRun(judge);
  let hasAnswers = false;
  const reader = release.observe({
    ...plan,
    signal: interruption.signal,
    onProgress(progress) {
      hasAnswers ||= progress.completed > 0;
      plan.onProgress?.(progress);
    },
  });
  // Before the first answer there is nothing to put together.
  const late = afterGrace(interruption.signal, () => (hasAnswers ? GRACE_MS : 0));
  const { signal } = late;
  const context = { ...contextOf(release), load: judge };
  try {
    // For the head of the report alone: asked for now, so that nothing waits for it at the end.
    const serverRead = reader.read('server', signal);
    const results = await runChecks({
      checks,
      selected: new Set(checks.map(({ meta }) => meta.id)),
      declined: new Map(),
      reader,
      context,
      signal,
      emit: input.emit,
    });
    const [server, route, facts, pods] = await Promise.all([
      serverRead,
      reader.read('route', signal),
      reader.read('distribution', signal),
      reader.read('pods', signal),
    ]);
    const report = buildReport({
      version: input.version,
      command: 'loadbalance',
      context,
      server,
      route,
      pods,
      results,
      notices: [...release.notices, ...release.unremoved()],
      strict: false,
      interruptedBy: interruption.exitCode,
      ...runFields(release, startedAt),
    });
    // What stands in the way of any measurement is told best by the checks of the cluster.
    if (!route.ok || !facts.ok)
      return {
        ...report,
        next: report.interrupted ? null : todoK8s(context, 'verify', '--only cluster,pods'),
      };
    const load = loadSection(facts.value, route.value, plan, judge.confidence);
    return { ...report, load, next: nextStep(report, load, input.again) };
  } finally {
    late.dispose();
    await reader.close();
  }
}

/** A signal that follows another one late enough for what is half done to be put together: after so many milliseconds. */
function afterGrace(
  signal: AbortSignal,
  graceMs: () => number,
): { signal: AbortSignal; dispose: () => void } {
  const late = new AbortController();
  // Every fact listens to it; Node would warn of a leak above ten.
  setMaxListeners(0, late.signal);
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => late.abort(signal.reason), graceMs());
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    signal: late.signal,
    dispose: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** Requests beyond which more of them say little more. */
const PLENTY = 1000;

/** More requests where they would decide, or make it more certain; else the fix of what is wrong. */
function nextStep(
  report: Report,
  { spread, completed }: NonNullable<Report['load']>,
  again: (requests: number) => string,
): string | null {
  if (report.exitCode === 3 && spread?.verdict === 'inconclusive') return again(spread.enough);
  if (report.exitCode !== 0) return report.next;
  return spread !== null && completed < PLENTY ? again(Math.min(PLENTY, completed * 10)) : null;
}
