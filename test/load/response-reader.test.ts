import { describe, expect, test } from '@jest/globals';
import { ResponseReader } from '../../src/evidence/http/response-reader.js';

/** Feeds a response in pieces of `size` bytes. @returns what the last piece came to, and the reader */
function read(text: string, size = text.length, wantsContent = true) {
  const reader = new ResponseReader();
  reader.reset(wantsContent);
  const bytes = Buffer.from(text, 'latin1');
  let progress: 'more' | 'done' | 'bad' = 'more';
  for (let at = 0; at < bytes.length && progress === 'more'; at += size) {
    const piece = bytes.subarray(at, at + size);
    progress = reader.push(piece, piece.length);
  }
  return { progress, reader };
}

const JSON_BODY = '{"status":"healthy","pod":"a"}';
const WITH_LENGTH = `HTTP/1.1 200 OK\r\nContent-Length: ${JSON_BODY.length}\r\nX-Pod: b\r\n\r\n${JSON_BODY}`;
const CHUNKED = `HTTP/1.1 503 Service Unavailable\r\ntransfer-encoding: chunked\r\n\r\n5;x=1\r\n{"a":\r\n2\r\n1}\r\n0\r\nTrailer: x\r\n\r\n`;

describe.each([1, 2, 3, 7, 1000])('in pieces of %i bytes', (size) => {
  test('a body with a length', () => {
    const { progress, reader } = read(WITH_LENGTH, size);
    expect(progress).toBe('done');
    expect(reader).toMatchObject({ status: 200, body: JSON_BODY });
    expect(reader.head).toContain('\r\nX-Pod: b\r\n');
  });

  test('a body in chunks, with a trailer', () => {
    const { progress, reader } = read(CHUNKED, size);
    expect(progress).toBe('done');
    expect(reader).toMatchObject({ status: 503, body: '{"a":1}' });
  });

  test('interim responses before the one that counts', () => {
    const { progress, reader } = read(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${WITH_LENGTH}`, size);
    expect(progress).toBe('done');
    expect(reader).toMatchObject({ status: 200, body: JSON_BODY });
  });

  test('a body that ends with the connection', () => {
    const { progress, reader } = read('HTTP/1.0 200 OK\r\n\r\nabc', size);
    expect(progress).toBe('more');
    expect(reader.end()).toBe(true);
    expect(reader.body).toBe('abc');
  });
});

test.each([204, 304])('%i has no body', (status) => {
  expect(read(`HTTP/1.1 ${status} X\r\n\r\n`).progress).toBe('done');
});

test('an empty body is complete with its head', () => {
  expect(read('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n').progress).toBe('done');
});

test.each([
  ['SSH-2.0-OpenSSH_9.2\r\n'],
  ['\x15\x03\x01\x00\x02\x02\x46'],
  ['HTTP/2 200\r\n\r\n'],
  ['HTTP/1.1 abc\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
  [`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4000)}`],
])('what is not HTTP is told as such: %j', (text) => {
  expect(read(text).progress).toBe('bad');
});

test('a response that is cut off is not complete', () => {
  const { progress, reader } = read(WITH_LENGTH.slice(0, -1));
  expect(progress).toBe('more');
  expect(reader.hasHead).toBe(true);
  expect(reader.end()).toBe(false);
  expect(read('HTTP/1.1 2').reader.hasHead).toBe(false);
});

test('an endless body has been read enough after a mebibyte, and keeps little', () => {
  const { progress, reader } = read(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_100_000)}`, 64 * 1024);
  expect(progress).toBe('done');
  expect(reader.body.length).toBe(16 * 1024);
});

test('content that is not wanted is not kept', () => {
  const { reader } = read(WITH_LENGTH, 10, false);
  expect(reader).toMatchObject({ status: 200, head: '', body: '' });
});
