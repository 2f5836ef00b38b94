/** Flags that may stand without a value, which oclif's cannot, and the value that they have then. */

/** Helm's own, for `--wait` without a time. */
const DEFAULT_WAIT = '5m';

/**
 * `--lab` is `--lab=healthy` and `--wait` is `--wait=5m`, or what `--timeout` says; with a word behind them that is their
 * value, as with any flag.
 * @param command the names of its flags and arguments
 */
export async function withValues(
  argv: readonly string[],
  command: { flags: readonly string[]; args: readonly string[] },
): Promise<string[]> {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const given: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const next = index + 1 < end ? argv[index + 1] : undefined;
    const word = next === undefined || next.startsWith('-') ? undefined : next;
    if (index < end && argument === '--lab' && command.flags.includes('lab')) {
      const isOwn = word !== undefined && (command.args.length === 0 || (await isScenario(word)));
      given.push(`--lab=${isOwn ? word : 'healthy'}`);
      if (isOwn) index += 1;
    } else if (index < end && argument === '--wait' && command.flags.includes('wait') && word === undefined)
      given.push(`--wait=${valueOf('--timeout', argv) ?? DEFAULT_WAIT}`);
    else given.push(argument);
  }
  return given;
}

/** Where a command takes arguments of its own, only a scenario's name is the flag's. */
async function isScenario(word: string): Promise<boolean> {
  const { SCENARIO_NAMES } = await import('../lab/scenarios/index.js');
  return (SCENARIO_NAMES as readonly string[]).includes(word);
}

function valueOf(flag: string, argv: readonly string[]): string | undefined {
  const at = argv.findIndex((argument) => argument === flag || argument.startsWith(`${flag}=`));
  const argument = argv[at];
  return argument === flag ? argv[at + 1] : argument?.slice(flag.length + 1);
}
