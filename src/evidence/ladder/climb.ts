/** The ladder as it is climbed from this machine: a small PostgreSQL client that tells each rung. */
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { HostLadder, Rung, RungResult } from '../deep-facts.js';
import { patientTimeout } from '../patient-timer.js';

import { asFault, LadderFault } from './fault.js';
import { login } from './login.js';
import { SSL_REQUEST, startupBody, Wire, type Challenge } from './messages.js';
import { certificateFacts } from './output.js';
import type { DatabaseLogin } from './url.js';

/** Milliseconds until a connection must stand. */
const CONNECT_MS = 2500;

const METHODS: Record<number, string> = {
  0: 'no password asked for',
  3: 'password',
  5: 'md5',
  10: 'scram-sha-256',
};

/** Cleans what the server said. */
export type Clean = (text: string) => string;

/**
 * Climbs to one host twice; the second time tells a cold start from a fault.
 * @param deadline `performance.now()` at which it ends, wherever it is
 */
export async function climbTwice(
  url: DatabaseLogin,
  { host, port }: { host: string; port: number },
  deadline: number,
  clean: Clean,
  signal: AbortSignal,
): Promise<HostLadder> {
  const ladder: HostLadder = { host, port, climbs: [], certificate: undefined };
  const begin = performance.now();
  for (let number = 0; number < 2; number += 1) {
    const climb = new Climb(url, ladder, deadline, clean, signal);
    ladder.climbs.push(climb.rungs);
    await climb.go();
    if (isFinal(climb.rungs.at(-1)) || signal.aborted) break;
    if (deadline - performance.now() < (deadline - begin) / 3) break;
  }
  return ladder;
}

/**
 * Whether a second climb could not tell more. The same credentials would be refused again, and some servers count. What
 * DNS does not know, and what drops packets, does not wake up either.
 */
function isFinal(last: RungResult | undefined): boolean {
  const { error, rung } = last ?? {};
  if (error === undefined) return false;
  if (error.sqlstate?.startsWith('28') === true) return true;
  if (error.kind === 'timeout') return rung === 'dns' || rung === 'tcp';
  return error.kind === 'name' || error.kind === 'resolver';
}

class Climb {
  readonly rungs: RungResult[] = [];

  constructor(
    private readonly url: DatabaseLogin,
    private readonly ladder: HostLadder,
    private readonly deadline: number,
    private readonly clean: Clean,
    private readonly signal: AbortSignal,
  ) {}

  /** Goes up as far as it gets. Never rejects. */
  async go(): Promise<void> {
    const open: Duplex[] = [];
    try {
      await this.#up(open);
    } catch (error) {
      // Told as the last rung.
      if (!(error instanceof LadderFault)) throw error;
    } finally {
      for (const stream of open) stream.destroy();
    }
  }

