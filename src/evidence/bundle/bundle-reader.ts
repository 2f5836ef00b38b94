/** Gives the evidence of a bundle, as the live reader gave it. */
import type { EvidenceKey, EvidenceMap, EvidenceReader, Observed, Why } from '../evidence.js';
import { environmentOfFacts } from '../environment.js';
import { unread } from '../observed.js';
import { sanitizeDeep } from '../sanitize.js';
import { evidencePath } from './contents.js';
import { foreign } from './foreign.js';
import { MAX_ITEMS } from './limits.js';
import type { Manifest } from './manifest.js';
import { BundleError } from './manifest.js';
import { unpackBundle } from './unpack.js';

export interface Bundle {
  file: string;
  manifest: Manifest;
  reader: EvidenceReader;
  /** The keys of which there is evidence, readable or not. */
  keys: EvidenceKey[];
}

const WHYS: Record<Why, true> = {
  forbidden: true,
  unauthorized: true,
  'not-found': true,
  timeout: true,
  unreachable: true,
  unsupported: true,
  'not-collected': true,
  failed: true,
};

/** @throws BundleError */
export async function openBundle(file: string): Promise<Bundle> {
  foreign.file = file;
  const { manifest, files } = await unpackBundle(file);
  const facts = new Map<EvidenceKey, Promise<Observed<unknown>>>();
  const { command } = manifest.run;

  const load = (key: EvidenceKey): Observed<unknown> | Promise<Observed<unknown>> => {
    const path = evidencePath(key);
    const bytes = files.get(path);
    if (bytes === undefined && key === 'environment') return environmentFrom(manifest, observe);
    if (bytes === undefined) {
      return unread('not-collected', `not in the bundle: ${command} did not read it (evidence ${key})`);
    }
    // Read once: from here on the parsed form stands for it.
    files.delete(path);
    return observedFrom(bytes, `${file}: ${path}`);
  };
  const observe = <K extends EvidenceKey>(key: K): Promise<Observed<EvidenceMap[K]>> => {
    const known = facts.get(key) ?? Promise.resolve().then(() => load(key));
    facts.set(key, known);
    return known as Promise<Observed<EvidenceMap[K]>>;
  };
  return {
    file,
    manifest,
    keys: [...files.keys()].map((path) => path.replace(/^evidence\/|\.json$/g, '') as EvidenceKey).sort(),
    reader: { read: observe, close: () => Promise.resolve() },
  };
}

/** Bundles of version 0.1 have no environment: it follows from what they have, but for values. */
async function environmentFrom(
  { contract }: Manifest,
  observe: <K extends EvidenceKey>(key: K) => Promise<Observed<EvidenceMap[K]>>,
): Promise<Observed<unknown>> {
  const [deployment, configMap, secret] = await Promise.all([
    observe('deployment'),
    observe('configMap'),
    observe('secret'),
  ]);
  if (!deployment.ok) return deployment;
  const value = environmentOfFacts(
    deployment.value,
    configMap.ok ? configMap.value : undefined,
    secret.ok ? secret.value : undefined,
    contract,
  );
  return { ok: true, at: deployment.at, value };
}

/** @throws BundleError for what is no observation */
function observedFrom(bytes: Buffer, where: string): Observed<unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString());
  } catch {
    throw new BundleError(`${where} is no JSON`);
  }
  const { ok, at, value, why, detail } = (parsed ?? {}) as Record<string, unknown>;
  const isRead = ok === true && typeof at === 'string';
  const isUnread =
    ok === false && typeof at === 'string' && typeof detail === 'string' && Object.hasOwn(WHYS, String(why));
  if (!isRead && !isUnread) throw new BundleError(`${where} is not evidence as todo-k8s records it`);
  if (Array.isArray(value) && value.length > MAX_ITEMS)
    throw new BundleError(`${where} has more than ${MAX_ITEMS} items`);
  // What came from a cluster was sanitised when it was recorded; what a hand has changed was not.
  return sanitizeDeep(isRead ? { ok, at, value } : parsed) as Observed<unknown>;
}
