import { Flags } from '@oclif/core';
import { CHECKS } from '../../checks/index.js';
import { BaseCommand } from '../../cli/base-command.js';
import { colorFlag } from '../../cli/flags.js';
import { fromFlag, judgeBundle } from '../../cli/judged-bundle.js';
import { stdoutStyle } from '../../cli/stdout-style.js';
import { LIST_FORMATS, renderList, type ListFormat } from '../../report/list.js';
import { writeStdout } from '../../report/write.js';

export default class ChecksList extends BaseCommand {
  static override summary = 'List every check';
  static override examples = [
    '<%= config.bin %> checks list',
    '<%= config.bin %> checks list -o json',
    '<%= config.bin %> checks list --from bundle.tgz',
  ];
  static override flags = {
    output: Flags.option({
      char: 'o',
      description: 'Form of the output',
      options: LIST_FORMATS,
      default: 'text' as ListFormat,
    })(),
    from: fromFlag,
    color: colorFlag,
  };

  /** @throws BundleError */
  async run(): Promise<void> {
    const { flags } = await this.parse(ChecksList);
    const bundle = flags.from === undefined ? undefined : await judgeBundle(flags.from, this.config.version);
    const checks = CHECKS.map(({ meta }) => {
      const check = meta as { id: string; title: string; severity: 'error'; contractSection: string };
      const result = bundle?.report.checks.find(({ id }) => id === check.id);
      const message = result?.findings[0]?.message ?? result?.message ?? '';
      return { ...check, ...(result && { judged: { status: result.status, message } }) };
    });
    await writeStdout(process.stdout, await renderList(checks, flags.output, stdoutStyle(flags.color)));
  }
}
