/** oclif's hook for a command that does not exist: what was probably meant, and exit code 2, as for all wrong usage. */
import type { Hook, Interfaces } from '@oclif/core';
import { usageLines } from '../cli/wrong-usage.js';
import { nearest } from '../contract/nearest.js';

/** What other programs of the same trade call our commands. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    analyze: 'doctor',
    check: 'verify',
    debug: 'doctor',
    diagnose: 'doctor',
    lb: 'loadbalance',
    'load-balance': 'loadbalance',
    'must-gather': 'collect',
    status: 'verify',
    'support-bundle': 'collect',
    test: 'verify',
    troubleshoot: 'doctor',
    validate: 'verify',
  }),
);

type Called = Parameters<typeof usageLines>[1];

const hook: Hook.CommandNotFound = async function ({ config, id }) {
  const told = id.startsWith('-') ? flagInFront(id, config) : await strayWord(id.split(':'), config);
  const [message, called] = told ?? unknownCommand(id, config);
  this.error(usageLines(message, called), { exit: 2 });
};

/** A flag in a command's place is taken for one. */
function flagInFront(flag: string, config: Interfaces.Config): [string, Called] {
  const [name = flag] = flag.split('=', 1);
  const takes = config.commands.filter(
    ({ flags, hidden }) =>
      !hidden &&
      Object.values(flags).some((each) => name === `--${each.name}` || name === `-${each.char ?? ''}`),
  );
  const owner = takes.find(({ id }) => id === 'verify') ?? takes[0];
  const where = owner ? `. Flags stand behind the command: ${config.bin} ${spaced(owner.id)} ${name}` : '';
  return [`unknown flag ${name}${where}`, program(config)];
}

/** The beginning is a command or a topic, and what follows is neither below it nor an argument of it. */
async function strayWord(
  words: readonly string[],
  config: Interfaces.Config,
): Promise<[string, Called] | undefined> {
  for (let length = words.length - 1; length > 0; length -= 1) {
    const head = words.slice(0, length).join(':');
    const rest = words.slice(length).join(' ');
    const command = config.findCommand(head);
    const below = config.commandIDs.flatMap((each) =>
      each.startsWith(`${head}:`) ? [spaced(each.slice(head.length + 1))] : [],
    );
    const sub = nearest(rest, below);
    if (sub !== undefined || (command === undefined && below.length > 0)) {
      const meant = sub === undefined ? '' : `. Did you mean ${spaced(head)} ${sub}?`;
      const args = { command: { required: true } };
      return [
        `unknown command ${spaced(head)} ${rest}${meant}`,
        { ...program(config), command: spaced(head), args },
      ];
    }
    if (command === undefined) continue;
    const { args, flags } = command;
    const hint = await flagFor(rest, Object.keys(flags), below.length > 0);
    return [`unexpected argument ${rest}${hint}`, { bin: config.bin, command: spaced(head), args, flags }];
  }
  return undefined;
}

/** The flag whose value the word looks like. */
async function flagFor(word: string, flags: readonly string[], hasTopics: boolean): Promise<string> {
  if (flags.includes('lab')) {
    const { SCENARIO_NAMES } = await import('../lab/scenarios/index.js');
    if ((SCENARIO_NAMES as readonly string[]).includes(word)) return `. Did you mean --lab=${word}?`;
  }
  return flags.includes('release') && !hasTopics ? `. Did you mean --release ${word}?` : '';
}

function unknownCommand(id: string, config: Interfaces.Config): [string, Called] {
  const known = config.commands.filter(({ hidden }) => !hidden).map((command) => spaced(command.id));
  const typed = spaced(id);
  const [first = ''] = id.split(':');
  const meant =
    ELSEWHERE.get(typed) ?? nearest(typed, known) ?? ELSEWHERE.get(first) ?? nearest(first, known);
  return [
    `unknown command ${typed}${meant === undefined ? '' : `. Did you mean ${meant}?`}`,
    program(config),
  ];
}

function program({ bin }: Interfaces.Config): Called {
  return { bin, command: '', args: {}, flags: {} };
}

function spaced(id: string): string {
  return id.replaceAll(':', ' ');
}

export default hook;
