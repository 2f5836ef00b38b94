/** Gives the evidence of a bundle, as the live reader gave it. */
import { containerName } from '../../contract/target.js';
import { environmentOfFacts } from '../environment.js';
import { FACT_SHAPES } from '../border/fact-shapes.js';
import { Common } from '../border/common.js';
import { Oddities, type Shape } from '../border/shape.js';
import type {
  CorsFacts,
  FrontendUrlFacts,
  EvidenceKey,
  EvidenceMap,
  EvidenceReader,
  HelmReleaseFacts,
  Observed,
} from '../evidence.js';
import { unread } from '../observed.js';
import { sanitizeDeep } from '../sanitize.js';
import { MAX_ITEMS } from './limits.js';
import type { Manifest } from './manifest.js';
import { BundleError } from './manifest.js';
import { unpackBundle } from './unpack.js';

/** Versions that did not look at the frontend's environment. */
const NOT_LOOKED_AT: FrontendUrlFacts = { deployment: undefined, urls: [], isAlone: true, origins: [] };

/** Versions that did not ask the backend for other origins. */
const NOT_ASKED: CorsFacts = { skipped: 'it was not asked when this was recorded', preflights: [] };

export interface Bundle {
  file: string;
  manifest: Manifest;
  reader: EvidenceReader;
  /** The keys of which there is evidence, readable or not. */
  keys: EvidenceKey[];
}

/**
 * Reads all of a bundle. Checksums say that a file is whole, not that what is in it makes sense, so that every fact is
 * held against its shape before anything is judged by it.
 * @throws BundleError for what is not as this program records it
 */
export async function openBundle(file: string): Promise<Bundle> {
  const { manifest, files } = await unpackBundle(file);
  const facts = new Map<EvidenceKey, Observed<unknown>>();
  for (const [path, bytes] of files) {
    // From here on the parsed form stands for it.
    files.delete(path);
    const key = path.replace(/^evidence\/|\.json$/g, '');
    if (!isKnown(key)) throw new BundleError(`${file}: ${path} is evidence that this todo-k8s does not know`);
    facts.set(key, observedFrom(bytes, FACT_SHAPES[key], `${file}: ${path}`));
  }
  const keys = [...facts.keys()].sort();
  const environment = environmentFrom(manifest, facts);
  if (environment && !facts.has('environment')) facts.set('environment', environment);
  if (!facts.has('release')) facts.set('release', releaseFrom(manifest));
  // Nobody looked for an autoscaler, then.
  if (!facts.has('autoscaler'))
    facts.set('autoscaler', { ok: true, at: manifest.judgedAt, value: undefined });
  if (!facts.has('frontendUrls'))
    facts.set('frontendUrls', { ok: true, at: manifest.judgedAt, value: NOT_LOOKED_AT });
  if (!facts.has('cors')) facts.set('cors', { ok: true, at: manifest.judgedAt, value: NOT_ASKED });
  const { command } = manifest.run;
  return {
    file,
    manifest,
    keys,
    reader: {
      read<K extends EvidenceKey>(key: K): Promise<Observed<EvidenceMap[K]>> {
        const fact = facts.get(key) as Observed<EvidenceMap[K]> | undefined;
        return Promise.resolve(
          fact ?? unread('not-collected', `not in the bundle: ${command} did not read it (evidence ${key})`),
        );
      },
      close: () => Promise.resolve(),
    },
  };
}

/** Bundles of version 0.1 have no environment: it follows from what they have, but for values. */
function environmentFrom(
  manifest: Manifest,
  facts: ReadonlyMap<EvidenceKey, Observed<unknown>>,
): Observed<unknown> | undefined {
  const known = <K extends EvidenceKey>(key: K) => facts.get(key) as Observed<EvidenceMap[K]> | undefined;
  const [deployment, configMap, secret] = [known('deployment'), known('configMap'), known('secret')];
  if (!deployment?.ok) return deployment;
  const value = environmentOfFacts(
    deployment.value,
    configMap?.ok ? configMap.value : undefined,
    secret?.ok ? secret.value : undefined,
    containerName(manifest),
  );
  return { ok: true, at: deployment.at, value };
}

/** Nor the release: what its labels said stands in the manifest, but nothing of a release that could not be read. */
function releaseFrom({ target, tool, startedAt }: Manifest): Observed<HelmReleaseFacts> {
  const { revision, status } = target.helm ?? {};
  if (target.helm && revision === undefined)
    return {
      ...unread(
        'not-collected',
        `not in the bundle: todo-k8s ${tool.version} recorded no revision of release ${target.release} (evidence release)`,
      ),
      at: startedAt,
    };
  const value: HelmReleaseFacts = {
    name: target.helm ? target.release : undefined,
    revisions: revision === undefined ? [] : [{ revision, status: status ?? 'unknown' }],
    unread: undefined,
    description: '',
    deployedAt: undefined,
    isDeclared: false,
  };
  return { ok: true, at: startedAt, value };
}

function isKnown(key: string): key is EvidenceKey {
  return Object.hasOwn(FACT_SHAPES, key);
}

/** @throws BundleError for what is no observation of this fact */
function observedFrom(bytes: Buffer, shape: Shape<Observed<unknown>>, where: string): Observed<unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString());
  } catch {
    throw new BundleError(`${where} is not JSON`);
  }
  const { value } = (parsed ?? {}) as { value?: unknown };
  if (Array.isArray(value) && value.length > MAX_ITEMS)
    throw new BundleError(`${where} has more than ${MAX_ITEMS} items`);
  // What came from a cluster was sanitised when it was recorded; what a hand has changed was not.
  const odd = new Oddities(new Common());
  const observed = shape.read(sanitizeDeep(parsed), odd);
  const [first] = odd.told();
  if (observed !== undefined && first === undefined) return observed;
  const says = first === undefined ? '' : `: ${first.says}`;
  throw new BundleError(`${where} is not evidence as todo-k8s records it${says}`);
}
