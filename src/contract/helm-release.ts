/**
 * What Helm stored of an installed release. The payload holds every secret value that was ever passed to
 * `helm install`: it is reduced to what the contract asks for before this function returns, and no error quotes it.
 */
import { gunzipSync } from 'node:zlib';
import { printable } from './errors.js';
import { readOverlay, type Overlay } from './overlay.js';
import { isMapping } from './paths.js';
import { fromJson } from './tree.js';

/** Bytes; a Secret holds at most 1 MiB, and compressed manifests rarely shrink more than tenfold. */
const MAX_RELEASE_BYTES = 20 * 1024 * 1024;
/** Characters; etcd does not store larger objects. */
const MAX_ENCODED_LENGTH = 4 * 1024 * 1024;

export interface HelmRelease {
  name: string;
  namespace: string;
  revision: number;
  /** Such as `deployed`, `failed`, `pending-upgrade`. */
  status: string;
  /** Helm's own words on how it went; they may quote values. */
  description: string;
  /** Hooks that failed, or that Helm waited for when it wrote this. */
  hooks?: UnfinishedHook[];
  /** RFC 3339; undefined where Helm does not say. */
  deployedAt: string | undefined;
  chart: { name: string; version: string };
  /** Dotted paths of the values that the user or the chart gives; names only. */
  valuePaths: string[];
  /** What the contract needs of the values that the user passed (`--values`, `--set`). */
  userValues: Overlay;
  /** What it needs of the chart's own values, which the user's are laid over. */
  chartValues: Overlay;
}

/** An object that Helm creates at a point of an operation and waits for (helm.sh/helm/v3 release.Hook). */
export interface UnfinishedHook {
  kind: string;
  name: string;
  /** `pre-upgrade`, or several of them. */
  events: string[];
  phase: 'Failed' | 'Running';
}

/** The stored release cannot be read; the message says at which step, never what was in it. */
export class HelmReleaseError extends Error {
  override readonly name = 'HelmReleaseError';
}

/**
 * Decodes `data.release` of a Secret of type `helm.sh/release.v1`: base64 (the Secret's) of base64 (Helm's) of
 * gzip of JSON.
 * @param data the value as the API gives it
 * @throws HelmReleaseError
 */
export function decodeHelmRelease(data: string): HelmRelease {
  return pick(decode(data));
}

function decode(data: string): Record<string, unknown> {
  if (data.length > MAX_ENCODED_LENGTH)
    throw new HelmReleaseError('the stored Helm release is larger than any Secret can be');
  const stored = base64(base64(data).toString('latin1'));
  // Helm 2 and early Helm 3 stored short releases without compression.
  const isGzip = stored[0] === 0x1f && stored[1] === 0x8b;
  return parse(isGzip ? inflate(stored) : stored);
}

/**
 * The manifests that Helm applied, as it keeps them; Secrets' values are in them.
 * @param data as for `decodeHelmRelease`
 * @throws HelmReleaseError
 */
export function storedManifest(data: string): string {
  const { manifest } = decode(data);
  if (typeof manifest !== 'string' || manifest.trim() === '')
    throw new HelmReleaseError('the stored Helm release has no manifest');
  return manifest;
}

function base64(text: string): Buffer {
  const compact = text.replace(/\s/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new HelmReleaseError('the stored Helm release is not base64');
  }
  return Buffer.from(compact, 'base64');
}

function inflate(compressed: Buffer): Buffer {
  try {
    return gunzipSync(compressed, { maxOutputLength: MAX_RELEASE_BYTES });
  } catch (error) {
    const tooLarge = isMapping(error) && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new HelmReleaseError(
      tooLarge
        ? `the stored Helm release unpacks to more than ${MAX_RELEASE_BYTES / 1024 / 1024} MiB`
        : 'the stored Helm release is damaged: its gzip data does not unpack',
    );
  }
}

function parse(bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // V8's message quotes the text around the fault.
    throw new HelmReleaseError('the stored Helm release is damaged: it is not JSON');
  }
  if (!isMapping(value)) throw new HelmReleaseError('the stored Helm release is not a JSON object');
  return value;
}

function pick(release: Record<string, unknown>): HelmRelease {
  const info = mapping(release.info);
  const chart = mapping(release.chart);
  const metadata = mapping(chart.metadata);
  const name = text(release.name);
  const revision = release.version;
  if (name === '' || typeof revision !== 'number' || !Number.isInteger(revision)) {
    throw new HelmReleaseError('the stored Helm release has no name or no revision');
  }
  const source = `Helm release ${name} revision ${revision}`;
  return {
    name,
    namespace: text(release.namespace),
    revision,
    status: text(info.status),
    description: typeof info.description === 'string' ? reasonOf(info.description) : '',
    hooks: unfinishedHooks(release.hooks),
    deployedAt: text(info.last_deployed) || undefined,
    chart: { name: text(metadata.name), version: text(metadata.version) },
    valuePaths: [...new Set([...pathsOf(mapping(release.config)), ...pathsOf(mapping(chart.values))])].sort(),
    userValues: readOverlay(fromJson(mapping(release.config), { source }), 'release'),
    chartValues: readOverlay(
      fromJson(mapping(chart.values), { source: `${source} (chart’s default)` }),
      'release',
    ),
  };
}

/**
 * What stands before the reason that Helm gives: which release it is, the object's name once more, and the object itself where
 * the API server quotes all of it.
 */
const FRAMES: readonly (readonly [says: RegExp, instead: string])[] = [
  [/^(?:Upgrade|Release|Rollback) "[^"]*" failed: /, ''],
  [
    /cannot patch "([^"]+)" with kind (\w+): (?:[\w.]+ "\1" is invalid: |"" is invalid: (?:patch: )?)?/g,
    '$2 $1: ',
  ],
  [/Invalid value: "\{(?:[^"\\]|\\.)*": /g, ''],
  [/Invalid value: [\w.]{0,60}\{.{0,2000}?\}: (?=[a-z])/g, ''],
];

/** Helm's words on how it went; it lists errors below each other. */
function reasonOf(description: string): string {
  const line = description.replace(/\s+/g, ' ').trim();
  return text(FRAMES.reduce((words, [says, instead]) => words.replace(says, instead), line));
}

/** A hook that has run and come to no good end. One that is `Unknown` was given up while Helm waited for it. */
function unfinishedHooks(hooks: unknown): UnfinishedHook[] {
  return (Array.isArray(hooks) ? hooks : []).map(mapping).flatMap(({ kind, name, events, last_run: run }) => {
    const phase = text(mapping(run).phase);
    if (phase !== 'Failed' && phase !== 'Running' && phase !== 'Unknown') return [];
    return [
      {
        kind: text(kind),
        name: text(name),
        events: (Array.isArray(events) ? events : []).map(text),
        phase: phase === 'Running' ? phase : 'Failed',
      },
    ];
  });
}

/** Names that are known; a chart with more of them is not this application's. */
const MAX_PATHS = 1000;

/** Dotted paths of a tree of values; those of mappings as well as those of what is in them. */
function pathsOf(tree: Record<string, unknown>): string[] {
  const paths: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (paths.length >= MAX_PATHS || value === undefined) return;
    if (path !== '') paths.push(path);
    // A name with a dot in it is none that --set could be given.
    for (const [key, inner] of Object.entries(mapping(value)))
      if (/^[\w-]{1,100}$/.test(key)) visit(inner, path === '' ? key : `${path}.${key}`);
  };
  visit(tree, '');
  return paths;
}

function mapping(value: unknown): Record<string, unknown> {
  return isMapping(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? printable(value) : '';
}
