/** Wrong usage in three lines: what is wrong with a suggestion, how it is written, and where the rest is. */
import type { Command } from '@oclif/core';
import { nearest } from '../contract/nearest.js';

/** What of a command is needed to say how it is used; oclif's classes, its manifest and tests have it alike. */
export interface Usage {
  bin: string;
  /** As it is typed: `checks explain`; empty for the program itself. */
  command: string;
  flags: Record<string, UsableFlag>;
  args: Record<string, { required?: boolean | undefined }>;
  /** The commands that have a flag, by its name. */
  owners: (flag: string) => string[];
}

type UsableFlag = Pick<Command.Flag.Any, 'char' | 'hidden' | 'type'> & { allowNo?: boolean };

/** What other programs of the same trade call our flags. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ctx: '--context',
    debug: '--verbose',
    file: '--values',
    format: '--output',
    json: '-o json',
    'kube-context': '--context',
    'kube-config': '--kubeconfig',
    ns: '--namespace',
    project: '--namespace',
    scenario: '--lab=NAME',
    silent: '--quiet',
    user: '--as',
    yaml: '-o yaml',
  }),
);

/** Letters of a name that are enough to know what it was to become: `--name` for `--namespace`. */
const SHORTEST_PREFIX = 3;
/** Suggestions that are made for one letter. */
const MOST_SUGGESTED = 3;

/** @param message from `parseProblem`, or any sentence about the arguments */
export function usageLines(
  message: string,
  usage: Pick<Usage, 'bin' | 'command' | 'args' | 'flags'>,
): string {
  const { bin, command, args, flags } = usage;
  const called = [bin, command].filter((word) => word !== '').join(' ');
  const places = Object.entries(args).map(([name, { required }]) => (required ? `<${name}>` : `[${name}]`));
  const hasFlags = command === '' || Object.keys(flags).length > 0;
  const line = [called, ...(command === '' ? ['COMMAND'] : []), ...places, ...(hasFlags ? ['[flags]'] : [])];
  return `${bin}: ${message}\nUsage: ${line.join(' ')}\nSee: ${called} --help`;
}

/**
 * Flags like `--constructor`, as they were typed. oclif looks flags up in a plain object, which has such words of its own, and
 * would take them for flags of the command.
 */
export function wordsOfObjects(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.slice(0, end).filter((word) => {
    const [name = ''] = word.slice(2).split('=', 1);
    return word.startsWith('--') && name in Object.prototype;
  });
}

/** What oclif answers without a look at flags: its version, its help, and the commands of a topic that is no command itself. */
const ANSWERED_ANYWAY: ReadonlyMap<string, readonly string[]> = new Map<string, string[]>([
  ['version', []],
  ['--version', []],
  ['-V', []],
  ['checks', []],
  ['contract', []],
  ['help', ['--nested-commands', '-n']],
]);
const HELP = ['--help', '-h'];

/** What is said of a flag that oclif would overlook; undefined where there is none. */
export function overlookedFlag([word = '', ...rest]: readonly string[], bin: string): string | undefined {
  const known = ANSWERED_ANYWAY.get(word);
  if (known === undefined || rest.some((each) => HELP.includes(each))) return undefined;
  const isTopic = word === 'checks' || word === 'contract';
  // Behind a word that follows the topic's they are that command's own.
  const own = isTopic ? rest.slice(0, 1) : rest;
  const flag = own
    .map((each) => each.split('=', 1)[0] ?? '')
    .find((each) => each.startsWith('-') && each !== '--' && !known.includes(each));
  if (flag === undefined) return undefined;
  const flags = { help: { char: 'h', type: 'boolean' } } as const;
  const usage: Usage = { bin, command: '', args: {}, flags, owners: () => [] };
  return usageLines(unknownFlag(flag, usage), {
    ...usage,
    ...(isTopic && { command: word, args: { command: { required: true } }, flags: {} }),
  });
}

/**
 * What is wrong with the arguments, in our words.
 * @param error what oclif's parser threw
 */
export function parseProblem(error: Error & { flags?: unknown; args?: unknown }, usage: Usage): string {
  const { flags, args, message } = error;
  if (message.startsWith('Nonexistent flag') && Array.isArray(flags))
    // Without its value, which may be secret.
    return sentences((flags as string[]).map((flag) => unknownFlag(flag.split('=', 1)[0] ?? '', usage)));
  if (message.startsWith('Unexpected argument') && Array.isArray(args))
    return unexpected((args as string[])[0] ?? '', usage);
  if (message.startsWith('Missing') && Array.isArray(args)) {
    const [first] = args as { name: string; description?: string }[];
    const meaning = first?.description === undefined ? '' : `: ${lowerFirst(first.description)}`;
    return `<${first?.name ?? ''}> is missing${meaning}`;
  }
  return reworded(message);
}

