import { BaseCommand } from '../../cli/base-command.js';
import { DOCTOR_EXIT_CODES, doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class DoctorMemory extends BaseCommand {
  static override summary = 'High memory use, OOMKilled, evictions';
  static override description = DOCTOR_EXIT_CODES;
  static override examples = [
    '<%= config.bin %> doctor memory',
    { command: '<%= config.bin %> doctor memory --observe 30s', description: 'Tell whether it grows:' },
  ];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(DoctorMemory);
    await runDoctor(flags, 'memory', this.config, this.argv);
  }
}
