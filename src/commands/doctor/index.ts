import { BaseCommand } from '../../cli/base-command.js';
import { DOCTOR_EXIT_CODES, doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Find the root cause, with evidence, and the fix';
  static override description = DOCTOR_EXIT_CODES;
  static override examples = [
    { command: '<%= config.bin %> doctor', description: 'All topics, worst first:' },
    { command: '<%= config.bin %> doctor --watch', description: 'Follow the recovery:' },
    {
      command: '<%= config.bin %> doctor --lab=crash-loop',
      description: 'Without a cluster, on an embedded one:',
    },
  ];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    await runDoctor(flags, undefined, this.config, this.argv);
  }
}
