/** What `doctor` and its topics share: their flags, and what they do with them. */
import { Flags, type Config } from '@oclif/core';
import type { Topic } from '../rule/diagnosis.js';
import type { LookOptions } from '../rule/look.js';
import type { RunOptions } from '../evidence/bundle/manifest.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import { DOCTOR_RENDERERS } from '../report/outputs.js';
import { createProgress } from '../report/progress.js';
import { streamStyle } from './stream-style.js';
import { factsOf } from '../engine/diagnose.js';
import { diagnoseRelease, treesOf } from './diagnosis.js';
import { examine, type ExamineFlags } from './examine.js';
import {
  bundleFlags,
  connectionFlags,
  contractFlags,
  diagnosisFlags,
  durationFlag,
  outputFlags,
  publishFlags,
  quietFlag,
  releaseFlags,
  routeFlags,
  strictFlag,
} from './flags.js';
import { observeMemory } from './observation.js';
import type { ReplayedRun } from './release.js';

export const DOCTOR_EXIT_CODES =
  'Reads the cluster and the backend’s HTTP endpoints, never writes. ' +
  'Exit code: 0 healthy, 1 a cause was found, 2 wrong usage, 3 something could not be determined, 4 internal error.';

export const doctorFlags = {
  ...connectionFlags,
  ...releaseFlags,
  ...diagnosisFlags,
  observe: durationFlag({
    description: 'Watch memory use for so long first, such as 30s, to tell whether it grows',
    exclusive: ['from'],
    helpGroup: 'DIAGNOSIS',
  }),
  strict: { ...strictFlag, description: 'Causes that only warn fail the run', helpGroup: 'DIAGNOSIS' },
  watch: Flags.boolean({
    char: 'w',
    description: 'Look again and again until it is healthy, or Ctrl-C',
    exclusive: ['record'],
    helpGroup: 'DIAGNOSIS',
  }),
  ...contractFlags,
  ...bundleFlags,
  ...routeFlags,
  ...outputFlags,
  ...publishFlags,
  quiet: quietFlag,
};

interface DoctorFlags extends ExamineFlags {
  pod?: string;
  since?: number;
  observe?: number;
  strict: boolean;
}

/**
 * @param topic undefined: all of them
 * @param argv as it was typed
 * @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say
 */
export async function runDoctor(
  flags: DoctorFlags,
  topic: Topic | undefined,
  config: Pick<Config, 'version' | 'dataDir'>,
  argv: readonly string[],
): Promise<void> {
  const { version } = config;
  // What is watched for a while is read anew.
  const ahead = flags.observe === undefined ? new Set(factsOf(treesOf(topic))) : undefined;
  await examine({
    flags: { ...flags, ...(ahead && { ahead }) },
    argv,
    config,
    command: topic === undefined ? 'doctor' : `doctor ${topic}`,
    renderers: DOCTOR_RENDERERS,
    enough: (reports) => reports.every(({ exitCode }) => exitCode === 0),
    look: async (release, hooks) => {
      const trend =
        flags.observe === undefined
          ? undefined
          : await observe(flags.observe, flags, () => release.observe(), hooks.interruption.signal);
      const options = runOptions(flags, trend, release.replayed);
      const report = await diagnoseRelease({
        version,
        release,
        topic,
        options: options.doctor,
        declined: new Map(Object.entries(options.declined) as [EvidenceKey, string][]),
        strict: options.strict,
        ...hooks,
      });
      return { report, options };
    },
  });
}

/** Says on a terminal how far it is: of several releases side by side each would write over the others. */
async function observe(
  forMs: number,
  flags: DoctorFlags,
  reader: Parameters<typeof observeMemory>[0],
  signal: AbortSignal,
): Promise<LookOptions['trend']> {
  const { env, stderr } = process;
  const isOne = !flags['all-releases'] && flags['all-namespaces'] !== true;
  const style = streamStyle(stderr, flags);
  const progress = createProgress(stderr, stderr.isTTY && isOne && !flags.verbose, style, env);
  try {
    return await observeMemory(reader, forMs, signal, (goneMs) =>
      progress?.show('watching memory, seconds', Math.round(goneMs / 1000), Math.round(forMs / 1000), []),
    );
  } finally {
    progress?.stop();
  }
}

/** A replay takes over what the recorded run was asked for, so that it comes to the same. */
function runOptions(
  { exec, pod, since, strict }: DoctorFlags,
  trend: LookOptions['trend'],
  replayed: ReplayedRun | undefined,
): Required<Pick<RunOptions, 'strict' | 'declined' | 'doctor'>> {
  const recorded = replayed?.options;
  const from = replayed?.startedAt ?? Date.now();
  return {
    strict: strict || recorded?.strict === true,
    declined: { ...recorded?.declined, ...(exec ? {} : { inPod: '--no-exec' }) },
    doctor: {
      pod: pod ?? recorded?.doctor?.pod,
      since: since === undefined ? recorded?.doctor?.since : from - since,
      trend: trend ?? recorded?.doctor?.trend,
    },
  };
}
