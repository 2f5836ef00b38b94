import { BaseCommand } from '../../cli/base-command.js';
import { DOCTOR_EXIT_CODES, doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class DoctorDb extends BaseCommand {
  static override summary = 'Database connections that fail';
  static override description = DOCTOR_EXIT_CODES;
  static override examples = [
    '<%= config.bin %> doctor db',
    { command: '<%= config.bin %> doctor db --watch', description: 'Follow the recovery:' },
  ];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(DoctorDb);
    await runDoctor(flags, 'db', this.config, this.argv);
  }
}
