/**
 * Writes a tar file, compressed: one gzip member for each entry, which gzip lets follow one another. So an entry is
 * compressed as soon as it is made, only compressed bytes are kept, and the manifest, which lists all others with their
 * checksums, can still be the first.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { isSliceUsedUp, nextSlice } from '../../turn.js';
import type { BundleFile } from './manifest.js';

export interface PackedEntry extends BundleFile {
  /** gzip members. */
  packed: Buffer[];
}

const BLOCK = 512;

/** Bytes that are compressed at a time. */
const MEMBER = 1024 * 1024;

/** Two empty blocks end an archive. */
export function endOfArchive(): Buffer {
  return member(Buffer.alloc(2 * BLOCK));
}

/**
 * @param path at most 100 bytes
 * @param mayGoOn throws where it is not to be ended
 * @param modified seconds; the same for all entries, so that equal evidence makes equal bytes
 */
export async function packEntry(
  path: string,
  content: readonly Buffer[],
  modified: Date,
  mayGoOn: () => void,
): Promise<PackedEntry> {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  const header = new Header({ path, mode: 0o600, size, type: 'File', mtime: modified, uid: 0, gid: 0 });
  if (header.encode()) throw new Error(`the tar entry ${path} does not fit into a plain header`);
  const hash = createHash('sha256');
  const packed: Buffer[] = [];
  let waiting: Buffer[] = [header.block ?? Buffer.alloc(0)];
  let bytes = BLOCK;
  const flush = () => {
    if (bytes > 0) packed.push(member(Buffer.concat(waiting)));
    waiting = [];
    bytes = 0;
  };
  for (const part of content) {
    hash.update(part);
    waiting.push(part);
    bytes += part.length;
    if (bytes < MEMBER) continue;
    flush();
    if (isSliceUsedUp()) await nextSlice();
    mayGoOn();
  }
  const padding = (BLOCK - (size % BLOCK)) % BLOCK;
  waiting.push(Buffer.alloc(padding));
  bytes += padding;
  flush();
  return { path, size, sha256: hash.digest('hex'), packed };
}

function member(bytes: Buffer): Buffer {
  const packed = gzipSync(bytes, { level: 6 });
  // The byte for the operating system: unknown, so that every system writes the same.
  packed[9] = 255;
  return packed;
}
