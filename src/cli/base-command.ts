/** What every command does alike: how flags are read, and how an error becomes a message and an exit code. */
import { Command, Errors } from '@oclif/core';
import { foreign } from '../evidence/bundle/foreign.js';
import { FAILURE, failureText, tell, tellStack } from './failure.js';

/** Errors with a message for the user and an exit code, 2 unless they say another. */
const KNOWN_ERRORS = new Set([
  'UsageError',
  'SelectionError',
  'ContractError',
  'KubeconfigError',
  'OutputError',
  'UnknownScenarioError',
  'BundleError',
  'NoTemporaryFolderError',
]);

export abstract class BaseCommand extends Command {
  /** Gives a bare `--lab` its default, which oclif's flags cannot have: `--lab` is `--lab=healthy`. */
  protected override init(): Promise<void> {
    foreign.file = undefined;
    this.argv = this.argv.map((arg) => (arg === '--lab' ? '--lab=healthy' : arg));
    return super.init();
  }

  /** Exit codes: 2 wrong usage, 4 a defect of this program. Never prints a whole error object: it may hold secrets. */
  protected override catch(error: Error & { exitCode?: number }): Promise<void> {
    if (error instanceof Errors.CLIError) throw error;
    const { file } = foreign;
    // Checksums say that a file is whole, not that what is in it makes sense: whoever made it may have made that, too.
    const isMalformed = file !== undefined && (error instanceof TypeError || error instanceof RangeError);
    const isKnown = KNOWN_ERRORS.has(error.name) || isMalformed;
    const message = isMalformed
      ? `${file}: its evidence is not in the form in which this todo-k8s records it`
      : plain(error.message);
    process.exitCode = isKnown ? (error.exitCode ?? 2) : FAILURE;
    tell(`todo-k8s: ${isKnown ? message : failureText(error)}`);
    if (!isKnown || isMalformed) tellStack(error);
    return Promise.resolve();
  }
}

/** A message without what oclif puts around those of a flag's parser. */
function plain(message: string): string {
  return message.replace(/^Parsing (--[\w-]+) \n\t([^]*)\nSee more help with --help$/, '$1: $2');
}
