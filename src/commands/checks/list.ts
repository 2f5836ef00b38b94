import { Command } from '@oclif/core';
export default class List extends Command {
  static override description = 'List every check';
  // eslint-disable-next-line @typescript-eslint/require-await
  async run(): Promise<void> {
    this.log('x');
  }
}
