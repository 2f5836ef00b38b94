import { word } from '../rule/command.js';

/** Options whose values may be secret: a command line that is printed leaves them out. */
const SECRET = new Set(['--header', '-H']);

/**
 * The command line that was given, with some options set again, ready to be pasted.
 * @param argv arguments behind the command's name
 */
export function commandLine(
  command: string,
  argv: readonly string[],
  changed: Readonly<Record<string, string | number>>,
): string {
  const kept = publicArguments(argv, changed);
  const set = Object.entries(changed).map(([name, value]) => [`--${name}`, String(value)]);
  return ['todo-k8s', command, ...kept, ...set.flat()].map(word).join(' ');
}

/** The arguments without those that may be secret, and without the options that are named. */
export function publicArguments(
  argv: readonly string[],
  changed: Readonly<Record<string, string | number>> = {},
): string[] {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [name = ''] = argument.split('=', 1);
    const isShort = /^-[a-zA-Z]./.test(argument) && SECRET.has(argument.slice(0, 2));
    const isDropped = SECRET.has(name) || name.slice(2) in changed;
    if (!isDropped && !isShort) kept.push(argument);
    else if (isDropped && name === argument) index += 1;
  }
  return kept;
}

/** Options that say which cluster, release and namespace are meant. */
const TARGET_OPTIONS = ['context', 'kubeconfig', 'namespace', 'as', 'lab', 'release', 'deployment'] as const;

/** Those that tell neither a user nor a user's files. */
const ANONYMOUS_OPTIONS = new Set(['namespace', 'release', 'deployment']);

/** The options that name the target, of all that were given. */
export function targetOptions(
  flags: Partial<Record<(typeof TARGET_OPTIONS)[number], string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    TARGET_OPTIONS.flatMap((name): [string, string][] =>
      flags[name] === undefined ? [] : [[name, flags[name]]],
    ),
  );
}

/** Those of the target's options that may not name a user. */
export function anonymousOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => ANONYMOUS_OPTIONS.has(name)));
}

/**
 * Arguments that lead a command of this program to the same target, each after a space, ready to be pasted.
 * @param options from `targetOptions`, or from a bundle, which anybody may have made
 */
export function targetArguments(options: Readonly<Record<string, string>>): string {
  const given = TARGET_OPTIONS.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [` --${name}=${word(value)}`];
  });
  return given.join('');
}
