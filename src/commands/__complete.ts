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
    const typed = this.argv[0] === '--' ? this.argv.slice(1) : this.argv;
    const { candidates, files } = await complete(typed.length === 0 ? [''] : typed, this.config);
    const lines = candidates.map(({ word, meaning }) =>
      meaning === undefined ? word : `${word}\t${meaning.replace(/\s+/g, ' ')}`,
    );
    await writeStdout(process.stdout, printed(`${[...lines, files ? FILES : NO_FILES].join('\n')}\n`));
  }
}
