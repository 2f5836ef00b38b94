/**
 * What flags are when they are not given: a flag, else an environment variable, else `defaults:` of the project's file,
 * else the kubeconfig and the command's own. The environment is the user's; the folder that the file lies in may be
 * anybody's, so the file can set nothing that chooses a cluster, runs a program, writes a file or sends a credential.
 */
import path from 'node:path';
import type { Interfaces } from '@oclif/core';
import { ContractError, describeValue } from '../contract/errors.js';
import { nearest } from '../contract/nearest.js';
import { PROJECT_KEYS } from '../contract/resolve.js';
import type { Entry, Tree } from '../contract/tree.js';
import { LOAD_FORMATS } from '../report/outputs.js';
import { findProjectFile, PROJECT_FILE } from './project-file.js';
import { UsageError } from './usage-error.js';

/** A flag that was not given, and who said what it is. */
export interface Default {
  flag: string;
  values: string[];
  /** `TODO_K8S_NAMESPACE`, `todo-k8s.yaml:3`. */
  source: string;
}

/** Flags that the environment may set, with its variables: the first that is set counts. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  namespace: ['TODO_K8S_NAMESPACE', 'HELM_NAMESPACE'],
  context: ['TODO_K8S_CONTEXT', 'HELM_KUBECONTEXT'],
  kubeconfig: ['TODO_K8S_KUBECONFIG'],
  release: ['TODO_K8S_RELEASE'],
  deployment: ['TODO_K8S_DEPLOYMENT'],
  contract: ['TODO_K8S_CONTRACT'],
  url: ['TODO_K8S_URL'],
  origin: ['TODO_K8S_ORIGIN'],
  via: ['TODO_K8S_VIA'],
  only: ['TODO_K8S_ONLY'],
  skip: ['TODO_K8S_SKIP'],
  strict: ['TODO_K8S_STRICT'],
  wait: ['TODO_K8S_WAIT'],
  output: ['TODO_K8S_OUTPUT'],
  requests: ['TODO_K8S_REQUESTS'],
  ascii: ['TODO_K8S_ASCII'],
};

/** What the project's file may set; its contract stands under a key of its own. */
const IN_FILE = [
  'namespace',
  'release',
  'deployment',
  'origin',
  'via',
  'only',
  'skip',
  'strict',
  'wait',
  'output',
  'requests',
] as const;

/** What a replay and a lab have of their own. */
const OF_CLUSTER: ReadonlySet<string> = new Set([
  ...['namespace', 'context', 'kubeconfig', 'release', 'deployment', 'contract', 'url', 'origin', 'via'],
]);

type Flags = Interfaces.FlagInput;

export interface Called {
  /** The command's id, such as `doctor:pods`. */
  id: string;
  argv: readonly string[];
  flags: Flags;
}

/**
 * Arguments for the flags that were not given.
 * @param cwd where the project's file is looked for, and upwards
 * @throws ContractError (2) for a file that sets what it may not; UsageError (2) for a variable that is no yes or no
 */
export async function defaultsFor(
  called: Called,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<Default[]> {
  const open = Object.keys(VARIABLES).filter((flag) => isOpen(flag, called));
  if (open.length === 0) return [];
  const file = await inFile(cwd);
  return open.flatMap((flag): Default[] => {
    const own = fromEnvironment(flag, env) ?? file.find((each) => each.flag === flag);
    if (own === undefined || own.values.length === 0) return [];
    // The formats of a load run are others.
    if (flag === 'output' && called.id === 'loadbalance' && !own.values.every(isLoadFormat)) return [];
    return [own];
  });
}

/** As arguments; in front of those that were given. */
export function asArguments(defaults: readonly Default[], flags: Flags): string[] {
  return defaults.flatMap(({ flag, values, source }) => {
    if (flags[flag]?.type !== 'boolean') return values.map((value) => `--${flag}=${value}`);
    return isYes(values[0] ?? '', source) ? [`--${flag}`] : [];
  });
}

/** `namespace todo (todo-k8s.yaml:3)`, for the head of a report. */
export function defaultPhrase({ flag, values, source }: Default): string {
  return `${flag} ${values.join(',')} (${source})`;
}

/** Variables that nearly are settings; others with this beginning are made by Kubernetes for a Service of that name. */
export function strayVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.values(VARIABLES).flat();
  return Object.keys(env)
    .filter((name) => name.startsWith('TODO_K8S_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      return meant === undefined ? [] : [`${name} is not a setting; did you mean ${meant}?`];
    });
}

/** Whether the command has the flag, it was not given, and nothing that was given excludes it. */
function isOpen(flag: string, { argv, flags }: Called): boolean {
  const own = flags[flag];
  // What only shares its name is another thing: the file that collect writes.
  if (own === undefined || (flag === 'output' && !('multiple' in own && own.multiple))) return false;
  const given = Object.keys(flags).filter((name) => isGiven(name, flags[name]?.char, argv));
  if (given.includes(flag)) return false;
  if (given.includes('from') && flag !== 'output' && flag !== 'ascii') return false;
  if (given.includes('lab') && OF_CLUSTER.has(flag)) return false;
  if (given.includes('manifests') && (flag === 'context' || flag === 'kubeconfig')) return false;
  if (given.includes('quiet') && flag === 'output') return false;
  if (flag === 'only' && given.includes('skip')) return false;
  if (flag === 'skip' && given.includes('only')) return false;
  return !given.some((name) => excludes(own, name) || excludes(flags[name], flag));
}

