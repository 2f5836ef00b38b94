/** What `doctor` and its topics share: their flags, and what they do with them. */
import { Flags } from '@oclif/core';
import type { Topic } from '../diagnoses/diagnosis.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import { DOCTOR_RENDERERS } from '../report/outputs.js';
import { forSameTarget } from './command-line.js';
import { diagnoseRelease } from './diagnosis.js';
import { examine, type ExamineFlags } from './examine.js';
import {
  connectionFlags,
  contractFlags,
  durationFlag,
  outputFlags,
  releaseFlags,
  routeFlags,
} from './flags.js';

export const DOCTOR_EXIT_CODES =
  'Reads the cluster and the backend’s HTTP endpoints, never writes. ' +
  'Exit code: 0 healthy, 1 a cause was found, 2 wrong usage, 3 something could not be determined, 4 internal error.';

export const doctorFlags = {
  ...connectionFlags,
  ...releaseFlags,
  pod: Flags.string({ description: 'Look at this pod only', helpGroup: 'DIAGNOSIS' }),
  since: durationFlag({
    description: 'Events and log lines older than this are history, such as 30m',
    helpGroup: 'DIAGNOSIS',
  }),
  observe: durationFlag({
    description: 'Watch memory use for so long first, such as 30s, to tell whether it grows',
    helpGroup: 'DIAGNOSIS',
  }),
  strict: Flags.boolean({ description: 'Causes that only warn fail the run', helpGroup: 'DIAGNOSIS' }),
  watch: Flags.boolean({
    description: 'Look again and again until it is healthy, or Ctrl-C',
    helpGroup: 'DIAGNOSIS',
  }),
  ...contractFlags,
  ...routeFlags,
  ...outputFlags,
};

interface DoctorFlags extends ExamineFlags {
  pod?: string;
  since?: number;
  observe?: number;
  strict: boolean;
}

/**
 * @param topic undefined: all of them
 * @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say
 */
export async function runDoctor(
  flags: DoctorFlags,
  topic: Topic | undefined,
  version: string,
): Promise<void> {
  const declined = new Map<EvidenceKey, string>(flags.exec ? [] : [['inPod', '--no-exec']]);
  await examine({
    flags,
    renderers: DOCTOR_RENDERERS,
    enough: (reports) => reports.every(({ exitCode }) => exitCode === 0),
    look: (release, hooks) =>
      diagnoseRelease({
        version,
        release,
        topic,
        options: {
          pod: flags.pod,
          since: flags.since === undefined ? undefined : Date.now() - flags.since,
        },
        declined,
        strict: flags.strict,
        again: (command) => forSameTarget(command, flags),
        observeMs: flags.observe ?? 0,
        ...hooks,
      }),
  });
}
