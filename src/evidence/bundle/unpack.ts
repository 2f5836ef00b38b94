/**
 * Reads a bundle that anybody may have made. Nothing of it ever touches the disk: the archive is unpacked as a stream,
 * within bounds, in memory. What the manifest, which must come first, does not list is refused, and so is everything that
 * is not a plain file.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { MAX_FILES, MAX_MANIFEST, MAX_PACKED, MAX_RATIO, MAX_UNPACKED, RATIO_FLOOR } from './limits.js';
import { parseManifest } from './manifest-schema.js';
import { BundleError, MANIFEST, type BundleFile, type Manifest } from './manifest.js';

export interface Unpacked {
  manifest: Manifest;
  /** The evidence by path; copies for people are checked and not kept. */
  files: Map<string, Buffer>;
}

/** Bytes behind the end of an archive: tar fills its last record, of 10 KiB unless it was told another size. */
const MAX_PADDING = 1024 * 1024;

/** Names of files in a bundle: one folder deep, no dots that lead anywhere. */
const PATH = /^(evidence|objects|logs|samples)\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** Ends the reading when all that is wanted is there. */
class Enough extends Error {}

/**
 * @param part `manifest`: nothing behind it is read
 * @throws BundleError which says what is wrong with the file
 */
export async function unpackBundle(file: string, part: 'all' | 'manifest' = 'all'): Promise<Unpacked> {
  const intake = new Intake(part === 'manifest');
  let packed = 0;
  let unpacked = 0;
  try {
    await pipeline(
      createReadStream(file),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          packed += chunk.length;
          if (packed > MAX_PACKED) throw new BundleError(`it is larger than ${mebibytes(MAX_PACKED)}`);
          yield chunk;
        }
      },
      createGunzip(),
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          unpacked += chunk.length;
          if (unpacked > MAX_UNPACKED + MAX_FILES * 1024)
            throw new BundleError(`it unpacks to more than ${mebibytes(MAX_UNPACKED)}`);
          if (unpacked > RATIO_FLOOR && unpacked > packed * MAX_RATIO)
            throw new BundleError(
              `it unpacks to more than ${MAX_RATIO} times its size, as archives do that are made to fill memory`,
            );
          intake.write(chunk);
        }
      },
    );
    intake.end();
  } catch (error) {
    if (!(error instanceof Enough)) throw new BundleError(`${file}: ${problemOf(error)}`);
  }
  return intake.result();
}

/** Takes the archive's entries, and refuses the first that does not belong. */
class Intake {
  readonly #parser = new Parser({ strict: true, maxMetaEntrySize: 1 });
  readonly #files = new Map<string, Buffer>();
  readonly #seen = new Set<string>();
  #listed = new Map<string, BundleFile>();
  #manifest: Manifest | undefined;
  #problem: Error | undefined;
  #begun = false;
  /** Two empty blocks end an archive; from there on, its bytes. */
  #behind: number | undefined;

