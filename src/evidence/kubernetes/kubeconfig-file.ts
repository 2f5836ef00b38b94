/**
 * Finding, parsing and merging kubeconfig files as kubectl does it: the first file that sets a value wins, whole
 * entries are taken or left, files of the KUBECONFIG list may be missing, relative paths are relative to their file.
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/, “Merging kubeconfig files”.)
 * The generated client does this differently in five ways that would connect to another cluster than kubectl.
 *
 * No message quotes a file's text, because that may be a credential.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { KubeconfigError } from './client.js';

export type Environment = Record<string, string | undefined>;
export type Fields = Record<string, unknown>;

/** One named cluster, user or context, and the file that it is from. */
export interface Entry {
  file: string;
  fields: Fields;
}

export interface Kubeconfig {
  /** Files that were read, in order of precedence. */
  files: string[];
  /** Files that were named but are not there. */
  missing: string[];
  currentContext: string | undefined;
  clusters: Map<string, Entry>;
  users: Map<string, Entry>;
  contexts: Map<string, Entry>;
}

/**
 * The merged kubeconfig; without any file it is empty.
 * @param explicit `--kubeconfig`; only this file counts then, and it must exist
 * @throws KubeconfigError for a file that cannot be read or understood
 */
export async function loadKubeconfig(explicit: string | undefined, env: Environment): Promise<Kubeconfig> {
  const merged: Kubeconfig = {
    files: [],
    missing: [],
    currentContext: undefined,
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
  };
  for (const file of new Set(candidates(explicit, env))) {
    const text = readIfThere(file);
    if (text === undefined) {
      if (explicit !== undefined) {
        throw new KubeconfigError(`The kubeconfig file ${file} given with --kubeconfig does not exist.`);
      }
      merged.missing.push(file);
      continue;
    }
    merged.files.push(file);
    mergeFile(merged, file, await parse(file, text));
  }
  return merged;
}

function candidates(explicit: string | undefined, env: Environment): string[] {
  if (explicit !== undefined) return [explicit];
  const list = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (list.length > 0) return list;
  const homes =
    process.platform === 'win32'
      ? [env.HOME, `${env.HOMEDRIVE ?? ''}${env.HOMEPATH ?? ''}`, env.USERPROFILE]
      : [env.HOME ?? homedir()];
  return homes
    .filter((home) => home !== undefined && home !== '')
    .map((home) => join(home ?? '', '.kube', 'config'));
}

function readIfThere(file: string): string | undefined {
  try {
    return decode(file, readFileSync(file));
  } catch (error) {
    if (error instanceof KubeconfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    throw new KubeconfigError(`The kubeconfig file ${file} cannot be read (${code ?? 'unknown error'}).`);
  }
}

/** UTF-8, or UTF-16 with a byte-order mark, as PowerShell's `>` writes it: what YAML knows, and kubectl reads. */
function decode(file: string, bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  const isUtf16 = mark === 'fffe' || mark === 'feff';
  const littleEndian = mark === 'feff' ? Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16() : bytes;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(littleEndian);
  } catch {
    throw new KubeconfigError(
      `The kubeconfig file ${file} is neither UTF-8 nor UTF-16 text. Save it as UTF-8.`,
    );
  }
}

async function parse(file: string, text: string): Promise<Fields> {
  const value = parseJson(text) ?? (await parseYaml(file, text));
  // An empty file is an empty kubeconfig to kubectl, too.
  if (value === null || value === undefined) return {};
  if (!isFields(value))
    throw new KubeconfigError(`The file ${file} is not a kubeconfig: it holds no mapping.`);
  const kind = value.kind;
  if (kind !== undefined && kind !== '' && kind !== 'Config') {
    throw new KubeconfigError(`The file ${file} is not a kubeconfig: its kind is not Config.`);
  }
  const version = value.apiVersion;
  if (version !== undefined && version !== '' && version !== 'v1') {
    throw new KubeconfigError(
      `The file ${file} is not a kubeconfig that kubectl knows: its apiVersion is not v1.`,
    );
  }
  return value;
}

/** JSON is worth a try of its own: what tools write as JSON parses without loading the YAML parser. */
function parseJson(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What kubectl's parser takes for true and false besides YAML 1.2's words: `insecure-skip-tls-verify: yes`. */
const TRUE = /^(?:y|Y|yes|Yes|YES|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|off|Off|OFF)$/;
/** Numbers to kubectl's parser, and text in YAML 1.2. */
const NUMBER = /^[-+]?(?:0b[01][01_]*|0o?[0-7_]*_[0-7_]*|0x[\da-fA-F_]*_[\da-fA-F_]*|\d[\d_]*_[\d_]*)$/;

/**
 * As kubectl's parser reads a file (sigs.k8s.io/yaml): of a key that is there twice the last one counts, `<<` merges,
 * of several documents the first counts, and plain scalars have the types of YAML 1.1.
 */
async function parseYaml(file: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const scalar = (test: RegExp, value: boolean | number) => ({
    tag: 'tag:yaml.org,2002:' + typeof value,
    default: true as const,
    test,
    resolve: () => value,
  });
  const document = parseDocument(text, {
    lineCounter,
    // It would quote the offending line, which may hold a credential.
    prettyErrors: false,
    logLevel: 'silent',
    strict: false,
    uniqueKeys: false,
    merge: true,
    customTags: (tags) => [scalar(TRUE, true), scalar(FALSE, false), scalar(NUMBER, Number.NaN), ...tags],
  });
  const error = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS');
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new KubeconfigError(
      `The kubeconfig file ${file} is not valid YAML: line ${line}, column ${col} (${error.code}).`,
    );
  }
  try {
    return document.toJS() as unknown;
  } catch {
    throw new KubeconfigError(
      `The kubeconfig file ${file} is not valid YAML: its aliases cannot be resolved.`,
    );
  }
}

