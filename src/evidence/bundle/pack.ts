/**
 * Makes a bundle of what was recorded. Whatever is written has passed the redactor once more, text by text; keys, names
 * and words of the API stay, so that the bundle can be read and says what the run said.
 */
import type { Target } from '../../contract/target.js';
import type { EvidenceKey, EvidenceMap, Observed } from '../evidence.js';
import { isSliceUsedUp, nextSlice } from '../../turn.js';
import { unread } from '../observed.js';
import { redactTexts } from '../redact-texts.js';
import type { Redactor } from '../redaction.js';
import { mapStrings } from '../sanitize.js';
import { withoutTexts } from './unredacted.js';
import { copies, evidencePath, evidenceText, type Clean } from './contents.js';
import { MAX_FILES, MAX_ITEMS, MAX_UNPACKED } from './limits.js';
import { BUNDLE_FORMAT, BUNDLE_VERSION, MANIFEST, type Manifest, type Redaction } from './manifest.js';
import type { Recording } from './recorder.js';
import { createPseudonyms, type Names } from './pseudonyms.js';
import { endOfArchive, packEntry, type PackedEntry } from './tar.js';

export interface PackInput {
  recording: Recording;
  /** All but what is found out while packing. */
  head: Omit<
    Manifest,
    'format' | 'schemaVersion' | 'server' | 'redactions' | 'leftOut' | 'files' | 'pseudonymized'
  >;
  redactor: Redactor;
  /** Host names, addresses and user names become tokens by this key; undefined: they stay. */
  pseudonymKey?: Buffer;
  /** Every request of the load run, as CSV. */
  samples?: () => Iterable<string>;
  /** Keeps texts from which not every known value could be removed. */
  includeUnredacted?: boolean;
  /** Bytes of everything, unpacked; at most what a reader accepts. */
  maxBytes?: number;
  /** Asked again and again; throws where the bundle is no longer wanted. */
  mayGoOn?: () => void;
}

export interface Packed {
  manifest: Manifest;
  /** The file's bytes, in parts. */
  bytes: Buffer[];
}

/** What stands where a credential was (see `hide.ts` and `redaction.ts`). */
const HIDDEN = /\(value hidden(?:, \d+ characters)?\)/g;

/** At most what a fact takes that was left out. */
const NOTE_BYTES = 400;

export async function packBundle(input: PackInput): Promise<Packed> {
  const leftOut: string[] = [];
  const recording = input.includeUnredacted ? input.recording : withoutTexts(input, leftOut);
  const clean = cleaner({ ...input, recording });
  const modified = new Date(input.head.startedAt);
  const limit = Math.min(input.maxBytes ?? MAX_UNPACKED, MAX_UNPACKED);
  const entries: PackedEntry[] = [];
  const redactions: Redaction[] = [];
  let used = 0;
  // Each fact that is still to come may need a note in its place that says why it is not there.
  let reserved = recording.size * NOTE_BYTES;
  const mayGoOn = input.mayGoOn ?? (() => undefined);
  const put = async (path: string, text: Written): Promise<boolean> => {
    if (used + text.bytes + reserved > limit || entries.length >= MAX_FILES - 1) return false;
    used += text.bytes;
    entries.push(await packEntry(path, text.parts, modified, mayGoOn));
    if (text.hidden > 0) redactions.push({ path, what: 'credentials', count: text.hidden });
    return true;
  };

  for (const [key, observed] of bySize(recording)) {
    const path = evidencePath(key);
    reserved -= NOTE_BYTES;
    const items = itemsOf(observed);
    if (items > MAX_ITEMS) {
      const reason = `left out of the bundle: it has ${items} items, more than ${MAX_ITEMS}`;
      await put(path, await written(evidenceText(unread('not-collected', reason), clean), mayGoOn));
      leftOut.push(`${path}: ${items} items, more than fit`);
      continue;
    }
    const text = await written(evidenceText(observed, clean), mayGoOn);
    if (!(await put(path, text))) {
      const reason = `left out of the bundle: with its ${text.bytes} bytes it would have been larger than ${limit} bytes`;
      await put(path, await written(evidenceText(unread('not-collected', reason), clean), mayGoOn));
      leftOut.push(`${path}: ${text.bytes} bytes, more than fit`);
    }
  }
  redactions.push(...secretValues(recording));
  const samples = input.samples ? [{ path: 'samples/requests.csv', text: input.samples }] : [];
  for (const copy of [...(await copies(recording, input.head.target.namespace, clean)), ...samples]) {
    const text = await written(copy.text(), mayGoOn);
    if (!(await put(copy.path, text)))
      leftOut.push(`${copy.path}: a copy of ${text.bytes} bytes, more than fit`);
  }

  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: Manifest = {
    format: BUNDLE_FORMAT,
    schemaVersion: BUNDLE_VERSION,
    server: serverOf(recording),
    ...clean(input.head),
    pseudonymized: input.pseudonymKey !== undefined,
    redactions: redactions.sort((a, b) => (a.path < b.path ? -1 : 1)),
    leftOut,
    files: entries.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
  };
  const text = await written([`${JSON.stringify(manifest, null, 2)}\n`], mayGoOn);
  const first = await packEntry(MANIFEST, text.parts, modified, mayGoOn);
  return { manifest, bytes: [...[first, ...entries].flatMap(({ packed }) => packed), endOfArchive()] };
}

