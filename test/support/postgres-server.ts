/**
 * A PostgreSQL server on loopback, as far as logging in and `SELECT 1` go, with a wire format written from the
 * protocol's documentation and apart from the program's own client. It can be made to fail at each step.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { selfSigned } from '../../src/lab/certificate.js';

export interface PostgresBehaviour {
  user: string;
  password: string;
  auth: 'scram' | 'md5' | 'password' | 'trust';
  /** Answer to the SSLRequest: S, N, or anything else that is sent as it is. */
  ssl: string;
  /** An ErrorResponse in place of the step; SQLSTATE and message. */
  fail: Partial<Record<'startup' | 'login' | 'query', [state: string, message: string]>>;
  /** Milliseconds before the n-th start-up packet of this server is answered, from 0. */
  delayMs: (connection: number) => number;
  /** Says nothing after the connection stands. */
  mute: boolean;
  /** Closes instead of answering the start-up packet. */
  hangUp: boolean;
  /** Answers a start-up packet that came without TLS with an error. */
  requireTls: boolean;
}

export interface PostgresServer {
  port: number;
  /** Names that clients sent in TLS, and the start-up parameters. */
  seen: { servername: string | false; parameters: Record<string, string>; encrypted: boolean }[];
  /** Passwords that came in clear text. */
  shown: string[];
  close(): Promise<void>;
}

export const PASSWORD = 'Ladder-Canary-5f1c';