function unknownFlag(flag: string, usage: Usage): string {
  const [owner] = flag.startsWith('--') ? usage.owners(flag.slice(2)) : [];
  if (owner !== undefined) return `unknown flag ${flag}. It is a flag of ${usage.bin} ${owner}`;
  const meant = meantFlags(flag, usage);
  return `unknown flag ${flag}${meant.length > 0 ? `. Did you mean ${either(meant)}?` : ''}`;
}

/** The flags of this command that somebody who typed this may have meant, as they are typed. */
function meantFlags(flag: string, { flags }: Usage): string[] {
  const shown = Object.entries(flags).filter(([, { hidden }]) => !hidden);
  const typed = shown.flatMap(([name, { allowNo }]) => [`--${name}`, ...(allowNo ? [`--no-${name}`] : [])]);
  if (!flag.startsWith('--')) {
    const letter = flag.slice(1, 2);
    // The other case of a letter is a slip of the shift key.
    const shifted = shown.find(
      ([, { char }]) => char !== letter && char?.toLowerCase() === letter.toLowerCase(),
    );
    if (shifted) return [`-${shifted[1].char ?? ''} (--${shifted[0]})`];
    return shown
      .filter(([name]) => name.startsWith(letter.toLowerCase()))
      .map(([name]) => `--${name}`)
      .slice(0, MOST_SUGGESTED);
  }
  const name = flag.slice(2);
  const known = ELSEWHERE.get(name);
  const [target = ''] = known?.split(/[= ]/, 1) ?? [];
  const has = (written: string) =>
    typed.includes(written) || shown.some(([, { char }]) => char !== undefined && written === `-${char}`);
  if (known !== undefined && has(target)) return [known];
  const close = nearest(
    name,
    typed.map((each) => each.slice(2)),
  );
  if (close !== undefined) return [`--${close}`];
  const longer = name.length < SHORTEST_PREFIX ? [] : typed.filter((each) => each.startsWith(flag));
  return longer.slice(0, MOST_SUGGESTED);
}

/** A word where the command takes none, or one more than it takes. */
function unexpected(word: string, { args, flags }: Usage): string {
  const what = `unexpected argument ${word}`;
  if (Object.keys(args).length === 0 && 'release' in flags) return `${what}. Did you mean --release ${word}?`;
  return what;
}

/** oclif's own sentences in those of this program; a value is left out, because it may be secret. */
function reworded(message: string): string {
  const plain = plainly(message);
  const [, option, given, options] = /^Expected (--\S+?)=([^]*) to be one of: ([^]*)$/.exec(plain) ?? [];
  if (option !== undefined && given !== undefined && options !== undefined) {
    const close = nearest(given, options.split(', '));
    return `${option}: '${given}' is none of ${options}${close === undefined ? '' : `. Did you mean ${close}?`}`;
  }
  const [, needy] = /^Flag (--\S+) expects a value$/.exec(plain) ?? [];
  if (needy !== undefined) return `${needy} needs a value`;
  if (!plain.startsWith('The following error')) return plain;
  const reasons = plain
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  return sentences([...new Set(reasons.filter((line) => line !== '').map(constraint))]);
}

function constraint(reason: string): string {
  const [, a, b] = /^(--[\w-]+)(?:=[^]*)? cannot also be provided when using (--[\w-]+)/.exec(reason) ?? [];
  if (a !== undefined && b !== undefined) return `${[a, b].sort().join(' and ')} cannot be used together`;
  const [, one, needed] =
    /^All of the following must be provided when using (--[\w-]+): ([^]*)$/.exec(reason) ?? [];
  return one === undefined ? reason : `${one} needs ${needed ?? ''}`;
}

/** A message without what oclif puts around those of a flag's parser. */
export function plainly(message: string): string {
  return message
    .replace(/\nSee more help with --help$/, '')
    .replace(/^Parsing (--[\w-]+) \n\t([^]*)$/, '$1: $2')
    .replace(/^(--[\w-]+: )E(?=xpected )/, '$1e');
}

function sentences(parts: readonly string[]): string {
  return parts
    .map((part, index) => (index === parts.length - 1 ? part : part.replace(/\.?$/, ';')))
    .join(' ');
}

function either(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