function excludes(flag: Flags[string] | undefined, other: string): boolean {
  return flag?.exclusive?.some((each) => each === other) === true;
}

function isGiven(name: string, char: string | undefined, argv: readonly string[]): boolean {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.slice(0, end).some((argument) => {
    if (argument === `--${name}` || argument === `--no-${name}` || argument.startsWith(`--${name}=`))
      return true;
    return char !== undefined && /^-[a-zA-Z]/.test(argument) && argument.slice(1).startsWith(char);
  });
}

function fromEnvironment(
  flag: string,
  env: Readonly<Record<string, string | undefined>>,
): Default | undefined {
  const source = VARIABLES[flag]?.find((name) => env[name]);
  const value = source === undefined ? undefined : env[source];
  if (source === undefined || value === undefined) return undefined;
  const values = flag === 'only' || flag === 'skip' || flag === 'output' ? value.split(',') : [value];
  return { flag, values: values.map((each) => each.trim()).filter((each) => each !== ''), source };
}

async function inFile(cwd: string): Promise<Default[]> {
  const file = findProjectFile(cwd);
  if (file === undefined) return [];
  const [{ readTextFile }, { parseYaml }] = await Promise.all([
    import('../contract/read-file.js'),
    import('../contract/yaml-tree.js'),
  ]);
  const shown = path.relative(cwd, file) || PROJECT_FILE;
  const tree = parseYaml(await readTextFile(file), shown);
  const entries = tree.kind === 'map' ? tree.entries : [];
  const section = entries.find(({ key }) => key === 'defaults');
  if (section === undefined) return [];
  const other = entries.find(({ key }) => !PROJECT_KEYS.includes(key));
  if (other !== undefined)
    return refuse(other, other.key, `unknown key; expected ${PROJECT_KEYS.join(' or ')}`);
  const { value } = section;
  if (value.kind !== 'map') return refuse(section, 'defaults', 'expected a mapping, such as namespace: todo');
  return value.entries.map((entry) => {
    const flag = entry.key;
    if (!(IN_FILE as readonly string[]).includes(flag)) return refuseKey(entry);
    const values = valuesOf(entry);
    if (flag === 'output' && values.some((each) => each.includes('=')))
      return refuse(
        entry,
        'defaults.output',
        'expected a format alone: a file of the folder names no file to write',
      );
    const { line } = entry.place;
    return { flag, values, source: line === undefined ? shown : `${shown}:${line}` };
  });
}

function valuesOf(entry: Entry): string[] {
  const { value } = entry;
  const all: readonly Tree[] = value.kind === 'list' ? value.items : [value];
  const isList = entry.key === 'only' || entry.key === 'skip';
  if (value.kind === 'list' && !isList) return refuse(entry, `defaults.${entry.key}`, 'expected one value');
  return all.map((each) => {
    if (each.kind !== 'scalar' || each.value === null || each.text === '')
      return refuse(
        entry,
        `defaults.${entry.key}`,
        `expected a value, not ${describeValue(each.kind === 'scalar' ? each.value : {})}`,
      );
    if (entry.key === 'strict' && typeof each.value !== 'boolean')
      return refuse(entry, 'defaults.strict', 'expected true or false');
    return each.text;
  });
}

function refuseKey(entry: Entry): never {
  const { key } = entry;
  const isFlag = key in VARIABLES || ['exec', 'header', 'as', 'record', 'values', 'set'].includes(key);
  if (isFlag) {
    const name = VARIABLES[key]?.[0];
    const instead = name === undefined ? `--${key}` : `--${key} or ${name}`;
    return refuse(
      entry,
      `defaults.${key}`,
      `cannot be set here, because a folder may be a stranger’s; use ${instead}`,
    );
  }
  const meant = nearest(key, IN_FILE);
  return refuse(
    entry,
    `defaults.${key}`,
    meant === undefined
      ? `unknown key; expected one of ${IN_FILE.join(', ')}`
      : `unknown key; did you mean ${meant}?`,
  );
}

function refuse(entry: Entry, key: string, message: string): never {
  throw new ContractError([{ place: entry.place, key, message }]);
}

function isYes(value: string, source: string): boolean {
  if (['1', 'true', 'yes'].includes(value.toLowerCase())) return true;
  if (['0', 'false', 'no'].includes(value.toLowerCase())) return false;
  throw new UsageError(`${source}: expected true or false, not ${describeValue(value)}`);
}

function isLoadFormat(value: string): boolean {
  const [format = ''] = value.split('=', 1);
  return (LOAD_FORMATS as readonly string[]).includes(format);
}
