import { BaseCommand } from '../../cli/base-command.js';
import { DOCTOR_EXIT_CODES, doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class DoctorHealth extends BaseCommand {
  static override summary = 'Probes that fail, and the restarts that follow';
  static override description = DOCTOR_EXIT_CODES;
  static override examples = ['<%= config.bin %> doctor health'];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(DoctorHealth);
    await runDoctor(flags, 'health', this.config, this.argv);
  }
}
