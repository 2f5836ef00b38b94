/** Holds a manifest, which anybody may have written, against what this program writes. */
import { z } from 'zod';
import { ContractSchema } from '../../contract/schema.js';
import { sanitizeDeep } from '../sanitize.js';
import { BUNDLE_FORMAT, BUNDLE_VERSION, BundleError, type Manifest } from './manifest.js';

const text = z.string().max(10_000);
const texts = z.array(text).max(1000);
const amount = z.number().int().min(0);
const time = z.iso.datetime();
/** Milliseconds since the epoch, as far as a Date reaches. */
const moment = z.number().min(-8.64e15).max(8.64e15);
const names = z.object({ deployment: text, service: text, configMap: text, secret: text });

const TargetSchema = z.object({
  context: text,
  server: text,
  namespace: text,
  releaseNamespace: text.optional(),
  release: text.optional(),
  helm: z
    .object({
      chart: text.optional(),
      revision: z.number().optional(),
      status: text.optional(),
      previous: z.number().optional(),
      values: texts.optional(),
    })
    .optional(),
  names,
  container: text.optional(),
  podLabels: text.optional(),
  urlKey: text.optional(),
  secretKeys: z.record(text, text).optional(),
  otherSecrets: texts.optional(),
  accepted: z.object({ deployment: texts, service: texts, configMap: texts, secret: texts }),
});

const TrendSchema = z.object({
  seconds: z.number(),
  samples: z.number(),
  firstBytes: z.number(),
  lastBytes: z.number(),
  bytesPerSecond: z.number(),
  growing: z.boolean(),
});

const OptionsSchema = z.object({
  only: texts.optional(),
  skip: texts.optional(),
  strict: z.boolean().optional(),
  declined: z.record(text, text).optional(),
  target: z.record(text, text).optional(),
  load: z
    .object({
      timeoutMs: z.number(),
      ratePerSecond: z.number().optional(),
      confidence: z.number().gt(0).lt(1),
      expectPods: amount.optional(),
      failOn: texts,
    })
    .optional(),
  doctor: z
    .object({
      pod: text.optional(),
      since: moment.optional(),
      trend: z.record(text, TrendSchema).optional(),
    })
    .optional(),
});

const ManifestSchema = z.object({
  format: z.literal(BUNDLE_FORMAT),
  schemaVersion: z.literal(BUNDLE_VERSION),
  tool: z.object({ name: z.literal('todo-k8s'), version: text }),
  server: z.object({ version: text, platform: text }).nullable(),
  run: z.object({ command: text, arguments: texts, options: OptionsSchema }),
  startedAt: time,
  finishedAt: time,
  judgedAt: time,
  target: TargetSchema,
  contract: ContractSchema,
  origins: z.record(text, z.object({ layer: text, text })),
  notices: texts,
  result: z.object({ exitCode: amount, summary: z.record(text, amount) }).nullable(),
  pseudonymized: z.boolean(),
  redactions: z.array(z.object({ path: text, what: text, count: amount })).max(10_000),
  leftOut: texts,
  files: z.array(z.object({ path: text, size: amount, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});

/**
 * Reads a manifest. Fields that this version does not know are left out.
 * @throws BundleError for one of another version, or of none
 */
export function parseManifest(json: string): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new BundleError('its manifest is not JSON: the bundle was damaged or changed');
  }
  const { format, schemaVersion } = (parsed ?? {}) as { format?: unknown; schemaVersion?: unknown };
  if (format !== BUNDLE_FORMAT) throw new BundleError('it is no bundle of todo-k8s');
  if (typeof schemaVersion === 'number' && schemaVersion > BUNDLE_VERSION) {
    throw new BundleError(
      `it is of schema version ${schemaVersion}, made by a newer todo-k8s; this one reads version ${BUNDLE_VERSION}`,
    );
  }
  // What came from a cluster was sanitised when it was recorded; what a hand has changed was not.
  const result = ManifestSchema.safeParse(sanitizeDeep(parsed));
  if (result.success) {
    const manifest = result.data as Manifest;
    const { connectedLogPatterns, errorLogPatterns } = manifest.contract.database;
    const slow = [...connectedLogPatterns, ...errorLogPatterns].find(isSlow);
    if (slow === undefined) return manifest;
    throw new BundleError(`its contract has a pattern that could take forever: ${slow}`);
  }
  const [issue] = result.error.issues;
  const where = sanitizedPath(issue?.path ?? []);
  if (issue?.path[0] === 'contract') {
    throw new BundleError(`its contract is not one that this todo-k8s knows: ${where}: ${issue.message}`);
  }
  throw new BundleError(
    `its manifest is not of the form of version ${BUNDLE_VERSION}: ${where}: ${issue?.message ?? ''}`,
  );
}

/**
 * Whoever made the bundle chose both the pattern and the line that it is held against. A group that repeats can take
 * exponential time; more than a few repetitions beside each other take too long on a long line.
 */
function isSlow(pattern: string): boolean {
  const repeatsGroup = /\)(?:[*+]|\{\d*,)/.test(pattern);
  return repeatsGroup || (pattern.match(/[*+]|\{\d*,\d*\}/g) ?? []).length > 3;
}

function sanitizedPath(path: readonly PropertyKey[]): string {
  return path.map((part) => String(part).slice(0, 60)).join('.');
}
