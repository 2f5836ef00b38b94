/** What every command does alike: how flags are read, and how an error becomes a message and an exit code. */
import { Command, Errors } from '@oclif/core';
import { FAILURE, failureText, tell, tellStack } from './failure.js';
import { withValues } from './bare-flags.js';
import { parseProblem, plainly, usageLines, type Usage } from './wrong-usage.js';

/** Errors with a message for the user and an exit code, 2 unless they say another. */
const KNOWN_ERRORS = new Set([
  'UsageError',
  'SelectionError',
  'ContractError',
  'KubeconfigError',
  'OutputError',
  'UnknownScenarioError',
  'BundleError',
  'ManifestError',
  'NoTemporaryFolderError',
]);

export abstract class BaseCommand extends Command {
  protected override async init(): Promise<void> {
    const { flags, args } = this.usage();
    this.argv = await withValues(this.argv, { flags: Object.keys(flags), args: Object.keys(args) });
    await super.init();
  }

  /** Exit codes: 2 wrong usage, 4 a defect of this program. Never prints a whole error object: it may hold secrets. */
  protected override catch(error: Error & { exitCode?: number }): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    if (error instanceof Errors.CLIError) {
      const usage = this.usage();
      tell(usageLines(parseProblem(error, usage), usage));
      process.exitCode = 2;
      return Promise.resolve();
    }
    const isKnown = KNOWN_ERRORS.has(error.name);
    process.exitCode = isKnown ? (error.exitCode ?? 2) : FAILURE;
    tell(`todo-k8s: ${isKnown ? plainly(error.message) : failureText(error)}`);
    if (!isKnown) tellStack(error);
    return Promise.resolve();
  }

  private usage(): Usage {
    // A command without flags has not even an empty set of them.
    const { flags = {}, args = {} } = this.ctor as Partial<Pick<Command.Class, 'flags' | 'args'>>;
    const command = this.id?.replaceAll(':', ' ') ?? '';
    return {
      bin: this.config.bin,
      command,
      flags,
      args,
      owners: (flag) =>
        this.config.commands
          .filter((each) => !each.hidden && flag in each.flags)
          .map(({ id }) => id.replaceAll(':', ' ')),
    };
  }
}
