/** oclif's hook for a command that does not exist: what was probably meant, and exit code 2, as for all wrong usage. */
import type { Hook } from '@oclif/core';
import didYouMean from '@oclif/plugin-not-found';
import { nearest } from '../contract/nearest.js';

/** What the plugin ends with, as a shell does. Elsewhere than on a terminal it keeps to itself what was meant. */
const SHELL_NOT_FOUND = 127;

const hook: Hook.CommandNotFound = async function (options) {
  const { config, id } = options;
  // A flag in a command's place is taken for one.
  if (id.startsWith('-'))
    this.error(
      `${id} is no flag of ${config.bin}. Run ${config.bin} help for a list of available commands.`,
      {
        exit: 2,
      },
    );
  try {
    return await didYouMean.call(this, options);
  } catch (error) {
    // Thrown by the command that was meant, and run.
    if ((error as { oclif?: { exit?: number } }).oclif?.exit !== SHELL_NOT_FOUND) throw error;
    const words = (command: string) => command.replaceAll(':', ' ');
    const known = config.commands.filter(({ hidden }) => !hidden).map((command) => words(command.id));
    const meant = nearest(words(id), known);
    const topic = config.findTopic(id.split(':')[0] ?? '') ? ` ${id.split(':')[0]}` : '';
    this.error(
      `${meant === undefined ? '' : `Did you mean "${meant}"? `}Run ${config.bin} help${topic} for a list of available commands.`,
      { exit: 2 },
    );
  }
};

export default hook;
