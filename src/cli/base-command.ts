/** What every command does alike: how flags are read, and how an error becomes a message and an exit code. */
import { Command, Errors, type Interfaces } from '@oclif/core';
import { FAILURE, failureText, tell, tellStack } from './failure.js';
import { withValues } from './bare-flags.js';
import { asArguments, defaultPhrase, defaultsFor, strayVariables, type Default } from './defaults.js';
import { parseProblem, plainly, usageLines, wordsOfObjects, type Usage } from './wrong-usage.js';

/** Errors with a message for the user and an exit code, 2 unless they say another. */
const KNOWN_ERRORS = new Set([
  'UsageError',
  'SelectionError',
  'ContractError',
  'KubeconfigError',
  'OutputError',
  'UnknownScenarioError',
  'BundleError',
  'ChartError',
  'ManifestError',
  'NoTemporaryFolderError',
]);

export abstract class BaseCommand extends Command {
  /** Flags that were not given, and who said what they are. */
  #defaults: Default[] = [];

  protected override async init(): Promise<void> {
    const { flags, args } = this.usage();
    this.argv = await withValues(this.argv, { flags: Object.keys(flags), args: Object.keys(args) });
    const called = { id: this.id ?? '', argv: this.argv, flags: flags as Interfaces.FlagInput };
    this.#defaults = await defaultsFor(called, process.env, process.cwd());
    this.argv = [...asArguments(this.#defaults, called.flags), ...this.argv];
    await super.init();
  }

  /** The flags know where their defaults came from: reports say it. */
  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const flags = wordsOfObjects(argv ?? this.argv);
    if (flags.length > 0) throw Object.assign(new Errors.CLIError('Nonexistent flag'), { flags });
    const parsed = await super.parse<F, B, A>(options, argv);
    Object.assign(parsed.flags, {
      defaults: this.#defaults.map(defaultPhrase),
      stray: strayVariables(process.env),
    });
    return parsed;
  }

  /** Exit codes: 2 wrong usage, 4 a defect of this program. Never prints a whole error object: it may hold secrets. */
  protected override catch(error: Error & { exitCode?: number }): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    if (error instanceof Errors.CLIError) {
      const usage = this.usage();
      tell(usageLines(this.#blamed(parseProblem(error, usage)), usage));
      process.exitCode = 2;
      return Promise.resolve();
    }
    const isKnown = KNOWN_ERRORS.has(error.name);
    process.exitCode = isKnown ? (error.exitCode ?? 2) : FAILURE;
    tell(`todo-k8s: ${isKnown ? this.#blamed(plainly(error.message)) : failureText(error)}`);
    if (!isKnown) tellStack(error);
    return Promise.resolve();
  }

  /** A value that nobody typed is told with where it stands. */
  #blamed(message: string): string {
    const own = this.#defaults.find(({ flag }) => new RegExp(`--${flag}\\b`).test(message));
    return own === undefined ? message : `${message} (${own.source})`;
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
          .filter((each) => !each.hidden && Object.hasOwn(each.flags, flag))
          .map(({ id }) => id.replaceAll(':', ' ')),
    };
  }
}
