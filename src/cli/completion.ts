/** What may stand where the cursor is: commands, flags and their values, found when TAB is pressed. */
import type { Command, Config } from '@oclif/core';

/** A word, and what it means. */
export interface Candidate {
  word: string;
  meaning?: string | undefined;
}

export interface Completion {
  candidates: Candidate[];
  /** Names of files fit here, too. */
  files: boolean;
}

type Loaded = Pick<Command.Loadable, 'id' | 'flags' | 'args' | 'hidden' | 'summary' | 'description'>;
type Values = (part: string, given: ReadonlyMap<string, string>, command: string) => Promise<Candidate[]>;

/** Milliseconds for asking a cluster: somebody waits with a finger on the key. */
const CLUSTER_MS = 1500;

/** Flags whose value is a file. */
const FILES = new Set([
  'kubeconfig',
  'values',
  'contract',
  'from',
  'record',
  'samples',
  'in',
  'manifests',
  'chart',
  'against',
]);

const words = (all: readonly string[]): Candidate[] => all.map((word) => ({ word }));

const scenarios: Values = async () => words((await import('../lab/scenarios/index.js')).SCENARIO_NAMES);

const ids: Values = async () => {
  const [{ EVERY_CHECK }, { installChecks }, { EXPLAINED_CAUSES }] = await Promise.all([
    import('../checks/of-load-run.js'),
    import('../planned/against/index.js'),
    import('../causes/catalogue.js'),
  ]);
  const checks = [...EVERY_CHECK, ...installChecks()].map(({ meta }) => meta);
  return [...checks, ...EXPLAINED_CAUSES].map(({ id, title }) => ({
    word: id,
    meaning: title,
  }));
};

/** Suites and checks, the last of a list with commas. */
const choices: Values = async (part) => {
  const [{ CHECKS }, { SUITES }] = await Promise.all([
    import('../checks/index.js'),
    import('../checks/check.js'),
  ]);
  const before = part.slice(0, part.lastIndexOf(',') + 1);
  return [
    ...SUITES.map((suite) => ({ word: `${before}${suite}` })),
    ...CHECKS.map(({ meta: { id, title } }) => ({ word: `${before}${id}`, meaning: title })),
  ];
};

const formats: Values = async (_part, _given, command) => {
  const { FORMATS, LOAD_FORMATS } = await import('../report/outputs.js');
  return words(command === 'loadbalance' ? LOAD_FORMATS : FORMATS);
};

const contexts: Values = async (_part, given) => {
  const { loadKubeconfig } = await import('../evidence/kubernetes/kubeconfig-file.js');
  const { contexts: all } = await loadKubeconfig(given.get('kubeconfig'), process.env);
  return words([...all.keys()]);
};

const namespaces: Values = async (_part, given) => {
  const [{ createKubernetesClient }, { identityShape }, { understand }] = await Promise.all([
    import('../evidence/kubernetes/create-client.js'),
    import('../evidence/border/pod-shape.js'),
    import('../evidence/border/read.js'),
  ]);
  const client = await createKubernetesClient(
    {
      kubeconfig: given.get('kubeconfig'),
      context: given.get('context'),
      as: given.get('as'),
      requestTimeoutMs: CLUSTER_MS,
    },
    process.env,
  );
  try {
    const all = await client.list('/api/v1/namespaces', AbortSignal.timeout(CLUSTER_MS), {
      metadataOnly: true,
      pick: (item) => understand(item, identityShape).value,
    });
    return words(all.map(({ metadata }) => metadata.name));
  } finally {
    await client.close();
  }
};

/** By the flag's name. */
const OF_FLAG: Record<string, Values> = {
  lab: scenarios,
  only: choices,
  skip: choices,
  context: contexts,
  namespace: namespaces,
};

/** By command and argument. */
const OF_ARGUMENT: Record<string, Values> = {
  'checks explain id': ids,
  'explain id': ids,
  'lab scenario': scenarios,
  'diff a': () => Promise.resolve(words(['live'])),
  'diff b': () => Promise.resolve(words(['live'])),
};

/** Arguments that may also be files. */
const FILE_ARGUMENTS = new Set(['lab scenario', 'diff a', 'diff b', 'contract init file']);

/**
 * Never rejects: where a cluster or a file cannot be asked there is nothing to offer.
 * @param typed the words behind the program's name; the last one, perhaps empty, is where the cursor is
 */
