import { BaseCommand } from '../../cli/base-command.js';
import { doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class DoctorMemory extends BaseCommand {
  static override summary = 'High memory use, OOMKilled, evictions';
  static override description =
    'Exit code: 0 healthy, 1 a cause was found, 2 wrong usage, 3 something could not be determined, 4 internal error.';
  static override examples = ['<%= config.bin %> doctor memory', '<%= config.bin %> doctor memory --pod POD'];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(DoctorMemory);
    await runDoctor(flags, 'memory', this.config.version, this.argv);
  }
}
