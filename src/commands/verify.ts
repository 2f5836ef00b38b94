import { Flags } from '@oclif/core';
import { CHECKS } from '../checks/index.js';
import { BaseCommand } from '../cli/base-command.js';
import { examine } from '../cli/examine.js';
import {
  bundleFlags,
  connectionFlags,
  contractFlags,
  durationFlag,
  fleetFlags,
  outputFlags,
  publishFlags,
  plannedFlags,
  quietFlag,
  releaseFlags,
  routeFlags,
  strictFlag,
} from '../cli/flags.js';
import { areSeveral, type ReplayedRun } from '../cli/release.js';
import { UsageError } from '../cli/usage-error.js';
import { verifyRelease } from '../cli/verification.js';
import { DIAGNOSED_RENDERERS } from '../report/outputs.js';
import { factsRead, selectChecks, matching } from '../engine/select.js';
import { printedLine } from '../report/printed.js';
import { writeStderr } from '../report/write.js';
import type { RunOptions } from '../evidence/bundle/manifest.js';
import type { EvidenceKey } from '../evidence/evidence.js';

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
    { command: '<%= config.bin %> verify --diagnose', description: 'And why, where it does not pass:' },
    {
      command: '<%= config.bin %> verify --only service,functional -o wide',
      description: 'Some suites, every check:',
    },
  ];
  static override flags = {
    ...plannedFlags,
    ...connectionFlags,
    ...releaseFlags,
    ...fleetFlags,
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
    strict: strictFlag,
    wait: durationFlag({
      description: 'Observe again until it passes, at most this long, such as 120s (without a time: 5m)',
      default: 0,
      defaultHelp: () => Promise.resolve(undefined as unknown as string),
      helpGroup: 'CHECKS',
    }),
    timeout: durationFlag({
      description: 'With --wait: at most this long (5m without it)',
      helpGroup: 'CHECKS',
    }),
    diagnose: Flags.boolean({
      description: 'Where it does not pass: say why, as doctor does',
      exclusive: ['manifests', 'chart', 'against'],
      helpGroup: 'CHECKS',
    }),
    watch: Flags.boolean({
      char: 'w',
      description: 'Verify again and again until Ctrl-C',
      exclusive: ['wait', 'record'],
      helpGroup: 'CHECKS',
    }),
    ...contractFlags,
    ...bundleFlags,
    ...routeFlags,
    ...outputFlags,
    ...publishFlags,
    quiet: quietFlag,
  };

  /** @throws UsageError, SelectionError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Verify);
    if (flags.timeout !== undefined && flags.wait === 0) throw new UsageError('--timeout needs --wait');
    if (flags.timeout !== undefined && flags.timeout !== flags.wait)
      throw new UsageError(
        '--wait and --timeout say different times: --wait without one takes that of --timeout',
      );
    if (flags.against !== undefined && flags.manifests === undefined && flags.chart === undefined)
      throw new UsageError('--against needs what would be applied: --manifests or --chart');
    if (flags.shard !== undefined && !areSeveral(flags))
      throw new UsageError('--shard needs many releases: -A, --all-releases, --contexts or --releases-from');
    const checks =
      flags.against === undefined
        ? CHECKS
        : [...CHECKS, ...(await import('../planned/against/index.js')).installChecks()];
    // What names no check is told before anything is asked of a cluster.
    const choice = { only: flags.only ?? [], skip: flags.skip ?? [] };
    const ids = selectChecks(checks, choice.only, choice.skip);
    const waited: string[] = [];
    await examine({
      flags: { ...flags, ahead: factsRead(checks, ids) },
      argv: this.argv,
      config: this.config,
      command: 'verify',
      ...(flags.diagnose && { renderers: DIAGNOSED_RENDERERS }),
      look: async (release, hooks) => {
        const options = runOptions(flags, choice, release.replayed);
        const run = {
          version: this.config.version,
          release,
          selected: selectChecks(checks, options.only, options.skip),
          skipped: matching(checks, options.skip),
          declined: new Map(Object.entries(options.declined) as [EvidenceKey, string][]),
          strict: options.strict,
          ...hooks,
        };
        const verified = await verifyRelease({
          ...run,
          waitMs: flags.wait,
          onWaited: (why) =>
            waited.push(`${release.target.release ?? release.target.names.deployment}: ${why}`),
        });
        if (!flags.diagnose) return { report: verified, options };
        const { withCauses } = await import('../cli/diagnosed.js');
        const doctor = { topic: undefined, options: release.replayed?.options.doctor ?? {} };
        return { report: await withCauses(verified, { ...run, ...doctor }), options };
      },
    });
    // Last, because the last line is what stays on the screen.
    for (const line of waited) writeStderr(printedLine(line));
  }
}

/**
 * What the run is to be: a replay without --only and --skip takes over what the recorded run was asked for, so that it
 * comes to the same.
 */
function runOptions(
  { exec, strict }: { exec: boolean; strict: boolean },
  choice: { only: string[]; skip: string[] },
  replayed: ReplayedRun | undefined,
): Required<Pick<RunOptions, 'only' | 'skip' | 'strict' | 'declined'>> {
  const own = choice.only.length > 0 || choice.skip.length > 0;
  const recorded = replayed?.options;
  return {
    only: own ? choice.only : (recorded?.only ?? []),
    skip: own ? choice.skip : (recorded?.skip ?? []),
    strict: strict || recorded?.strict === true,
    declined: { ...recorded?.declined, ...(exec ? {} : { inPod: '--no-exec' }) },
  };
}
