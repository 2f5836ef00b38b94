/** `--releases-from FILE`: which releases, one a line as `context/namespace/release`, or a YAML list of objects. */
import { ContractError, printable, type Place, type Problem } from '../contract/errors.js';
import { readTextFile } from '../contract/read-file.js';
import type { Tree } from '../contract/tree.js';
import { UsageError } from './usage-error.js';

/** One release that is meant. */
export interface Listed {
  /** kubeconfig context; undefined: the one that the other flags choose. */
  context: string | undefined;
  namespace: string;
  /** One of these two. */
  release: string | undefined;
  deployment: string | undefined;
}

interface Written extends Record<'context' | 'namespace' | 'release' | 'deployment', string | undefined> {
  place: Place;
}

/** Releases of one run: more are for shards. */
const MOST = 10_000;

const STDIN_NAME = 'standard input';

/** A name of an object, without its length (DNS-1123 subdomain). */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
/** Characters that each may have: Kubernetes' of a namespace and an object's name, Helm's of a release. */
const LONGEST = { namespace: 63, release: 53, deployment: 253 } as const;
const LONGEST_CONTEXT = 1000;

const FORM = 'expected context/namespace/release or namespace/release';

/**
 * Reads the file, and refuses it as a whole where a line of it is not understood.
 * @param file a path, or `-` for standard input
 * @throws UsageError, ContractError; both exit code 2, with the number of each line that is wrong
 */
export async function readReleasesFile(file: string): Promise<Listed[]> {
  return parseReleases(await textOf(file), file === '-' ? STDIN_NAME : file);
}

async function textOf(file: string): Promise<string> {
  if (file !== '-') return readTextFile(file);
  if (process.stdin.isTTY) throw new UsageError('--releases-from -: nothing is piped to standard input');
  const { readManifestTexts } = await import('../planned/files.js');
  return (await readManifestTexts('-')).map(({ text }) => text).join('');
}

/**
 * @param source as errors name it
 * @throws as `readReleasesFile` does
 */
export async function parseReleases(text: string, source: string): Promise<Listed[]> {
  const plain = text.replace(/^\uFEFF/, '');
  const written = isYaml(plain) ? await fromYaml(plain, source) : fromLines(plain, source);
  const problems: Problem[] = [];
  const seen = new Map<string, Place>();
  const listed = written.map((each) => {
    const { context, namespace = '', release, deployment, place } = each;
    const key = JSON.stringify([context, namespace, release, deployment]);
    const before = seen.get(key);
    const message = problemOf(each) ?? (before && `names the same release as line ${before.line ?? 0} does`);
    if (message !== undefined) problems.push({ place, key: '', message });
    seen.set(key, before ?? place);
    return { context, namespace, release, deployment };
  });
  const [first, ...more] = problems;
  if (first !== undefined) throw new ContractError([first, ...more]);
  if (listed.length === 0) throw new UsageError(`--releases-from: ${printable(source)} names no release`);
  if (listed.length > MOST)
    throw new UsageError(
      `--releases-from: ${printable(source)} names ${listed.length} releases, and ${MOST} are the most`,
    );
  return listed;
}

/** A list of YAML or JSON: no context's name begins like that. */
function isYaml(text: string): boolean {
  const [first = ''] = text.split(/\r\n|\r|\n/).filter((line) => !/^\s*(?:#.*)?$/.test(line));
  return /^\s*(?:-\s|-$|\[|\{|---)/.test(first);
}

function fromLines(text: string, source: string): Written[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) => {
    const said = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (said === '') return [];
    // A context's name may have slashes in it, as those of EKS have: what follows it is counted from the end.
    const parts = said.split('/');
    const [namespace, release] = parts.slice(-2);
    const context = parts.length > 2 ? parts.slice(0, -2).join('/') : undefined;
    const place = { source, line: index + 1 };
    if (parts.length < 2)
      return [{ place, context: undefined, namespace: undefined, release: said, deployment: undefined }];
    return [{ place, context, namespace, release, deployment: undefined }];
  });
}

async function fromYaml(text: string, source: string): Promise<Written[]> {
  const { parseYaml } = await import('../contract/yaml-tree.js');
  const tree = parseYaml(text, source);
  if (tree.kind !== 'list') throw wrong(tree.place, 'expected a list of objects');
  return tree.items.map((item) => {
    if (item.kind !== 'map')
      throw wrong(item.place, 'expected an object with context, namespace and release');
    const written: Written = {
      place: item.place,
      context: undefined,
      namespace: undefined,
      release: undefined,
      deployment: undefined,
    };
    for (const { key, place, value } of item.entries) {
      if (key !== 'context' && key !== 'namespace' && key !== 'release' && key !== 'deployment')
        throw wrong(place, 'expected no other keys than context, namespace, release and deployment');
      written[key] = textValue(value);
    }
    return written;
  });
}

/** A name may look like a number to YAML. */
function textValue(tree: Tree): string {
  if (tree.kind !== 'scalar' || tree.value === null || typeof tree.value === 'boolean')
    throw wrong(tree.place, 'expected a name');
  return typeof tree.value === 'number' ? tree.text : tree.value;
}

function wrong(place: Place, message: string): ContractError {
  return new ContractError([{ place, key: '', message }]);
}

function problemOf({ context, namespace, release, deployment }: Written): string | undefined {
  if (namespace === undefined) return FORM;
  if (context !== undefined && (context.trim() === '' || context.length > LONGEST_CONTEXT))
    return `the name of the context is ${context.trim() === '' ? 'empty' : 'too long'}: ${FORM}`;
  if (context !== undefined && /[\p{C}\u2028\u2029]/u.test(context))
    return 'the name of the context has a character in it that is not printed';
  if ((release === undefined) === (deployment === undefined))
    return 'expected either a release or a deployment';
  const names = { namespace, release, deployment };
  for (const kind of ['namespace', 'release', 'deployment'] as const) {
    const name = names[kind];
    if (name === undefined) continue;
    const fits =
      NAME.test(name) && name.length <= LONGEST[kind] && !(kind === 'namespace' && name.includes('.'));
    if (!fits) return `"${printable(name, 60)}" is not a name of a ${kind}: ${FORM}`;
  }
  return undefined;
}
