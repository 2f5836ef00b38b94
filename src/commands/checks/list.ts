import { Flags } from '@oclif/core';
import { CHECKS } from '../../checks/index.js';
import { LOAD_CHECKS } from '../../checks/of-load-run.js';
import { BaseCommand } from '../../cli/base-command.js';
import { asciiFlag, colorFlag } from '../../cli/flags.js';
import { fromFlag, judgeBundle } from '../../cli/judged-bundle.js';
import { installChecks } from '../../planned/against/index.js';
import { streamStyle } from '../../cli/stream-style.js';
import {
  LIST_FORMATS,
  renderCauseList,
  renderList,
  type ListedCheck,
  type ListFormat,
} from '../../report/list.js';
import { writeStdout } from '../../report/write.js';
import { printed } from '../../report/printed.js';

export default class ChecksList extends BaseCommand {
  static override summary = 'List every check, or every cause that doctor names';
  static override examples = [
    '<%= config.bin %> checks list',
    '<%= config.bin %> checks list -o json',
    '<%= config.bin %> checks list --causes',
    '<%= config.bin %> checks list --from bundle.tgz',
  ];
  static override flags = {
    output: Flags.option({
      char: 'o',
      description: 'Form of the output',
      options: LIST_FORMATS,
      default: 'text' as ListFormat,
    })(),
    causes: Flags.boolean({
      description: 'The causes that doctor names, instead of the checks',
      exclusive: ['from'],
    }),
    from: fromFlag,
    color: colorFlag,
    ascii: asciiFlag,
  };

  /** @throws BundleError */
  async run(): Promise<void> {
    const { flags } = await this.parse(ChecksList);
    const style = streamStyle(process.stdout, flags);
    if (flags.causes) {
      const { EXPLAINED_CAUSES } = await import('../../causes/catalogue.js');
      const causes = EXPLAINED_CAUSES.map(({ id, title, severity, topic }) => ({
        id,
        title,
        severity,
        topic,
      }));
      await writeStdout(
        process.stdout,
        printed(await renderCauseList(causes, flags.output, style, process.stdout.isTTY)),
      );
      return;
    }
    const bundle = flags.from === undefined ? undefined : await judgeBundle(flags.from, this.config.version);
    // A bundle's evidence is judged as by verify.
    const checks = [...CHECKS, ...(bundle ? [] : [...LOAD_CHECKS, ...installChecks()])].map(({ meta }) => {
      const check = meta as ListedCheck;
      const result = bundle?.report.checks.find(({ id }) => id === check.id);
      const message = result?.findings[0]?.message ?? result?.message ?? '';
      return { ...check, ...(result && { judged: { status: result.status, message } }) };
    });
    await writeStdout(
      process.stdout,
      printed(await renderList(checks, flags.output, style, process.stdout.isTTY)),
    );
  }
}
