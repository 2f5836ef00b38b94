/**
 * SPDY/3.1, as much of it as kubectl's port-forward speaks through a WebSocket (SPDY/3.1+portforward.k8s.io): streams
 * with headers, data, half-close, reset and ping. Frames as in the SPDY protocol draft 3.1; no flow control, which
 * the Kubernetes client has none of either.
 */
import { Duplex } from 'node:stream';
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.js';

const FRAME = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8 };
const FLAG_FIN = 1;
const VERSION = 3;
const MAX_DATA = 16 * 1024;
/** What a port-forward needs is far below; more is not a client of ours. */
const MAX_FRAME = 1024 * 1024;
const RST = { protocolError: 1, invalidStream: 2 };

/** One stream of a connection. */
export class SpdyStream extends Duplex {
  #remoteDone = false;

  constructor(
    private readonly connection: SpdyConnection,
    readonly id: number,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super({ allowHalfOpen: true });
  }

  /** Data of the other side; `fin` ends it. */
  receive(data: Buffer, fin: boolean): void {
    if (this.#remoteDone) return;
    if (data.length > 0) this.push(data);
    if (!fin) return;
    this.#remoteDone = true;
    this.push(null);
  }

  override _read(): void {
    // What arrives is pushed at once: there is no flow control to hold it back with.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    for (let from = 0; from < chunk.length; from += MAX_DATA) {
      this.connection.sendData(this.id, chunk.subarray(from, from + MAX_DATA), false);
    }
    this.connection.afterFlush(done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.connection.sendData(this.id, Buffer.alloc(0), true);
    done();
  }
}

export class SpdyConnection {
  readonly #streams = new Map<number, SpdyStream>();
  readonly #inflate: Inflate = createInflate({ dictionary: SPDY_DICTIONARY });
  readonly #deflate: Deflate = createDeflate({ dictionary: SPDY_DICTIONARY });

  /** @param onStream is called for each stream that the client opens */
  constructor(
    private readonly transport: Duplex,
    private readonly onStream: (stream: SpdyStream) => void,
  ) {}

  /** Serves until the transport ends; never rejects. */
  async run(): Promise<void> {
    let pending: Buffer = Buffer.alloc(0);
    try {
      for await (const chunk of this.transport) {
        pending = Buffer.concat([pending, chunk as Buffer]);
        for (;;) {
          const size = pending.length < 8 ? Infinity : 8 + pending.readUIntBE(5, 3);
          if (size !== Infinity && size > MAX_FRAME) throw new Error('SPDY frame is too long');
          if (pending.length < size) break;
          await this.#frame(pending.subarray(0, size));
          pending = pending.subarray(size);
        }
      }
    } catch {
      // The client went away or does not speak SPDY: either way there is nobody to tell.
    } finally {
      for (const stream of this.#streams.values()) stream.destroy();
      this.#inflate.close();
      this.#deflate.close();
      this.transport.destroy();
    }
  }

  sendData(id: number, data: Buffer, fin: boolean): void {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(id, 0);
    head.writeUInt32BE(data.length, 4);
    head.writeUInt8(fin ? FLAG_FIN : 0, 4);
    this.#send(Buffer.concat([head, data]));
  }

  /** Calls `done` once the transport takes more. */
  afterFlush(done: () => void): void {
    if (this.transport.writableNeedDrain) this.transport.once('drain', done);
    else done();
  }

  async #frame(frame: Buffer): Promise<void> {
    const first = frame.readUInt32BE(0);
    const flags = frame.readUInt8(4);
    const body = frame.subarray(8);
    if (first < 0x80000000) {
      const stream = this.#streams.get(first);
      if (stream) stream.receive(body, (flags & FLAG_FIN) !== 0);
      else this.#reset(first, RST.invalidStream);
      return;
    }
    const type = first & 0xffff;
    if (((first >>> 16) & 0x7fff) !== VERSION) throw new Error('not SPDY/3');
    if (type === FRAME.synStream) await this.#open(body, (flags & FLAG_FIN) !== 0);
    else if (type === FRAME.ping) this.#control(FRAME.ping, body);
    else if (type === FRAME.rstStream) this.#close(body.readUInt32BE(0));
    else if (type === FRAME.goAway) this.transport.end();
    else if (type === FRAME.headers) await this.#headers(body.subarray(4));
  }

  async #open(body: Buffer, fin: boolean): Promise<void> {
    const id = body.readUInt32BE(0) & 0x7fffffff;
    const headers = await this.#headers(body.subarray(10));
    if (this.#streams.has(id)) {
      this.#reset(id, RST.protocolError);
      return;
    }
    const stream = new SpdyStream(this, id, headers);
    this.#streams.set(id, stream);
    stream.once('close', () => this.#streams.delete(id));
    const reply = Buffer.alloc(4);
    reply.writeUInt32BE(id);
    this.#control(FRAME.synReply, Buffer.concat([reply, await this.#compress(Buffer.alloc(4))]));
    this.onStream(stream);
    if (fin) stream.receive(Buffer.alloc(0), true);
  }

  #close(id: number): void {
    this.#streams.get(id)?.destroy();
  }

  #reset(id: number, status: number): void {
    const body = Buffer.alloc(8);
    body.writeUInt32BE(id, 0);
    body.writeUInt32BE(status, 4);
    this.#control(FRAME.rstStream, body);
  }

  #control(type: number, body: Buffer): void {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(0x8000 | VERSION, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(body.length, 4);
    this.#send(Buffer.concat([head, body]));
  }

  #send(frame: Buffer): void {
    if (this.transport.writable) this.transport.write(frame);
  }

  /** Name/value pairs of a header block; each block continues the connection's one compressed stream. */
  async #headers(block: Buffer): Promise<Record<string, string>> {
    await new Promise<void>((resolve, reject) => {
      // What cannot be inflated is told by the event alone; run() then ends the connection.
      this.#inflate.once('error', reject);
      this.#inflate.write(block, () => {
        this.#inflate.off('error', reject);
        resolve();
      });
    });
    const plain = readAll(this.#inflate);
    let at = 4;
    const text = () => {
      const end = at + 4 + plain.readUInt32BE(at);
      const value = plain.subarray(at + 4, end).toString('utf8');
      at = end;
      return value;
    };
    return Object.fromEntries(
      Array.from({ length: plain.readUInt32BE(0) }, () => [text().toLowerCase(), text()] as const),
    );
  }

  async #compress(plain: Buffer): Promise<Buffer> {
    this.#deflate.write(plain);
    await new Promise<void>((resolve) => this.#deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    return readAll(this.#deflate);
  }
}

function readAll(stream: Inflate | Deflate): Buffer {
  const parts: Buffer[] = [];
  for (let part = stream.read() as Buffer | null; part !== null; part = stream.read() as Buffer | null)
    parts.push(part);
  return Buffer.concat(parts);
}