export async function postgresServer(change: Partial<PostgresBehaviour> = {}): Promise<PostgresServer> {
  const behaviour: PostgresBehaviour = {
    user: 'todo_app',
    password: PASSWORD,
    auth: 'scram',
    ssl: 'S',
    fail: {},
    delayMs: () => 0,
    mute: false,
    hangUp: false,
    requireTls: false,
    ...change,
  };
  const identity = selfSigned('db.example.net', { dns: ['db.example.net'], ipv4: ['127.0.0.1'] }, Date.now());
  const sockets = new Set<net.Socket>();
  const result: PostgresServer = {
    port: 0,
    seen: [],
    shown: [],
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (behaviour.mute) return;
    socket.once('data', (data) => {
      if (data.toString('hex') !== '0000000804d2162f') {
        void converse(socket, data, false);
        return;
      }
      socket.write(behaviour.ssl);
      if (behaviour.ssl === 'N') socket.once('data', (more) => void converse(socket, more, false));
      if (behaviour.ssl !== 'S') return;
      const secure = new tls.TLSSocket(socket, {
        isServer: true,
        cert: identity.certificate,
        key: identity.privateKey,
      });
      secure.on('error', () => undefined);
      secure.once('data', (more: Buffer) => void converse(secure, more, true));
    });
  });

  async function converse(socket: net.Socket, start: Buffer, encrypted: boolean): Promise<void> {
    const parameters = readParameters(start);
    const { servername = false } = socket as { servername?: string | false };
    const number = result.seen.push({ servername, parameters, encrypted }) - 1;
    await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs(number)));
    if (behaviour.hangUp) return void socket.end();
    if (behaviour.requireTls && !encrypted) {
      refuse(socket, ['28000', 'connection is insecure (try using `sslmode=require`)']);
      return;
    }
    if (behaviour.fail.startup) {
      refuse(socket, behaviour.fail.startup);
      return;
    }
    if (!(await authenticate(socket, parameters.user ?? ''))) return;
    if (behaviour.fail.login) {
      refuse(socket, behaviour.fail.login);
      return;
    }
    socket.write(
      Buffer.concat([
        message('R', int(0)),
        message('S', Buffer.from('server_version\x0018.0\0')),
        message('K', Buffer.alloc(8)),
        message('Z', Buffer.from('I')),
      ]),
    );
    const { body } = await next(socket);
    if (behaviour.fail.query) {
      refuse(socket, behaviour.fail.query);
      return;
    }
    if (body.toString() !== 'SELECT 1\0') {
      refuse(socket, ['42601', 'another query']);
      return;
    }
    socket.write(
      Buffer.concat([
        message('T', Buffer.concat([Buffer.from([0, 1]), Buffer.from('?column?\0'), Buffer.alloc(18)])),
        message('D', Buffer.concat([Buffer.from([0, 1]), int(1), Buffer.from('1')])),
        message('C', Buffer.from('SELECT 1\0')),
        message('Z', Buffer.from('I')),
      ]),
    );
  }

  async function authenticate(socket: net.Socket, user: string): Promise<boolean> {
    const wrong = () => {
      refuse(socket, ['28P01', `password authentication failed for user "${user}"`]);
      return false;
    };
    if (behaviour.auth === 'trust') return true;
    if (behaviour.auth === 'scram') return (await scram(socket)) || wrong();
    const salt = randomBytes(4);
    socket.write(
      behaviour.auth === 'md5' ? message('R', Buffer.concat([int(5), salt])) : message('R', int(3)),
    );
    const given = (await next(socket)).body.toString().replace(/\0$/, '');
    if (behaviour.auth === 'password') {
      result.shown.push(given);
      return given === behaviour.password || wrong();
    }
    const md5 = (text: string | Buffer) => createHash('md5').update(text).digest('hex');
    const inner = Buffer.from(md5(behaviour.password + behaviour.user));
    return given === `md5${md5(Buffer.concat([inner, salt]))}` || wrong();
  }

  async function scram(socket: net.Socket): Promise<boolean> {
    socket.write(
      message('R', Buffer.concat([int(10), Buffer.from('SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0')])),
    );
    const first = (await next(socket)).body;
    const bare = first
      .subarray('SCRAM-SHA-256\0'.length + 4)
      .toString()
      .replace(/^n,,/, '');
    const salt = randomBytes(16);
    const nonce = `${/r=(.*)$/.exec(bare)?.[1] ?? ''}${randomBytes(9).toString('base64')}`;
    const challenge = `r=${nonce},s=${salt.toString('base64')},i=4096`;
    socket.write(message('R', Buffer.concat([int(11), Buffer.from(challenge)])));
    const final = (await next(socket)).body.toString();
    const mac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const salted = pbkdf2Sync(behaviour.password, salt, 4096, 32, 'sha256');
    const client = mac(salted, 'Client Key');
    const text = `${bare},${challenge},${final.replace(/,p=.*$/, '')}`;
    const signature = mac(createHash('sha256').update(client).digest(), text);
    const proof = Buffer.from(/p=(.*)$/.exec(final)?.[1] ?? '', 'base64');
    if (!proof.equals(Buffer.from(client.map((byte, index) => byte ^ (signature[index] ?? 0))))) return false;
    const verifier = mac(mac(salted, 'Server Key'), text).toString('base64');
    socket.write(message('R', Buffer.concat([int(12), Buffer.from(`v=${verifier}`)])));
    return true;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  result.port = (server.address() as net.AddressInfo).port;
  return result;
}

function int(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function message(kind: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int(body.length + 4), body]);
}

function refuse(socket: net.Socket, [state, text]: [string, string]): void {
  socket.end(message('E', Buffer.from(`SFATAL\0VFATAL\0C${state}\0M${text}\0Fauth.c\0\0`)));
}

/** The client's next message; clients of tests send each in one piece. */
function next(socket: net.Socket): Promise<{ kind: string; body: Buffer }> {
  return new Promise((resolve) =>
    socket.once('data', (data) => resolve({ kind: data.toString('latin1', 0, 1), body: data.subarray(5) })),
  );
}

function readParameters(packet: Buffer): Record<string, string> {
  const items = packet.subarray(8).toString().split('\0');
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < items.length && items[index] !== ''; index += 2) {
    pairs.push([items[index] ?? '', items[index + 1] ?? '']);
  }
  return Object.fromEntries(pairs);
}
