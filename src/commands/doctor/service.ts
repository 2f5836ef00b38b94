import { BaseCommand } from '../../cli/base-command.js';
import { DOCTOR_EXIT_CODES, doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class DoctorService extends BaseCommand {
  static override summary = 'A backend that cannot be reached';
  static override description = DOCTOR_EXIT_CODES;
  static override examples = [
    '<%= config.bin %> doctor service',
    { command: '<%= config.bin %> doctor service --url http://localhost:8080', description: 'Your own URL:' },
  ];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(DoctorService);
    await runDoctor(flags, 'service', this.config, this.argv);
  }
}
