/**
 * As much of PostgreSQL's protocol, version 3.0, as it takes to log in and ask for one row (PostgreSQL documentation:
 * Frontend/Backend Protocol, Message Formats).
 */
import type { Duplex } from 'node:stream';
import { patientTimeout } from '../patient-timer.js';
import { LadderFault } from './fault.js';

/** Bytes of one message that are read: none that is expected here comes near. */
const MAX_MESSAGE = 64 * 1024;

/** Messages that may come while logging in and asking. */
const KNOWN = 'RESKZNDTCGHvI';

export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** `code` is that of the Authentication message: 0 none, 3 clear text, 5 md5, 10 SASL. */
export interface Challenge {
  code: number;
  body: Buffer;
}

export interface Message {
  kind: string;
  body: Buffer;
}

/** A connection as messages; each wait is bounded. */
export class Wire {
  #pending: Buffer = Buffer.alloc(0);

  /** @param msLeft milliseconds that the next wait may take */
  constructor(
    private readonly stream: Duplex,
    private readonly msLeft: () => number,
  ) {}

  send(kind: string, body: Buffer): void {
    const head = Buffer.alloc(kind.length + 4);
    head.write(kind, 'latin1');
    head.writeInt32BE(body.length + 4, kind.length);
    this.stream.write(Buffer.concat([head, body]));
  }

  write(bytes: Buffer): void {
    this.stream.write(bytes);
  }

  /** @throws LadderFault `timeout`, `reset`; Error of the socket */
  async bytes(count: number): Promise<Buffer> {
    while (this.#pending.length < count) {
      this.#pending = Buffer.concat([this.#pending, await this.#more()]);
    }
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }

  /** The next message that is neither a notice nor a setting. @throws LadderFault `server` for an ErrorResponse */
  async message(): Promise<Message> {
    for (;;) {
      const kind = (await this.bytes(1)).toString('latin1');
      const size = (await this.bytes(4)).readInt32BE() - 4;
      if (!KNOWN.includes(kind) || size < 0 || size > MAX_MESSAGE) {
        throw new LadderFault('protocol', 'the server does not speak PostgreSQL’s protocol');
      }
      const body = await this.bytes(size);
      if (kind === 'E') throw serverFault(body);
      if (!'NSv'.includes(kind)) return { kind, body };
    }
  }

  #more(): Promise<Buffer> {
    const { stream } = this;
    const read = stream.read() as Buffer | null;
    if (read !== null) return Promise.resolve(read);
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        stopTimer();
        stream.off('readable', onReadable).off('error', onError).off('end', onEnd).off('close', onEnd);
        settle();
      };
      const onReadable = () => {
        const chunk = stream.read() as Buffer | null;
        if (chunk !== null) finish(() => resolve(chunk));
      };
      const onError = (error: Error) => finish(() => reject(error));
      const onEnd = () =>
        finish(() => reject(new LadderFault('reset', 'the server closed the connection without a word')));
      const stopTimer = patientTimeout(
        () => finish(() => reject(new LadderFault('timeout', 'no answer in time'))),
        Math.max(50, this.msLeft()),
      );
      stream.on('readable', onReadable).on('error', onError).on('end', onEnd).on('close', onEnd);
    });
  }
}

/** ErrorResponse: fields of one letter each; M is the message, C the SQLSTATE. */
function serverFault(body: Buffer): LadderFault {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((part) => [part.slice(0, 1), part.slice(1)]),
  );
  return new LadderFault('server', fields.get('M') ?? 'no reason given', fields.get('C'));
}

export function startupBody(pairs: readonly (readonly [string, string])[]): Buffer {
  const version = Buffer.from([0, 3, 0, 0]);
  return Buffer.concat([
    version,
    Buffer.from(
      `${pairs
        .flat()
        .map((text) => `${text}\0`)
        .join('')}\0`,
    ),
  ]);
}