/** Small facts first: what does not fit is then the one that is too large, not the one that came last. */
function bySize(recording: Recording): [EvidenceKey, Observed<unknown>][] {
  return [...recording].sort(([a, x], [b, y]) => itemsOf(x) - itemsOf(y) || (a < b ? -1 : 1));
}

/** Of a list; 0 for what is none. */
function itemsOf(observed: Observed<unknown>): number {
  return observed.ok && Array.isArray(observed.value) ? observed.value.length : 0;
}

function cleaner({ redactor, recording, head, pseudonymKey }: PackInput): Clean {
  const pseudonymize = pseudonymKey && createPseudonyms(pseudonymKey, namesIn(recording, head.target));
  const redact = once(redactor.redact);
  return (value) => {
    const redacted = redactTexts(value, redact);
    return pseudonymize ? mapStrings(redacted, pseudonymize) : redacted;
  };
}

/**
 * Looks once at each text that stays as it is: those of thousands of pods are the same, and a bundle has each log twice. The
 * recording has them all anyway, and nothing more is learned while it is packed.
 */
function once(redact: (text: string) => string): (text: string) => string {
  const clean = new Set<string>();
  return (text) => {
    if (clean.has(text)) return text;
    const result = redact(text);
    if (result === text) clean.add(text);
    return result;
  };
}

/** Host names that the evidence itself says are some. */
function namesIn(recording: Recording, { context, server, namespace, release, names }: Target): Names {
  const value = <K extends EvidenceKey>(key: K): EvidenceMap[K] | undefined => {
    const observed = recording.get(key) as Observed<EvidenceMap[K]> | undefined;
    return observed?.ok ? observed.value : undefined;
  };
  const nodes = (value('nodes') ?? []).flatMap(({ metadata, status }) => [
    metadata.name,
    ...(status?.addresses ?? []).map(({ address }) => address),
  ]);
  const pods = (value('pods') ?? []).map(({ spec }) => spec.nodeName ?? '');
  const databases = [value('secret')?.databaseUrl, value('environment')?.databaseUrl].flatMap((url) =>
    (url?.hosts ?? []).map(({ host }) => host),
  );
  return {
    hosts: [...nodes, ...pods, ...databases, ...(URL.canParse(server) ? [new URL(server).hostname] : [])],
    // The name of a context is often that of a person, of a cluster, or of both.
    users: [context],
    keep: [namespace, release ?? '', 'in-cluster', 'docker-desktop', ...(Object.values(names) as string[])],
  };
}

interface Written {
  parts: Buffer[];
  bytes: number;
  /** How often something stands for a credential. */
  hidden: number;
}

async function written(text: Iterable<string>, mayGoOn: () => void): Promise<Written> {
  const result: Written = { parts: [], bytes: 0, hidden: 0 };
  for (const part of text) {
    if (isSliceUsedUp()) await nextSlice();
    mayGoOn();
    const bytes = Buffer.from(part);
    result.parts.push(bytes);
    result.bytes += bytes.length;
    result.hidden += (part.match(HIDDEN) ?? []).length;
  }
  return result;
}

/** Values of Secrets were never recorded: how many is part of what is told. */
function secretValues(recording: Recording): Redaction[] {
  const secret = recording.get('secret') as Observed<{ keys: unknown[] } | undefined> | undefined;
  const count = secret?.ok ? (secret.value?.keys.length ?? 0) : 0;
  return count > 0 ? [{ path: evidencePath('secret'), what: 'values of the Secret', count }] : [];
}

function serverOf(recording: Recording): Manifest['server'] {
  const server = recording.get('server') as Observed<{ gitVersion: string; platform: string }> | undefined;
  return server?.ok ? { version: server.value.gitVersion, platform: server.value.platform } : null;
}
