/** One release examined: all facts of the chosen topics and all their checks over one reader, then the trees. */
import { CHECKS } from '../checks/index.js';
import { TREES } from '../diagnoses/index.js';
import type { Diagnosis, Topic } from '../rule/diagnosis.js';
import type { LookOptions } from '../rule/look.js';
import type { Tree } from '../diagnoses/tree.js';
import { buildReport } from '../engine/build-report.js';
import { diagnoseInSteps, factsOf, type Facts } from '../engine/diagnose.js';
import type { EngineEvent, Report } from '../engine/report.js';
import { runChecks } from '../engine/run.js';
import { selectChecks } from '../engine/select.js';
import { inSlices, nextSlice } from '../turn.js';
import { exitCodeOfDiagnosis, hasDefect } from '../engine/summary.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import type { Interruption } from './interruption.js';
import { UsageError } from './usage-error.js';
import { RUN_LIMIT_MS, within } from '../time-limit.js';
import { contextOf, runFields, type Release } from './release.js';
import { doctorCommand } from '../rule/command.js';

export interface DiagnosisInput {
  version: string;
  release: Release;
  /** Undefined: all of them. */
  topic: Topic | undefined;
  /** Ids of the checks to judge; those of the topic when undefined. */
  selected?: ReadonlySet<string>;
  /** Ids of checks that the user does not want; none when undefined. */
  skipped?: ReadonlySet<string>;
  options: LookOptions;
  declined: ReadonlyMap<EvidenceKey, string>;
  strict: boolean;
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
  const trees = treesOf(topic);
  const ofTopic = topic === undefined ? [] : trees.flatMap(({ checks }) => [...checks]);
  const selected = input.selected ?? selectChecks(CHECKS, ofTopic, []);
  const context = contextOf(release);
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
        skipped: input.skipped,
        declined: input.declined,
        reader,
        context,
        signal,
        emit: input.emit,
      }),
      ...factsOf(trees).map(read),
    ]);
    // What is still being read is wanted no more, and would keep the report waiting.
    if (interruption.exitCode !== undefined) await reader.close();
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
    const { diagnoses, topics, unexplained } = found;
    await nextSlice();
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
      ...runFields(release, startedAt),
    });
    const judged =
      found.defects.length > 0 || hasDefect(results)
        ? 4
        : exitCodeOfDiagnosis(diagnoses, results, input.strict);
    const exitCode = interruption.exitCode ?? judged;
    return {
      ...report,
      exitCode,
      next: nextStep(diagnoses, unexplained, exitCode === 0 ? null : report.next, doctorCommand(context)),
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
  doctor: string,
): string | null {
  const command = first?.fix.find((fix) => fix.command !== null)?.command;
  if (command !== undefined && command !== null) return command;
  if (reported !== doctor) return reported;
  const id = check ?? first?.cause;
  return id === undefined ? null : `todo-k8s checks explain ${id}`;
}

function requirePod(name: string | undefined, { pods }: Facts): void {
  if (name === undefined || !pods?.ok || pods.value.some(({ metadata }) => metadata.name === name)) return;
  const names = pods.value.map(({ metadata }) => metadata.name);
  const known = names.length === 0 ? 'there is none' : `there are: ${names.slice(0, 20).join(', ')}`;
  throw new UsageError(`--pod: no pod of the backend is called '${name}'; ${known}`);
}

/** @param topic undefined: all of them */
export function treesOf(topic: Topic | undefined): readonly Tree[] {
  return TREES.filter((tree) => topic === undefined || tree.topic === topic);
}