function mergeFile(merged: Kubeconfig, file: string, config: Fields): void {
  const current = text({ file, fields: config }, 'current-context', 'the file');
  merged.currentContext ??= current;
  for (const [key, field] of [
    ['clusters', 'cluster'],
    ['users', 'user'],
    ['contexts', 'context'],
  ] as const) {
    const seen = new Set<string>();
    for (const [name, fields] of entries(file, config[key], key, field)) {
      if (seen.has(name))
        throw new KubeconfigError(`The kubeconfig file ${file} has two ${key} named "${name}".`);
      seen.add(name);
      if (!merged[key].has(name)) merged[key].set(name, { file, fields });
    }
  }
}

function entries(file: string, list: unknown, key: string, field: string): [string, Fields][] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list))
    throw new KubeconfigError(`In the kubeconfig file ${file}, "${key}" is not a list.`);
  return list.map((item: unknown, index) => {
    const name = isFields(item) ? item.name : undefined;
    if (!isFields(item) || typeof name !== 'string') {
      throw new KubeconfigError(`In the kubeconfig file ${file}, ${key}[${index}] has no name.`);
    }
    const fields = item[field] ?? {};
    if (!isFields(fields)) {
      throw new KubeconfigError(`In the kubeconfig file ${file}, "${field}" of "${name}" is not a mapping.`);
    }
    return [name, fields];
  });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A text field; empty counts as absent, as it does for kubectl.
 * @throws KubeconfigError when it is there but not text
 */
export function text(entry: Entry, key: string, where: string): string | undefined {
  const value = entry.fields[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') {
    throw new KubeconfigError(
      `In the kubeconfig file ${entry.file}, "${key}" of ${where} is not text; quote it.`,
    );
  }
  return value;
}

/** What `kubectl config view` prints in the place of a credential. */
const LEFT_OUT = new Set(['DATA+OMITTED', 'REDACTED']);

/**
 * A text field that holds a credential.
 * @throws KubeconfigError also for what `kubectl config view` puts in its place
 */
export function credential(entry: Entry, key: string, where: string): string | undefined {
  const value = text(entry, key, where);
  if (value === undefined || !LEFT_OUT.has(value)) return value;
  throw new KubeconfigError(
    `In the kubeconfig file ${entry.file}, "${key}" of ${where} is ${value}: that is what "kubectl config view" prints ` +
      'in the place of the real value. Use the kubeconfig that this one was copied from, or copy it with ' +
      '"kubectl config view --raw".',
  );
}

/**
 * A field that is true or false; absent counts as false.
 * @throws KubeconfigError for text or a number, as kubectl refuses them
 */
export function flag(entry: Entry, key: string, where: string): boolean {
  const value = entry.fields[key] ?? false;
  if (typeof value === 'boolean') return value;
  throw new KubeconfigError(
    `In the kubeconfig file ${entry.file}, "${key}" of ${where} is neither true nor false; write it without quotes.`,
  );
}

/** A text field that names a file, resolved against the directory of its kubeconfig. */
export function path(entry: Entry, key: string, where: string): string | undefined {
  const value = text(entry, key, where);
  return value === undefined || isAbsolute(value) ? value : join(dirname(entry.file), value);
}

/**
 * PEM, given either inline in base64 (`<key>-data`) or as a file.
 * @throws KubeconfigError when both are given, when the file cannot be read, and when what is there is not PEM
 */
export function pem(entry: Entry, key: string, where: string): string | undefined {
  const data = credential(entry, `${key}-data`, where);
  const file = path(entry, key, where);
  if (data !== undefined && file !== undefined) {
    throw new KubeconfigError(
      `The ${where} in ${entry.file} has both ${key} and ${key}-data; kubectl refuses that: keep one.`,
    );
  }
  const place = data === undefined ? `${key} ${file ?? ''}` : `${key}-data`;
  const content = data === undefined ? file && readPem(entry, key, where, file) : fromBase64(data);
  if (content === undefined || content.includes('-----BEGIN ')) return content;
  throw new KubeconfigError(
    `The ${place} of ${where} (in ${entry.file}) is not PEM${data === undefined ? '' : ' in base64'}: ` +
      'get the kubeconfig again from where it came from.',
  );
}

/** Empty for what is not base64: no PEM is. */
function fromBase64(data: string): string {
  const compact = data.replace(/[\r\n]/g, '');
  const isBase64 = compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
  return isBase64 ? Buffer.from(compact, 'base64').toString('utf8') : '';
}

function readPem(entry: Entry, key: string, where: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new KubeconfigError(`The ${key} ${file} of ${where} (in ${entry.file}) cannot be read (${code}).`);
  }
}
