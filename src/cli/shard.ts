/** `--shard I/N`: one part of many releases, so that N runs look at each of them once. */
import { createHash } from 'node:crypto';
import { sanitizeLine } from '../evidence/sanitize.js';
import { UsageError } from './usage-error.js';

export interface Shard {
  /** From 0, as an Indexed Job counts its pods (JOB_COMPLETION_INDEX). */
  index: number;
  /** How many there are. */
  of: number;
}

/** As many as an Indexed Job could have without being of any use. */
const MOST = 10_000;

/** @throws UsageError */
export function parseShard(text: string): Shard {
  const [, index = '', of = ''] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (index === '' || shard.of < 1 || shard.of > MOST)
    throw new UsageError(
      `--shard: expected I/N, such as 0/4 for the first of four, not "${sanitizeLine(text)}"`,
    );
  if (shard.index >= shard.of)
    throw new UsageError(
      `--shard ${text}: the parts are counted from 0, as in an Indexed Job: 0/${shard.of} to ${shard.of - 1}/${shard.of}`,
    );
  return shard;
}

/** What a release is known by. */
export interface Identity {
  context: string;
  namespace: string;
  /** The release, else its Deployment. */
  name: string;
}

/** Each release is in exactly one shard of as many, whatever else there is. */
export function isInShard({ context, namespace, name }: Identity, shard: Shard | undefined): boolean {
  if (shard === undefined) return true;
  const digest = createHash('sha256').update([context, namespace, name].join('\0')).digest();
  return digest.readUInt32BE(0) % shard.of === shard.index;
}