  async #up(open: Duplex[]): Promise<void> {
    const { url, ladder } = this;
    const { mode } = url;
    const keep = <T extends Duplex>(stream: T): T => {
      // Whoever waits on the stream learns of its errors; nobody else must.
      stream.on('error', () => undefined);
      open.push(stream);
      return stream;
    };
    const addresses = await this.#rung('dns', async () => {
      const found = (await lookup(ladder.host, { all: true })).map(({ address }) => address);
      return [found, found.slice(0, 4).join(', ')];
    });
    let stream: Duplex = await this.#rung('tcp', async () => {
      const socket = await this.#connect(addresses);
      return [keep(socket), socket.remoteAddress ?? ''];
    });
    let verified = false;
    if (mode !== 'disable' && mode !== 'allow') {
      const hasTls = await this.#rung('ssl', () => this.#askForTls(stream));
      if (hasTls) {
        const secure = await this.#rung('tls', async () => {
          const socket = keep(await this.#shake(stream));
          ladder.certificate ??= certificateFacts(socket.getPeerCertificate().raw, ladder.host, this.clean);
          return [socket, socket.getProtocol() ?? ''];
        });
        verified = secure.authorized;
        stream = secure;
      }
    }
    const wire = new Wire(stream, () => this.#left());
    const challenge = await this.#rung('startup', () => this.#startup(wire));
    await this.#rung('login', async () => {
      await login(wire, url, challenge, verified);
      return [undefined, ''];
    });
    await this.#rung('query', () => this.#query(wire));
    wire.send('X', Buffer.alloc(0));
  }

  #left(): number {
    return this.deadline - performance.now();
  }

  async #rung<T>(rung: Rung, act: () => Promise<[T, string]>): Promise<T> {
    const begin = performance.now();
    const add = (error: RungResult['error'], detail: string) =>
      this.rungs.push({ rung, error, detail, ms: Math.round(performance.now() - begin) });
    try {
      const [value, detail] = await this.#bounded(act);
      add(undefined, this.clean(detail));
      return value;
    } catch (error) {
      const fault = asFault(error);
      add({ kind: fault.kind, text: this.clean(fault.message), sqlstate: fault.sqlstate }, '');
      throw fault;
    }
  }

  /** A look-up cannot be ended, but it need not be waited for. */
  async #bounded<T>(act: () => Promise<T>): Promise<T> {
    const ms = Math.max(50, this.#left());
    let stop: () => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      const stopTimer = patientTimeout(() => reject(new LadderFault('timeout', 'no answer in time')), ms);
      const onAbort = () => reject(new LadderFault('error', 'it was stopped before it was done'));
      if (this.signal.aborted) onAbort();
      this.signal.addEventListener('abort', onAbort, { once: true });
      stop = () => {
        stopTimer();
        this.signal.removeEventListener('abort', onAbort);
      };
    });
    ended.catch(() => undefined);
    const running = act();
    running.catch(() => undefined);
    try {
      return await Promise.race([running, ended]);
    } finally {
      stop();
    }
  }

  /** The first of the addresses that accepts a connection. */
  async #connect(addresses: readonly string[]): Promise<Socket> {
    const errors: unknown[] = [];
    for (const address of addresses) {
      try {
        return await connected(address, this.ladder.port, Math.min(CONNECT_MS, Math.max(50, this.#left())));
      } catch (error) {
        errors.push(error);
      }
    }
    throw new AggregateError(errors);
  }

  async #askForTls(stream: Duplex): Promise<[boolean, string]> {
    const wire = new Wire(stream, () => this.#left());
    wire.write(SSL_REQUEST);
    const answer = (await wire.bytes(1)).toString('latin1');
    if (answer === 'S') return [true, ''];
    if (answer !== 'N') throw new LadderFault('protocol', 'the server does not speak PostgreSQL’s protocol');
    if (this.url.mode === 'prefer') return [false, 'no TLS'];
    throw new LadderFault('refused-tls', 'the server does not support SSL');
  }

  #shake(socket: Duplex): Promise<TLSSocket> {
    const { mode } = this.url;
    const { host } = this.ladder;
    return new Promise((resolve, reject) => {
      const secure = connectTls(
        {
          socket,
          ...(isIP(host) === 0 && { servername: host }),
          rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
          // libpq's verify-ca trusts any name of a certificate that it trusts.
          ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
        },
        () => resolve(secure),
      );
      secure.once('error', reject);
      secure.once('close', () => reject(new LadderFault('reset', 'the server closed the connection')));
    });
  }

  async #startup(wire: Wire): Promise<[Challenge, string]> {
    const { user, database, options } = this.url;
    const pairs: [string, string][] = [
      ['user', user],
      ['database', database],
      ['application_name', 'todo-k8s'],
    ];
    if (options !== undefined) pairs.push(['options', options]);
    wire.send('', startupBody(pairs));
    const { kind, body } = await wire.message();
    if (kind !== 'R' || body.length < 4) {
      throw new LadderFault('protocol', 'the server does not speak PostgreSQL’s protocol');
    }
    const code = body.readInt32BE();
    return [{ code, body: body.subarray(4) }, METHODS[code] ?? `method ${code}`];
  }

  async #query(wire: Wire): Promise<[undefined, string]> {
    wire.send('Q', Buffer.from('SELECT 1\0'));
    let rows = 0;
    for (;;) {
      const { kind } = await wire.message();
      if (kind === 'D') rows += 1;
      if (kind !== 'Z') continue;
      if (rows !== 1) throw new LadderFault('protocol', `SELECT 1 gave ${rows} rows`);
      return [undefined, ''];
    }
  }
}

function connected(address: string, port: number, ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const fail = (error: Error) => {
      stopTimer();
      socket.destroy();
      reject(error);
    };
    const stopTimer = patientTimeout(() => fail(new LadderFault('timeout', 'no answer in time')), ms);
    socket.once('error', fail);
    socket.once('connect', () => {
      stopTimer();
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
