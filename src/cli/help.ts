/** What --help prints: examples before flags, commands and flags in the order in which they are needed. */
import { CommandHelp, Help, type Command, type Interfaces } from '@oclif/core';

/** First what everybody types; what is not named follows by name. */
const COMMANDS: readonly string[] = [
  'verify',
  'doctor',
  'loadbalance',
  'collect',
  'diff',
  'fleet',
  'explain',
  'checks',
  'contract',
  'lab',
  'completion',
  'help',
];
/** `completion` does what it does. */
const LEFT_OUT: readonly string[] = ['autocomplete'];
const GROUPS: readonly string[] = [
  'CHECKS',
  'DIAGNOSIS',
  'LOAD',
  'REQUEST',
  'JUDGEMENT',
  'ATTRIBUTION',
  'CLUSTER',
  'RELEASE',
  'REPORTS',
  'OUTPUT',
  'MANIFEST',
  'CONTRACT',
  'ROUTE',
  'BUNDLE',
];
/** Those of a command, in this order; the others follow. */
const SECTIONS: readonly string[] = ['USAGE', 'EXAMPLES', 'ARGUMENTS', 'FLAGS', 'DESCRIPTION'];

/** Of the program, as those of a command are written. */
const FIRST_EXAMPLES: readonly { description: string; command: string }[] = [
  { description: 'Is it up, and is it as it should be?', command: '<%= config.bin %> verify' },
  { description: 'Why does it not work, and what puts it right?', command: '<%= config.bin %> doctor' },
  {
    description: 'Which pod serves each request, and is that even?',
    command: '<%= config.bin %> loadbalance',
  },
  {
    description: 'Without a cluster: an embedded one with a fault in it',
    command: '<%= config.bin %> doctor --lab=crash-loop',
  },
];

/** Of two names in a list; what it does not have comes last, by name. */
function byPlace(list: readonly string[]): (a: string, b: string) => number {
  const place = (name: string) => (list.includes(name) ? list.indexOf(name) : list.length);
  return (a, b) => place(a) - place(b) || a.localeCompare(b);
}

/** kubectl's way: what it is for as a comment, the command below it. */
function exampleLines(examples: readonly (string | { description: string; command: string })[]): string {
  return examples
    .map((example) =>
      typeof example === 'string'
        ? example
        : `# ${example.description.replace(/:$/, '')}\n${example.command}`,
    )
    .join('\n');
}

/** oclif takes the space of a missing letter away from the first line. */
function lettersFirst(flags: readonly Command.Flag.Any[]): Command.Flag.Any[] {
  return [...flags].sort((a, b) => Number(b.char !== undefined) - Number(a.char !== undefined));
}

class OrderedCommandHelp extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const order = byPlace(SECTIONS);
    return super.sections().sort((a, b) => order(a.header, b.header));
  }

  /** Not every combination of flags: a wall of brackets says less than the examples below it. */
  protected override defaultUsage(): string {
    const { id, args, flags } = this.command;
    const words = Object.values(args)
      .filter(({ hidden }) => hidden !== true)
      .map((arg) => this.arg(arg));
    const hasFlags = Object.values(flags).some(({ hidden }) => hidden !== true);
    return [id, ...words, ...(hasFlags ? ['[FLAGS]'] : [])].join(' ');
  }

  protected override examples(examples: Command.Example[] | undefined | string): string | undefined {
    if (examples === undefined || examples.length === 0) return undefined;
    return this.render(exampleLines(typeof examples === 'string' ? [examples] : examples));
  }

  protected override groupFlags(flags: Command.Flag.Any[]): ReturnType<CommandHelp['groupFlags']> {
    const { mainFlags, flagGroups } = super.groupFlags(flags);
    const names = Object.keys(flagGroups).sort(byPlace(GROUPS));
    return {
      mainFlags: lettersFirst(mainFlags),
      flagGroups: Object.fromEntries(names.map((name) => [name, lettersFirst(flagGroups[name] ?? [])])),
    };
  }
}

/** oclif loads it by `helpClass` in package.json. */
export default class ProgramHelp extends Help {
  protected override CommandHelpClass: typeof CommandHelp = OrderedCommandHelp;

  constructor(config: Interfaces.Config, options: Partial<Interfaces.HelpOptions> = {}) {
    // Flags stay as their command has them: those that are needed most come first.
    super(config, { ...options, flagSortOrder: 'none' });
  }

  protected override get sortedCommands(): Command.Loadable[] {
    const order = byPlace(COMMANDS);
    return super.sortedCommands
      .filter(({ id }) => !LEFT_OUT.includes(id.split(':')[0] ?? ''))
      .sort((a, b) => order(a.id, b.id));
  }

  override formatRoot(): string {
    const { bin, pjson, version } = this.config;
    const { description = '' } = pjson as { description?: string };
    return [
      this.wrap(this.render(description)),
      this.section('USAGE', this.wrap(`$ ${bin} COMMAND [FLAGS]`)),
      this.section('EXAMPLES', this.render(exampleLines(FIRST_EXAMPLES))),
      this.section('VERSION', version),
    ].join('\n\n');
  }

  /** One list: a group of commands beside those that have none. */
  protected override async showRootHelp(): Promise<void> {
    const named = new Map<string, string>();
    for (const { id, summary, description = '' } of this.sortedCommands)
      if (!id.includes(':')) named.set(id, (summary ?? description).split('\n')[0] ?? '');
    for (const { name, description = '' } of this.sortedTopics)
      if (!named.has(name)) named.set(name, description);
    const rows = [...named].sort(([a], [b]) => byPlace(COMMANDS)(a, b));
    this.log(this.formatRoot());
    this.log('');
    this.log(
      this.section(
        'COMMANDS',
        this.renderList(
          rows.map(([name, words]) => [name, this.render(words)]),
          {
            indentation: 2,
            spacer: '\n',
            ...(this.opts.stripAnsi !== undefined && { stripAnsi: this.opts.stripAnsi }),
          },
        ),
      ),
    );
    this.log('');
    this.log(`The flags of a command: ${this.config.bin} COMMAND --help`);
    return Promise.resolve();
  }
}
