import { Flags } from '@oclif/core';
import { CHECKS } from '../checks/index.js';
import { BaseCommand } from '../cli/base-command.js';
import { examine } from '../cli/examine.js';
import {
  connectionFlags,
  contractFlags,
  durationFlag,
  outputFlags,
  releaseFlags,
  routeFlags,
} from '../cli/flags.js';
import { verifyRelease } from '../cli/verification.js';
import { selectChecks } from '../engine/select.js';
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
      exclusive: ['wait'],
      helpGroup: 'CHECKS',
    }),
    ...contractFlags,
    ...routeFlags,
    ...outputFlags,
  };

  /** @throws UsageError, SelectionError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Verify);
    const selected = selectChecks(CHECKS, flags.only ?? [], flags.skip ?? []);
    const declined = new Map<EvidenceKey, string>(flags.exec ? [] : [['inPod', '--no-exec']]);
    await examine({
      flags,
      version: this.config.version,
      command: 'verify',
      look: (release, hooks) =>
        verifyRelease({
          version: this.config.version,
          release,
          selected,
          declined,
          strict: flags.strict,
          waitMs: flags.wait,
          ...hooks,
        }),
    });
  }
}
