import { BaseCommand } from '../cli/base-command.js';
import { complete } from '../cli/completion.js';
import { printed } from '../report/printed.js';
import { writeStdout } from '../report/write.js';

/** Directives as kubectl reads them of a plugin's completion: files fit here, too, or they do not. */
const FILES = ':0';
const NO_FILES = ':4';

export default class Complete extends BaseCommand {
  static override hidden = true;
  static override summary = 'What may stand at the cursor; for the scripts of completion';
  static override strict = false;

  async run(): Promise<void> {
    const [first = '', ...rest] = this.argv;
    const isKubectl = first === '--kubectl';
    const typed = isKubectl || first === '--' ? rest : this.argv;
    const { candidates, files } = await complete(typed.length === 0 ? [''] : typed, this.config);
    // kubectl’s scripts put the flag of `--flag=value` in front themselves.
    const [prefix = ''] = isKubectl ? (/^--[\w-]+=/.exec(typed.at(-1) ?? '') ?? []) : [];
    const lines = candidates.map(({ word, meaning }) => {
      const own = word.slice(prefix.length);
      return meaning === undefined ? own : `${own}\t${meaning.replace(/\s+/g, ' ')}`;
    });
    await writeStdout(process.stdout, printed(`${[...lines, files ? FILES : NO_FILES].join('\n')}\n`));
  }
}