  constructor(private readonly manifestOnly: boolean) {
    this.#parser.on('entry', (entry: ReadEntry) => this.#guard(() => this.#take(entry)));
    this.#parser.on('eof', () => (this.#behind = 0));
    this.#parser.on('meta', () => this.#refuse('it has extended headers, which no bundle needs'));
    this.#parser.on('ignoredEntry', (entry: ReadEntry) =>
      this.#refuse(`it has an entry of a kind that no bundle has (${entry.type})`),
    );
    this.#parser.on('error', (error: Error) =>
      this.#refuse(`it is damaged, or no tar archive (${wordsOf(error)})`),
    );
  }

  /** @throws BundleError */
  write(chunk: Buffer): void {
    // The parser would unpack what is packed a second time, past all limits.
    if (!this.#begun && chunk[0] !== MANIFEST.charCodeAt(0))
      this.#refuse(`its first file is not ${MANIFEST}`);
    this.#begun = true;
    if (this.#behind !== undefined) {
      this.#behind += chunk.length;
      if (this.#behind > MAX_PADDING) this.#refuse('it goes on behind its end');
    } else if (!this.#problem) this.#parser.write(chunk);
    if (this.#problem) throw this.#problem;
  }

  /** @throws BundleError for what is missing */
  end(): void {
    this.#parser.end();
    if (this.#problem) throw this.#problem;
    if (!this.#manifest) throw new BundleError(`it holds no ${MANIFEST}`);
    const missing = [...this.#listed.keys()].find((path) => !this.#seen.has(path));
    if (missing !== undefined) throw new BundleError(`it is truncated: ${missing} is not in it`);
  }

  result(): Unpacked {
    if (!this.#manifest) throw new BundleError(`it holds no ${MANIFEST}`);
    return { manifest: this.#manifest, files: this.#files };
  }

  #take(entry: ReadEntry): void {
    const { path, type, size } = entry;
    const shown = JSON.stringify(path.slice(0, 100));
    if (type !== 'File')
      throw new BundleError(`it has an entry that is not a plain file: ${shown} (${type})`);
    if (this.#seen.has(path)) throw new BundleError(`it has ${shown} twice`);
    this.#seen.add(path);
    if (!this.#manifest) {
      if (path !== MANIFEST) throw new BundleError(`its first file is ${shown}, not ${MANIFEST}`);
      if (size > MAX_MANIFEST)
        throw new BundleError(`its ${MANIFEST} is larger than ${mebibytes(MAX_MANIFEST)}`);
      this.#collect(entry, undefined, (bytes) => this.#open(bytes));
      return;
    }
    const listed = this.#listed.get(path);
    if (!listed) throw new BundleError(`it has a file that its ${MANIFEST} does not list: ${shown}`);
    if (listed.size !== size) throw new BundleError(`${shown} is not as long as its ${MANIFEST} says`);
    const hash = createHash('sha256');
    this.#collect(entry, hash, (bytes) => {
      if (hash.digest('hex') !== listed.sha256)
        throw new BundleError(`the checksum of ${shown} is wrong: the bundle was damaged or changed`);
      if (path.startsWith('evidence/')) this.#files.set(path, bytes);
    });
  }

  /** Reads an entry's content; what is kept is its own copy, not a piece of a larger buffer. */
  #collect(entry: ReadEntry, hash: Hash | undefined, done: (bytes: Buffer) => void): void {
    const isKept = !/^(objects|logs|samples)\//.test(entry.path);
    const parts: Buffer[] = [];
    entry.on('data', (part: Buffer) => {
      hash?.update(part);
      if (isKept) parts.push(part);
    });
    entry.on('end', () => this.#guard(() => done(Buffer.concat(parts))));
  }

  #open(bytes: Buffer): void {
    const manifest = parseManifest(bytes.toString());
    this.#manifest = manifest;
    if (this.manifestOnly) throw new Enough();
    if (manifest.files.length > MAX_FILES) throw new BundleError(`it lists more than ${MAX_FILES} files`);
    for (const file of manifest.files) {
      if (!PATH.test(file.path))
        throw new BundleError(
          `it lists a file that no bundle has: ${JSON.stringify(file.path.slice(0, 100))}`,
        );
      if (this.#listed.has(file.path)) throw new BundleError(`it lists ${file.path} twice`);
      this.#listed.set(file.path, file);
    }
    const total = manifest.files.reduce((sum, { size }) => sum + size, 0);
    if (total > MAX_UNPACKED) throw new BundleError(`it unpacks to more than ${mebibytes(MAX_UNPACKED)}`);
  }

  /** The parser's events must not throw: what is wrong is kept until the write that caused it is over. */
  #guard(action: () => void): void {
    if (this.#problem) return;
    try {
      action();
    } catch (error) {
      this.#problem = error as Error;
    }
  }

  #refuse(words: string): void {
    this.#problem ??= new BundleError(words);
  }
}

const PROBLEMS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  Z_DATA_ERROR: 'it is damaged, or no bundle (.tgz)',
  Z_BUF_ERROR: 'it is truncated',
};

function problemOf(error: unknown): string {
  if (error instanceof BundleError) return error.message;
  const { code, name } = error as NodeJS.ErrnoException;
  return PROBLEMS[code ?? ''] ?? `it cannot be read (${code ?? name})`;
}

/** What the parser says, without its codes and without anything of the archive. */
function wordsOf({ message }: Error): string {
  const [, words = ''] = /^(?:[A-Z_]+: )?([A-Za-z ]{1,60})/.exec(message) ?? [];
  return words.trim().toLowerCase();
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
