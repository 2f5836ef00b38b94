import { existsSync } from 'node:fs';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { UsageError } from '../../cli/usage-error.js';
import { writeFileAtomically, writeStderr, writeStdout } from '../../report/write.js';
import { printed, printedLine } from '../../report/printed.js';

export default class ContractInit extends BaseCommand {
  static override summary = 'Write a commented contract file to begin with';
  static override description =
    'The file holds the written contract: change what is different for you, and pass it with --contract.';
  static override examples = [
    '<%= config.bin %> contract init',
    '<%= config.bin %> contract init contract.yaml',
  ];
  static override args = {
    file: Args.string({ description: 'File to write (default: standard output)' }),
  };
  static override flags = {
    force: Flags.boolean({ description: 'Overwrite the file if it exists' }),
  };

  /** @throws UsageError when the file exists (2); OutputError when it cannot be written (4) */
  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContractInit);
    const { commentedContract } = await import('../../contract/describe.js');
    if (args.file === undefined || args.file === '-') {
      await writeStdout(process.stdout, printed(commentedContract()));
      return;
    }
    if (!flags.force && existsSync(args.file)) {
      throw new UsageError(`${args.file} exists; --force overwrites it`);
    }
    writeFileAtomically(args.file, printed(commentedContract()));
    writeStderr(printedLine(`Wrote ${args.file}. Next: todo-k8s contract show --contract ${args.file}`));
  }
}
