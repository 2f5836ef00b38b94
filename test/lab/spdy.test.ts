/** SPDY/3.1 framing, with a client written from the protocol's text. */
import { duplexPair, type Duplex } from 'node:stream';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SpdyConnection, type SpdyStream } from '../../src/lab/api/spdy.js';
import { SPDY_DICTIONARY } from '../../src/lab/api/spdy-dictionary.js';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;

interface Frame {
  control: number | undefined;
  id: number;
  fin: boolean;
  body: Buffer;
}

let client: Duplex;
let streams: SpdyStream[];
let served: Promise<void>;
let deflate: ReturnType<typeof createDeflate>;

beforeEach(() => {
  const [near, far] = duplexPair();
  client = near;
  near.once('close', () => far.destroy());
  streams = [];
  deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
  served = new SpdyConnection(far, (stream) => streams.push(stream)).run();
});

afterEach(async () => {
  client.destroy();
  await served;
});

async function headerBlock(headers: Record<string, string>): Promise<Buffer> {
  const word = (text: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  };
  const count = Buffer.alloc(4);
  count.writeUInt32BE(Object.keys(headers).length);
  deflate.write(Buffer.concat([count, ...Object.entries(headers).flat().map(word)]));
  await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, () => resolve()));
  return deflate.read() as Buffer;
}

function control(type: number, body: Buffer, flags = 0): Buffer {
  const head = Buffer.from([0x80, 3, 0, type, flags, 0, 0, 0]);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

async function open(id: number, headers: Record<string, string>, fin = false): Promise<void> {
  const head = Buffer.alloc(10);
  head.writeUInt32BE(id);
  client.write(control(SYN_STREAM, Buffer.concat([head, await headerBlock(headers)]), fin ? 1 : 0));
}

function data(id: number, text: string, fin = false): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(id);
  head.writeUInt32BE(text.length, 4);
  head.writeUInt8(fin ? 1 : 0, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function frame(): Promise<Frame> {
  const read = async (size: number): Promise<Buffer> => {
    for (;;) {
      const part = client.read(size) as Buffer | null;
      if (part !== null) return part;
      await new Promise((resolve) => client.once('readable', resolve));
    }
  };
  const head = await read(8);
  const size = head.readUIntBE(5, 3);
  const body = size === 0 ? Buffer.alloc(0) : await read(size);
  const isControl = (head[0] ?? 0) >= 0x80;
  return {
    control: isControl ? head.readUInt16BE(2) : undefined,
    id: isControl ? body.readUInt32BE(0) : head.readUInt32BE(0),
    fin: ((head[4] ?? 0) & 1) === 1,
    body,
  };
}

test('the dictionary is the one of the protocol: its Adler-32 is what each header block begins with', async () => {
  const block = await headerBlock({});
  // zlib's header with FDICT, then the dictionary's checksum as it is known from every SPDY/3 connection.
  expect(block.subarray(2, 6).toString('hex')).toBe('e3c6a7c2');
});

describe('a connection', () => {
  test('opens streams with their headers, and answers with a reply', async () => {
    await open(1, { Streamtype: 'error', port: '8000', requestid: '0' });
    const first = await frame();
    expect(first).toMatchObject({ control: SYN_REPLY, id: 1, fin: false });
    await open(3, { streamtype: 'data', port: '8000', requestid: '0' });
    const second = await frame();
    expect(second.id).toBe(3);
    expect(streams.map(({ headers }) => headers)).toEqual([
      { streamtype: 'error', port: '8000', requestid: '0' },
      { streamtype: 'data', port: '8000', requestid: '0' },
    ]);
    const inflate = createInflate({ dictionary: SPDY_DICTIONARY });
    inflate.write(Buffer.concat([first.body.subarray(4), second.body.subarray(4)]));
    await new Promise<void>((resolve) => inflate.flush(() => resolve()));
    expect(inflate.read()).toEqual(Buffer.alloc(8));
  });

  test('carries data both ways, however it is cut, and closes half by half', async () => {
    await open(1, { streamtype: 'data' });
    await frame();
    const [stream] = streams as [SpdyStream];
    const all = Buffer.concat([data(1, 'hello '), data(1, 'world', true)]);
    for (const byte of all) client.write(Buffer.from([byte]));
    const received: Buffer[] = [];
    for await (const part of stream.iterator({ destroyOnReturn: false })) received.push(part as Buffer);
    expect(Buffer.concat(received).toString()).toBe('hello world');
    const long = 'x'.repeat(40_000);
    stream.end(long);
    let answer = '';
    for (;;) {
      const { body, fin } = await frame();
      answer += body.toString();
      if (fin) break;
    }
    expect(answer).toBe(long);
  });

  test('echoes a ping, and resets what it does not know', async () => {
    client.write(control(PING, Buffer.from([0, 0, 0, 5])));
    expect(await frame()).toMatchObject({ control: PING, id: 5 });
    client.write(data(77, 'to nobody'));
    expect(await frame()).toMatchObject({ control: RST_STREAM, id: 77 });
  });

  test('a reset ends its stream, the end of the transport all', async () => {
    await open(1, { streamtype: 'data' });
    await open(3, { streamtype: 'data' });
    await frame();
    await frame();
    const [one, two] = streams as [SpdyStream, SpdyStream];
    const gone = new Promise<void>((resolve) => one.once('close', () => resolve()));
    client.write(control(RST_STREAM, Buffer.from([0, 0, 0, 1, 0, 0, 0, 5])));
    await gone;
    expect(two.destroyed).toBe(false);
    client.end();
    await served;
    expect(two.destroyed).toBe(true);
  });

  test.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['another version', Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0])],
    [
      'headers that are not compressed',
      control(SYN_STREAM, Buffer.concat([Buffer.alloc(10), Buffer.from('plain text')])),
    ],
    ['a frame without end', Buffer.from([0, 0, 0, 1, 0, 0xff, 0xff, 0xff])],
  ])('%s ends it quietly', async (_name, bytes) => {
    client.on('error', () => undefined);
    client.resume();
    client.write(bytes);
    client.end();
    await served;
    expect(streams).toEqual([]);
  });
});
