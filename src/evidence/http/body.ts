/** A response body, decompressed and capped while it arrives. */
import { constants, createBrotliDecompress, createGunzip, createInflate, type Gunzip } from 'node:zlib';

/** What was read of a body. */
export interface ReadBody {
  /** There was more than the cap. */
  truncated: boolean;
  /** In words, when the body could not be decoded; else empty. */
  problem: string;
  /** Without the content encoding, as far as it could be taken off. */
  bytes: Buffer;
  /** Decoded by the content type's charset, UTF-8 where it names none. */
  text(contentType: string | undefined): string;
}

/** A body whose bytes are there already. */
export function readBody(bytes: Buffer, truncated: boolean, problem = ''): ReadBody {
  return { truncated, problem, bytes, text: (contentType) => decode(bytes, contentType) };
}

/** Collects chunks, through a decompressor where the server compressed. A gzip bomb ends at the cap. */
export class BodyReader {
  /** Called once when the cap is reached. */
  onFull: () => void = () => undefined;
  private readonly chunks: Buffer[] = [];
  private readonly decoder: Decompressor | undefined;
  private length = 0;
  private full = false;
  private problem = '';

  constructor(
    encoding: string | undefined,
    private readonly maxBytes: number,
  ) {
    const name = (encoding ?? 'identity').trim().toLowerCase();
    if (name === 'identity' || name === '') return;
    this.decoder = decompressor(name);
    if (this.decoder === undefined) {
      this.problem = 'the body has a content encoding that is not known here';
      return;
    }
    this.decoder.on('data', (chunk: Buffer) => this.keep(chunk));
    this.decoder.on('error', () => (this.problem = `the body is not valid ${name}`));
  }

  push(chunk: Buffer): void {
    if (this.full || this.problem !== '') return;
    if (this.decoder) this.decoder.write(chunk);
    else this.keep(Buffer.from(chunk));
  }

  /** Everything that arrived, when the decompressor is through with it. */
  async end(): Promise<ReadBody> {
    const decoder = this.decoder;
    if (decoder && !this.full && this.problem === '') {
      await new Promise<void>((resolve) => {
        decoder.once('close', resolve);
        decoder.end();
      });
    }
    return readBody(Buffer.concat(this.chunks), this.full, this.problem);
  }

  private keep(chunk: Buffer): void {
    if (this.full) return;
    const room = this.maxBytes - this.length;
    this.chunks.push(chunk.subarray(0, room));
    this.length += Math.min(room, chunk.length);
    if (chunk.length <= room) return;
    this.full = true;
    this.decoder?.destroy();
    this.onFull();
  }
}

type Decompressor = Pick<Gunzip, 'write' | 'end' | 'destroy' | 'on' | 'once'>;

function decompressor(name: string): Decompressor | undefined {
  // Sync flush: a stream that was cut off still gives what it had.
  const zlib = { finishFlush: constants.Z_SYNC_FLUSH };
  if (name === 'gzip' || name === 'x-gzip') return createGunzip(zlib);
  if (name === 'deflate') return createInflate(zlib);
  if (name === 'br') return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return undefined;
}

function decode(bytes: Buffer, contentType: string | undefined): string {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    // A charset that nobody knows.
    return new TextDecoder().decode(bytes);
  }
}