export async function complete(
  typed: readonly string[],
  { commands }: Pick<Config, 'commands'>,
): Promise<Completion> {
  const part = typed.at(-1) ?? '';
  const before = typed.slice(0, -1);
  const shown = commands
    .filter(({ hidden }) => !hidden)
    .map((each) => ({ ...each, path: each.id.split(':') }));
  const length = pathLength(before, shown);
  const path = before.slice(0, length);
  const command = shown.find(({ path: own }) => own.join(' ') === path.join(' '));
  const given = readFlags(before.slice(length), command);
  const flag = given.open ?? /^--([\w-]+)=/.exec(part)?.[1];
  if (command && flag !== undefined) {
    const prefix = given.open === undefined ? `--${flag}=` : '';
    return matching(await valuesOf(flag, part.slice(prefix.length), command, given.flags), prefix, part);
  }
  if (part.startsWith('-')) return matching({ candidates: flagsOf(command), files: false }, '', part);
  const below = subcommands(path, shown);
  const argument = command && Object.keys(command.args)[given.places];
  const place = `${path.join(' ')} ${argument ?? ''}`;
  const options = argument === undefined ? undefined : command?.args[argument]?.options;
  const own = options ? words(options) : await quietly(OF_ARGUMENT[place], part, given.flags, '');
  const candidates = given.places === 0 ? [...below, ...own] : own;
  return matching({ candidates, files: FILE_ARGUMENTS.has(place) }, '', part);
}

/** How many words from the beginning lead to a command or a topic. */
function pathLength(before: readonly string[], commands: readonly { path: string[] }[]): number {
  let length = 0;
  while (
    length < before.length &&
    commands.some(
      ({ path }) =>
        path.length > length && path.slice(0, length + 1).join(' ') === before.slice(0, length + 1).join(' '),
    )
  )
    length += 1;
  return length;
}

function subcommands(
  path: readonly string[],
  commands: readonly (Loaded & { path: string[] })[],
): Candidate[] {
  const found = new Map<string, string | undefined>();
  for (const { path: own, summary, description } of commands) {
    const next = own[path.length];
    if (next === undefined || own.slice(0, path.length).join(' ') !== path.join(' ')) continue;
    const isItself = own.length === path.length + 1;
    if (isItself || !found.has(next)) found.set(next, isItself ? (summary ?? description) : found.get(next));
  }
  return [...found].map(([word, meaning]) => ({ word, meaning }));
}

/** The flags that were given with their values, how many arguments there are, and the flag that waits for its value. */
function readFlags(
  rest: readonly string[],
  command: Loaded | undefined,
): { flags: Map<string, string>; places: number; open: string | undefined } {
  const flags = new Map<string, string>();
  let places = 0;
  let open: string | undefined;
  for (const word of rest) {
    if (open !== undefined) {
      flags.set(open, word);
      open = undefined;
      continue;
    }
    const [, long, value] = /^--([\w-]+)(?:=([^]*))?$/.exec(word) ?? [];
    const name = long ?? nameOf(word, command);
    if (name === undefined) places += 1;
    else if (value !== undefined) flags.set(name, value);
    else if (command?.flags[name]?.type === 'option') open = name;
  }
  return { flags, places, open };
}

function nameOf(word: string, command: Loaded | undefined): string | undefined {
  if (!/^-[a-zA-Z]$/.test(word)) return undefined;
  return Object.values(command?.flags ?? {}).find(({ char }) => char === word.slice(1))?.name;
}

function flagsOf(command: Loaded | undefined): Candidate[] {
  const flags = Object.values(command?.flags ?? {}).filter(({ hidden }) => !hidden);
  const own = flags.flatMap((flag) => {
    const meaning = flag.summary ?? flag.description;
    const allowNo = flag.type === 'boolean' && flag.allowNo;
    return [`--${flag.name}`, ...(allowNo ? [`--no-${flag.name}`] : [])].map((word) => ({ word, meaning }));
  });
  return [...own, { word: '--help', meaning: 'How it is used' }];
}

async function valuesOf(
  flag: string,
  part: string,
  command: Loaded,
  given: ReadonlyMap<string, string>,
): Promise<Completion> {
  const known = command.flags[flag];
  const options = known?.type === 'option' ? known.options : undefined;
  if (options !== undefined && options.length > 0) return { candidates: words(options), files: false };
  if (flag === 'output' && command.id === 'collect') return { candidates: [], files: true };
  const values = flag === 'output' ? formats : OF_FLAG[flag];
  return { candidates: await quietly(values, part, given, command.id), files: FILES.has(flag) };
}

async function quietly(
  values: Values | undefined,
  part: string,
  given: ReadonlyMap<string, string>,
  command: string,
): Promise<Candidate[]> {
  try {
    return (await values?.(part, given, command)) ?? [];
  } catch {
    return [];
  }
}

/** Those that begin with what is there. */
function matching({ candidates, files }: Completion, prefix: string, part: string): Completion {
  const all = candidates.map(({ word, meaning }) => ({ word: `${prefix}${word}`, meaning }));
  return { candidates: all.filter(({ word }) => word.startsWith(part)), files };
}
