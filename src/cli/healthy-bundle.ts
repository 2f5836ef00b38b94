/** `--since-healthy`: which bundle was the last that passed. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Target } from '../contract/target.js';
import { BundleError, type Manifest } from '../evidence/bundle/manifest.js';
import { unpackBundle } from '../evidence/bundle/unpack.js';
import { UsageError } from './usage-error.js';

/** Bundles that are looked at, newest names first; only their manifests are read. */
const MAX_BUNDLES = 2000;

/** Commands whose exit code 0 means that the whole contract was kept. */
const WHOLE = new Set(['verify', 'collect']);

export interface HealthySearch {
  folder: string;
  /** Of the same release and namespace. */
  target: Pick<Target, 'namespace' | 'release'>;
  /** Milliseconds since the epoch: recorded before this. */
  before: number;
}

/**
 * The newest bundle of the release in which every check passed.
 * @returns its path
 * @throws UsageError when there is none
 */
export async function lastHealthyBundle({ folder, target, before }: HealthySearch): Promise<string> {
  let best: { file: string; at: number } | undefined;
  let seen = 0;
  for (const name of bundlesIn(folder)) {
    const file = path.join(folder, name);
    const manifest = await manifestOf(file);
    if (manifest === undefined) continue;
    seen += 1;
    const at = Date.parse(manifest.startedAt);
    if (!isHealthy(manifest, target) || at >= before || at <= (best?.at ?? -Infinity)) continue;
    best = { file, at };
  }
  if (best) return best.file;
  throw new UsageError(
    `--since-healthy: none of the ${seen} bundles in ${folder} is an older one of this release that passed; ` +
      'name a folder with --in, or make one when all is well: todo-k8s collect',
  );
}

function isHealthy(
  { result, run, target }: Manifest,
  { namespace, release }: HealthySearch['target'],
): boolean {
  const { only = [], skip = [] } = run.options;
  const isWhole = WHOLE.has(run.command) && only.length === 0 && skip.length === 0;
  return isWhole && result?.exitCode === 0 && target.namespace === namespace && target.release === release;
}

function bundlesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.(tgz|tar\.gz)$/.test(name));
    return names.sort().reverse().slice(0, MAX_BUNDLES);
  } catch {
    throw new UsageError(`--since-healthy: the folder ${folder} cannot be read`);
  }
}

/** Files that are no bundles may lie beside them. */
async function manifestOf(file: string): Promise<Manifest | undefined> {
  try {
    return (await unpackBundle(file, 'manifest')).manifest;
  } catch (error) {
    if (error instanceof BundleError) return undefined;
    throw error;
  }
}
