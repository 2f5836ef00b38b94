import { BaseCommand } from '../../cli/base-command.js';
import { doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Find the root cause, with evidence, and the fix';
  static override description =
    'Exit code: 0 healthy, 1 a cause was found, 2 wrong usage, 3 something could not be determined, 4 internal error.';
  static override examples = [
    { command: '<%= config.bin %> doctor', description: 'All topics, worst first:' },
    { command: '<%= config.bin %> doctor --watch', description: 'Follow the recovery:' },
  ];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    await runDoctor(flags, undefined, this.config.version, this.argv);
  }
}
