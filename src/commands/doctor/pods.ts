import { BaseCommand } from '../../cli/base-command.js';
import { DOCTOR_EXIT_CODES, doctorFlags, runDoctor } from '../../cli/doctor.js';

export default class DoctorPods extends BaseCommand {
  static override summary = 'Pods that do not start, or do not stay';
  static override description = DOCTOR_EXIT_CODES;
  static override examples = [
    '<%= config.bin %> doctor pods',
    '<%= config.bin %> doctor pods --pod POD --since 10m',
  ];
  static override flags = doctorFlags;

  /** @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say */
  async run(): Promise<void> {
    const { flags } = await this.parse(DoctorPods);
    await runDoctor(flags, 'pods', this.config, this.argv);
  }
}
