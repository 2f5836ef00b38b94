import { Flags } from '@oclif/core';
import { CHECKS } from '../../checks/index.js';
import { BaseCommand } from '../../cli/base-command.js';
import { colorFlag } from '../../cli/flags.js';
import { stdoutStyle } from '../../cli/stdout-style.js';
import { LIST_FORMATS, renderList, type ListFormat } from '../../report/list.js';
import { writeStdout } from '../../report/write.js';

export default class ChecksList extends BaseCommand {
  static override summary = 'List every check';
  static override examples = ['<%= config.bin %> checks list', '<%= config.bin %> checks list -o json'];
  static override flags = {
    output: Flags.option({
      char: 'o',
      description: 'Form of the output',
      options: LIST_FORMATS,
      default: 'text' as ListFormat,
    })(),
    color: colorFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ChecksList);
    const checks = CHECKS.map(
      ({ meta }) => meta as { id: string; title: string; severity: 'error'; contractSection: string },
    );
    await writeStdout(process.stdout, await renderList(checks, flags.output, stdoutStyle(flags.color)));
  }
}
