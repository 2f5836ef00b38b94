/** What every command does alike: how flags are read, and how an error becomes a message and an exit code. */
import { Command, Errors } from '@oclif/core';
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
    this.argv = this.argv.map((arg) => (arg === '--lab' ? '--lab=healthy' : arg));
    return super.init();
  }

  /** Exit codes: 2 wrong usage, 4 a defect of this program. Never prints a whole error object: it may hold secrets. */
  protected override catch(error: Error & { exitCode?: number }): Promise<void> {
    if (error instanceof Errors.CLIError) throw error;
    const isKnown = KNOWN_ERRORS.has(error.name);
    process.exitCode = isKnown ? (error.exitCode ?? 2) : FAILURE;
    tell(`todo-k8s: ${isKnown ? plain(error.message) : failureText(error)}`);
    if (!isKnown) tellStack(error);
    return Promise.resolve();
  }
}

/** A message without what oclif puts around those of a flag's parser. */
function plain(message: string): string {
  return message.replace(/^Parsing (--[\w-]+) \n\t([^]*)\nSee more help with --help$/, '$1: $2');
}
