/** Logging in: PostgreSQL's ways that a DATABASE_URL can be used for. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { LadderFault } from './fault.js';
import type { Challenge, Wire } from './messages.js';

/** A server that asks for more would only keep this machine busy; PostgreSQL's default is 4096. */
const MAX_ROUNDS = 1_000_000;

/**
 * Answers the server's challenge and waits until it is ready for a query.
 * @param mayShow whether a password may be sent as it is: only to a server whose certificate was verified
 * @throws LadderFault
 */
export async function login(
  wire: Wire,
  { user, password }: { user: string; password: string },
  { code, body }: Challenge,
  mayShow: boolean,
): Promise<void> {
  if (code === 3) {
    if (!mayShow) {
      throw new LadderFault(
        'withheld',
        'the server asks for the password in clear text, and its certificate was not verified: it was not sent',
      );
    }
    wire.send('p', Buffer.from(`${password}\0`));
  } else if (code === 5) {
    const md5 = (...parts: (string | Buffer)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');
    wire.send('p', Buffer.from(`md5${md5(md5(password, user), body.subarray(0, 4))}\0`));
  } else if (code === 10) {
    await scram(wire, body, password);
  } else if (code !== 0) {
    throw new LadderFault(
      'unsupported',
      `the server asks for a way to log in that this program does not know (${code})`,
    );
  }
  for (;;) {
    const message = await wire.message();
    if (message.kind === 'Z') return;
    if (message.kind === 'R' && message.body.readInt32BE() !== 0) {
      throw new LadderFault('unsupported', 'the server asks for more than a password');
    }
  }
}

/** RFC 5802 with SHA-256 (RFC 7677), without channel binding, as PostgreSQL has it. */
async function scram(wire: Wire, offered: Buffer, password: string): Promise<void> {
  if (!offered.toString('latin1').split('\0').includes('SCRAM-SHA-256')) {
    throw new LadderFault('unsupported', 'the server offers no SCRAM-SHA-256');
  }
  const nonce = randomBytes(18).toString('base64');
  const bare = `n=,r=${nonce}`;
  const first = Buffer.from(`n,,${bare}`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(first.length);
  wire.send('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first]));
  const challenge = await sasl(wire, 11);
  const value = (name: string) => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(challenge)?.[1] ?? '';
  const rounds = Number(value('i'));
  if (!value('r').startsWith(nonce) || !(rounds > 0 && rounds <= MAX_ROUNDS) || value('s') === '') {
    throw new LadderFault('protocol', 'the server’s SCRAM challenge is malformed');
  }
  // SASLprep of a password without characters beyond ASCII is the password itself.
  const salted = await promisify(pbkdf2)(
    password.normalize('NFKC'),
    Buffer.from(value('s'), 'base64'),
    rounds,
    32,
    'sha256',
  );
  const mac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const client = mac(salted, 'Client Key');
  const without = `c=biws,r=${value('r')}`;
  const text = `${bare},${challenge},${without}`;
  const signature = mac(createHash('sha256').update(client).digest(), text);
  const proof = Buffer.from(client.map((byte, index) => byte ^ (signature[index] ?? 0)));
  wire.send('p', Buffer.from(`${without},p=${proof.toString('base64')}`));
  const final = /^v=(.*)$/.exec(await sasl(wire, 12))?.[1] ?? '';
  const expected = mac(mac(salted, 'Server Key'), text);
  const given = Buffer.from(final, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new LadderFault('protocol', 'the server could not prove that it knows the password');
  }
}

async function sasl(wire: Wire, wanted: number): Promise<string> {
  const { kind, body } = await wire.message();
  if (kind !== 'R' || body.length < 4 || body.readInt32BE() !== wanted) {
    throw new LadderFault('protocol', 'the server broke off SCRAM');
  }
  return body.subarray(4).toString('utf8');
}
