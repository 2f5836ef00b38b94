import { Flags } from '@oclif/core';
import { CHECKS } from '../checks/index.js';
import { BaseCommand } from '../cli/base-command.js';
import {
  bundleFlags,
  connectionFlags,
  contractFlags,
  durationFlag,
  outputFlags,
  releaseFlags,
  routeFlags,
} from '../cli/flags.js';
import { Interruption, sleep } from '../cli/interruption.js';
import { saveBundle, savedLine } from '../cli/recording.js';
import { openSession, type Release, type ReplayedRun, type Session } from '../cli/session.js';
import { UsageError } from '../cli/usage-error.js';
import { verifyRelease } from '../cli/verification.js';
import type { Report } from '../engine/report.js';
import { selectChecks } from '../engine/select.js';
import type { RunOptions } from '../evidence/bundle/manifest.js';
import type { EvidenceKey } from '../evidence/evidence.js';
import { createLive } from '../report/live.js';
import { checkOutputs, parseOutputs, type Output } from '../report/outputs.js';
import { decideStyle, type Style } from '../report/style.js';
import { readerHasGone, writeReport } from '../report/write.js';

/** Milliseconds between two reports of --watch. */
const WATCH_STEP_MS = 5000;
/** What --all-releases replaces in the name of an output file. */
const RELEASE_PLACE = '{release}';

export default class Verify extends BaseCommand {
  static override summary = 'Verify that the deployment keeps its contract';
  static override description =
    'Reads the cluster and the backend’s HTTP endpoints, never writes. ' +
    'Exit code: 0 all passed, 1 a check failed, 2 wrong usage, 3 something could not be determined, 4 internal error.';
  static override examples = [
    { command: '<%= config.bin %> verify', description: 'The release in the context’s namespace:' },
    { command: '<%= config.bin %> verify --lab', description: 'Without a cluster, on an embedded one:' },
    {
      command: '<%= config.bin %> verify --wait 120s -o junit=report.xml',
      description: 'In CI, after helm upgrade:',
    },
    {
      command: '<%= config.bin %> verify --only service,functional -o wide',
      description: 'Some suites, every check:',
    },
  ];
  static override flags = {
    ...connectionFlags,
    ...releaseFlags,
    only: Flags.string({
      description: 'Only these checks or suites; * stands for any characters',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      helpGroup: 'CHECKS',
    }),
    skip: Flags.string({
      description: 'Leave out these checks or suites',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      helpGroup: 'CHECKS',
    }),
    strict: Flags.boolean({ description: 'Warnings fail the run', helpGroup: 'CHECKS' }),
    wait: durationFlag({
      description: 'Observe again until it passes, at most this long, such as 120s',
      default: 0,
      defaultHelp: () => Promise.resolve(undefined as unknown as string),
      helpGroup: 'CHECKS',
    }),
    watch: Flags.boolean({
      description: 'Verify again and again until Ctrl-C',
      exclusive: ['wait', 'record'],
      helpGroup: 'CHECKS',
    }),
    ...contractFlags,
    ...bundleFlags,
    ...routeFlags,
    ...outputFlags,
  };

  /** @throws UsageError, SelectionError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Verify);
    const outputs = parseOutputs(flags.output ?? [], process.cwd());
    checkOutputs([...outputs, { file: flags.record }]);
    // What names no check is told before anything is asked of a cluster.
    const choice = { only: flags.only ?? [], skip: flags.skip ?? [] };
    selectChecks(CHECKS, choice.only, choice.skip);
    const { env, stderr, stdout } = process;
    const style = (stream: NodeJS.WriteStream) =>
      decideStyle({ isTTY: stream.isTTY, columns: stream.columns, env, color: flags.color });
    // Lines of --verbose and a live display would write over each other.
    const isTTY = stderr.isTTY && !flags.verbose;
    const live = createLive({ screen: stderr, isTTY, style: style(stderr), env });

    const interruption = new Interruption();
    let session: Session | undefined;
    try {
      session = await openSession(flags, interruption.signal);
      if (session.releases.length > 1) requirePlaces(outputs, flags.record);
      let watching: boolean;
      do {
        const reports: { release: Release; report: Report; options: Required<Omit<RunOptions, 'load'>> }[] =
          [];
        for (const release of session.releases) {
          const options = runOptions(flags, choice, release.replayed);
          const report = await verifyRelease({
            version: this.config.version,
            release,
            selected: selectChecks(CHECKS, options.only, options.skip),
            declined: new Map(Object.entries(options.declined) as [EvidenceKey, string][]),
            strict: options.strict,
            waitMs: flags.wait,
            interruption,
            emit: (event) => live?.onEvent(event),
          });
          reports.push({ release, report, options });
        }
        live?.stop();
        if (flags.watch && stdout.isTTY) stdout.write('\u001b[H\u001b[2J\u001b[3J');
        for (const { release, report, options } of reports) {
          await this.show(report, outputs.map(placed(release)), style(stdout), session);
          const { file } = placed(release)({ file: flags.record });
          if (file === undefined) continue;
          const packed = await saveBundle({ file, session, release, report, argv: this.argv, options });
          stderr.write(savedLine(file, packed));
        }
        process.exitCode = interruption.exitCode ?? worst(reports.map(({ report }) => report.exitCode));
        watching = flags.watch && !readerHasGone(stdout);
        if (watching) await sleep(WATCH_STEP_MS, interruption.signal);
      } while (watching && interruption.exitCode === undefined);
      if (interruption.exitCode !== undefined) process.exitCode = interruption.exitCode;
    } finally {
      live?.stop();
      await session?.close();
      interruption.dispose();
    }
  }

  private async show(report: Report, outputs: Output[], style: Style, session: Session): Promise<void> {
    await writeReport(report, outputs, {
      stdout: process.stdout,
      style,
      redact: (text) => session.redactor.redact(text),
      stepSummary: process.env.GITHUB_STEP_SUMMARY,
    });
  }
}

/** A failure outranks what could not be determined. */
function worst(codes: number[]): number {
  return [4, 1, 3].find((code) => codes.includes(code)) ?? 0;
}

/**
 * What the run is to be: a replay without --only and --skip takes over what the recorded run was asked for, so that it
 * comes to the same.
 */
function runOptions(
  { exec, strict }: { exec: boolean; strict: boolean },
  choice: { only: string[]; skip: string[] },
  replayed: ReplayedRun | undefined,
): Required<Omit<RunOptions, 'load'>> {
  const own = choice.only.length > 0 || choice.skip.length > 0;
  const recorded = replayed?.options;
  return {
    only: own ? choice.only : (recorded?.only ?? []),
    skip: own ? choice.skip : (recorded?.skip ?? []),
    strict: strict || recorded?.strict === true,
    declined: { ...recorded?.declined, ...(exec ? {} : { inPod: '--no-exec' }) },
  };
}

function requirePlaces(outputs: readonly Output[], record: string | undefined): void {
  if (record?.includes(RELEASE_PLACE) === false) {
    throw new UsageError(`--record: with several releases the file's name must have ${RELEASE_PLACE} in it`);
  }
  const clash = outputs.find(({ file }) => file !== undefined && !file.includes(RELEASE_PLACE));
  if (clash) {
    throw new UsageError(
      `-o ${clash.format}: with several releases the file's name must have ${RELEASE_PLACE} in it`,
    );
  }
}

/** Puts the release's name into the name of a file. */
function placed(release: Release): <T extends { file?: string | undefined }>(output: T) => T {
  const name = release.target.release ?? release.target.names.deployment;
  return (output) => ({ ...output, file: output.file?.replaceAll(RELEASE_PLACE, name) });
}
