/** Reads one HTTP/1.x response from the bytes of a connection (RFC 9112), keeping no more of it than is asked for. */
import { CONTENT_BYTES, ENOUGH_BYTES } from './lane.js';

/** Longest head, as in Node's own parser. */
const MAX_HEAD = 16 * 1024;

type State =
  'head' | 'length' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'until-close' | 'done';

export class ResponseReader {
  status = 0;
  head = '';
  body = '';
  #state: State = 'head';
  #text = '';
  #left = 0;
  #read = 0;
  #wantsContent = false;

  /** Prepares for the next response. */
  reset(wantsContent: boolean): void {
    this.status = 0;
    this.head = '';
    this.body = '';
    this.#state = 'head';
    this.#text = '';
    this.#left = 0;
    this.#read = 0;
    this.#wantsContent = wantsContent;
  }

  /** Whether the head was complete, so that what is missing is of the body. */
  get hasHead(): boolean {
    return this.#state !== 'head';
  }

  /**
   * The next bytes of the connection.
   * @returns `done` once the response is complete (or enough of it was read), `bad` when it is not HTTP
   */
  push(bytes: Uint8Array, length: number): 'more' | 'done' | 'bad' {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length);
    let at = 0;
    if (this.#state === 'head') {
      const next = this.#readHead(buffer);
      if (next === 'more' || next === 'bad') return next;
      at = next;
    }
    while (at < length || this.#isComplete()) {
      if (this.#isComplete()) return 'done';
      const next = this.#readBody(buffer, at);
      if (next === 'bad') return 'bad';
      at = next;
      if (this.#read > ENOUGH_BYTES) this.#state = 'done';
    }
    return this.#isComplete() ? 'done' : 'more';
  }

  /** The peer ends the connection. @returns whether that completes the response */
  end(): boolean {
    return this.#state === 'until-close' || this.#state === 'done';
  }

  #isComplete(): boolean {
    return this.#state === 'done' || (this.#state === 'length' && this.#left === 0);
  }

  /** @returns index of the first byte of the body */
  #readHead(buffer: Buffer): number | 'more' | 'bad' {
    const before = this.#text.length;
    this.#text += buffer.toString('latin1', 0, buffer.length);
    // What does not begin like HTTP will not become HTTP.
    if (!'HTTP/1.'.startsWith(this.#text.slice(0, 7)) || this.#text.length === 0) return 'bad';
    let start = 0;
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n', start);
      if (end < 0) return this.#text.length - start > MAX_HEAD ? 'bad' : 'more';
      const head = this.#text.slice(start, end + 2);
      const status = /^HTTP\/1\.[01] ([1-5]\d\d)[ \r]/.exec(head)?.[1];
      if (status === undefined) return 'bad';
      start = end + 4;
      // Interim responses come before the one that counts.
      if (status.startsWith('1') && status !== '101') continue;
      return this.#begin(Number(status), head) ? start - before : 'bad';
    }
  }

  /** @returns whether the head says how long the body is in a way that can be */
  #begin(status: number, head: string): boolean {
    this.status = status;
    this.#text = '';
    if (this.#wantsContent) this.head = head;
    if (status === 204 || status === 304 || status === 101) this.#state = 'done';
    else if (/\r\ntransfer-encoding:[^\r]*\bchunked[ \t]*\r/i.test(head)) this.#state = 'chunk-size';
    else {
      const length = /\r\ncontent-length:[ \t]*([^\r]*)\r/i.exec(head)?.[1];
      if (length !== undefined && !/^\d{1,15}[ \t]*$/.test(length)) return false;
      this.#state = length === undefined ? 'until-close' : 'length';
      this.#left = Number(length ?? 0);
    }
    return true;
  }

  /** @returns index after what was consumed */
  #readBody(buffer: Buffer, at: number): number | 'bad' {
    switch (this.#state) {
      case 'length':
      case 'chunk-data': {
        const end = Math.min(buffer.length, at + this.#left);
        this.#keep(buffer, at, end);
        this.#left -= end - at;
        if (this.#left === 0) this.#state = this.#state === 'length' ? 'done' : 'chunk-end';
        return end;
      }
      case 'until-close':
        this.#keep(buffer, at, buffer.length);
        return buffer.length;
      default:
        return this.#readLine(buffer, at);
    }
  }

  /** The lines between and after chunks. */
  #readLine(buffer: Buffer, at: number): number | 'bad' {
    const newline = buffer.indexOf(10, at);
    const end = newline < 0 ? buffer.length : newline + 1;
    this.#text += buffer.toString('latin1', at, end);
    if (this.#text.length > MAX_HEAD) return 'bad';
    if (newline < 0) return end;
    const line = this.#text.replace(/\r?\n$/, '');
    this.#text = '';
    if (this.#state === 'chunk-end') {
      this.#state = 'chunk-size';
      return line === '' ? end : 'bad';
    }
    if (this.#state === 'trailer') {
      if (line === '') this.#state = 'done';
      return end;
    }
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) return 'bad';
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk-data';
    return end;
  }

  #keep(buffer: Buffer, from: number, to: number): void {
    this.#read += to - from;
    if (!this.#wantsContent || this.body.length >= CONTENT_BYTES) return;
    // Names of pods, and the JSON around them, are ASCII.
    this.body += buffer.toString('latin1', from, Math.min(to, from + CONTENT_BYTES - this.body.length));
  }
}
