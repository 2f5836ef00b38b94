/** Runs one of the lab's commands in a process of its own: `run-command.ts <lab|list> [argument…]`. */
import path from 'node:path';

const [name, ...argv] = process.argv.slice(2);
const root = path.resolve(import.meta.dirname, '../..');
const { default: command } =
  name === 'list'
    ? await import('../../src/commands/lab/list.js')
    : await import('../../src/commands/lab/index.js');
await command.run(argv, { root });
