/** One release examined: all facts of the chosen topics and all their checks over one reader, then the trees. */
import { CHECKS } from '../checks/index.js';
import { TREES } from '../diagnoses/index.js';
import type { Diagnosis, Topic } from '../diagnoses/diagnosis.js';
import type { LookOptions } from '../diagnoses/tree.js';
import { buildReport, DOCTOR } from '../engine/build-report.js';
import { diagnoseInSteps, factsOf, type Facts } from '../engine/diagnose.js';
import type { EngineEvent, Report } from '../engine/report.js';
import { runChecks } from '../engine/run.js';
import { selectChecks } from '../engine/select.js';
import { inSlices } from '../engine/turn.js';
import { exitCodeOfDiagnosis, hasDefect } from '../engine/summary.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import type { Interruption } from './interruption.js';
import { UsageError } from './usage-error.js';
import { RUN_LIMIT_MS, within } from './limit.js';
import type { Release } from './session.js';

export interface DiagnosisInput {
  version: string;
  release: Release;
  /** Undefined: all of them. */
  topic: Topic | undefined;
  options: LookOptions;
  declined: ReadonlyMap<EvidenceKey, string>;
  strict: boolean;
  /** A command of this program, for the target that the user named. */
  again: (command: string) => string;
  interruption: Interruption;
  /** Ends the run as the interruption does: the bound of a run over several releases. */
  bound?: AbortSignal;
  emit: (event: EngineEvent) => void;
}

/**
 * Looks once. Never rejects for what the cluster or the backend does.
 * @throws UsageError when `--pod` names no pod of the backend
 */
export async function diagnoseRelease(input: DiagnosisInput): Promise<Report> {
  const { release, topic, interruption } = input;
  const startedAt = Date.now();
  const trees = TREES.filter((tree) => topic === undefined || tree.topic === topic);
  const selected =
    topic === undefined
      ? selectChecks(CHECKS, [], [])
      : selectChecks(
          CHECKS,
          trees.flatMap(({ checks }) => [...checks]),
          [],
        );
  const context = { contract: release.contract, target: release.target, now: release.now() };
  const reader = release.observe();
  const { signal, dispose } = within(RUN_LIMIT_MS, input.bound ?? interruption.signal);
  try {
    const facts: Facts = {};
    const read = async (key: EvidenceKey) => {
      Object.assign(facts, { [key]: await reader.read(key, signal) });
    };
    const [results] = await Promise.all([
      runChecks({
        checks: CHECKS,
        selected,
        declined: input.declined,
        reader,
        context,
        signal,
        emit: input.emit,
      }),
      ...factsOf(trees).map(read),
    ]);
    requirePod(input.options.pod, facts);
    const found = await inSlices(
      diagnoseInSteps({
        trees,
        facts,
        results,
        context,
        options: input.options,
        ended: () => (interruption.exitCode === undefined ? undefined : 'interrupted'),
      }),
    );
    const { topics, unexplained } = found;
    const diagnoses = found.diagnoses.map((diagnosis) => forTarget(diagnosis, input.again));
    const report = buildReport({
      version: input.version,
      command: topic === undefined ? 'doctor' : `doctor ${topic}`,
      context,
      server: facts.server,
      route: facts.route,
      health: facts.health,
      deployment: facts.deployment,
      pods: facts.pods,
      events: facts.events,
      metrics: facts.metrics,
      results,
      notices: [...release.notices, ...release.unremoved()],
      strict: input.strict,
      interruptedBy: interruption.exitCode,
      startedAt: release.replayed?.startedAt ?? startedAt,
      finishedAt: release.replayed?.finishedAt ?? Date.now(),
    });
    const judged =
      found.defects.length > 0 || hasDefect(results)
        ? 4
        : exitCodeOfDiagnosis(diagnoses, results, input.strict);
    const exitCode = interruption.exitCode ?? judged;
    return {
      ...report,
      exitCode,
      next: nextStep(diagnoses, unexplained, exitCode === 0 ? null : report.next),
      diagnoses,
      topics,
      unexplained,
    };
  } finally {
    dispose();
    await reader.close();
  }
}

/** The first fix; where nothing was found, what to read about the first check that fails: not the doctor again. */
function nextStep(
  [first]: readonly Diagnosis[],
  [check]: readonly string[],
  reported: string | null,
): string | null {
  const command = first?.fix.find((fix) => fix.command !== null)?.command;
  if (command !== undefined && command !== null) return command;
  if (reported !== DOCTOR) return reported;
  const id = check ?? first?.cause;
  return id === undefined ? null : `todo-k8s checks explain ${id}`;
}

/** Its commands of this program with the options that name the target. */
function forTarget(diagnosis: Diagnosis, again: DiagnosisInput['again']): Diagnosis {
  const own = (command: string | null) =>
    command?.startsWith('todo-k8s ') === true && !command.includes(' | ') ? again(command) : command;
  return {
    ...diagnosis,
    then: own(diagnosis.then),
    fix: diagnosis.fix.map((fix) => ({ ...fix, command: own(fix.command) })),
  };
}

function requirePod(name: string | undefined, { pods }: Facts): void {
  if (name === undefined || !pods?.ok || pods.value.some(({ metadata }) => metadata.name === name)) return;
  const names = pods.value.map(({ metadata }) => metadata.name);
  const known = names.length === 0 ? 'there is none' : `there are: ${names.slice(0, 20).join(', ')}`;
  throw new UsageError(`--pod: no pod of the backend is called '${name}'; ${known}`);
}
