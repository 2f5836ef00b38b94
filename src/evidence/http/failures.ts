/** What a failed exchange means, in words; one outcome for each kind that a person would look into differently. */
import { connect as tlsConnect } from 'node:tls';
import type { HttpOutcome } from '../evidence.js';
import { portOf } from '../url-parts.js';

/** How far an exchange got. */
export type Phase = 'connecting' | 'waiting' | 'reading';

/** An exchange without a response; the message is its detail. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  constructor(
    readonly outcome: Exclude<HttpOutcome, 'response'>,
    detail: string,
  ) {
    super(detail);
  }
}

/** No socket was made: this process or its machine has no more files, or no memory for them. */
const OWN_LIMIT: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS']);

export function isOwnLimit(code: string | undefined): boolean {
  return OWN_LIMIT.has(code ?? '');
}

const CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'the server’s certificate has expired',
  CERT_NOT_YET_VALID: 'the server’s certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the server’s certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the server’s certificate is signed by an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the server’s certificate is signed by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the server’s certificate is signed by an authority that is not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the server’s certificate is for another host name',
};

/**
 * @param cause what Node or undici gave, or the milliseconds of the bound that ran out
 */
export function describeFailure(target: URL, phase: Phase, cause: unknown): ProbeFailure {
  const where = `${target.hostname}:${portOf(target)}`;
  if (typeof cause === 'number') return expired(where, phase, cause);
  const code = codeOf(cause);
  if (code === 'ECONNREFUSED') return new ProbeFailure('refused', `connection refused at ${where}`);
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'].includes(code)) {
    const words = code === 'ENOTFOUND' ? 'does not resolve' : 'could not be resolved (no answer from DNS)';
    return new ProbeFailure('dns', `host name ${target.hostname} ${words}`);
  }
  if (isOwnLimit(code)) {
    const words = 'was not asked: todo-k8s has as many files open as it may; raise the limit (ulimit -n)';
    return new ProbeFailure('own-limit', `${where} ${words} (${code})`);
  }
  if (
    [
      'EHOSTUNREACH',
      'ENETUNREACH',
      'EADDRNOTAVAIL',
      'EHOSTDOWN',
      'ENETDOWN',
      'EACCES',
      'EPERM',
      'EINVAL',
    ].includes(code)
  ) {
    return new ProbeFailure('unreachable', `no route to ${where} (${code})`);
  }
  if (code === 'ETIMEDOUT') return new ProbeFailure('timeout', `no connection to ${where} (${code})`);
  const certificate = CERTIFICATE[code];
  if (certificate !== undefined) return new ProbeFailure('tls', certificate);
  if (
    code === 'EPROTO' ||
    code.startsWith('ERR_SSL') ||
    code.startsWith('ERR_TLS') ||
    code.includes('CERT')
  ) {
    return new ProbeFailure(
      'tls',
      `no TLS with ${where}: the port does not speak it, or the handshake failed (${code})`,
    );
  }
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new ProbeFailure('not-http', `${where} sent headers larger than 16 KiB`);
  }
  // undici gives its parser's errors no code.
  if (code.startsWith('HPE_') || (cause instanceof Error && cause.name === 'HTTPParserError')) {
    return notHttp(where, cause);
  }
  const moment = phase === 'reading' ? 'in the middle of the body' : 'before it answered';
  const words = phase === 'connecting' ? 'while connecting' : moment;
  return new ProbeFailure('reset', `${where} closed the connection ${words}`);
}

function expired(where: string, phase: Phase, bound: number): ProbeFailure {
  if (phase === 'connecting') {
    return new ProbeFailure('timeout', `no connection to ${where} within ${bound} ms`);
  }
  if (phase === 'waiting') {
    return new ProbeFailure(
      'timeout',
      `${where} accepted the connection but did not answer within ${bound} ms`,
    );
  }
  return new ProbeFailure('body-timeout', `${where} had not sent the whole body after ${bound} ms`);
}

function notHttp(where: string, cause: unknown): ProbeFailure {
  const { rawPacket } = cause as { rawPacket?: Buffer };
  // A TLS alert record: the server answered the plain request in its own protocol.
  if (rawPacket?.toString('latin1', 0, 2) === '\x15\x03') {
    return new ProbeFailure('tls', `${where} speaks TLS (https), and was asked in plain HTTP`);
  }
  return new ProbeFailure('not-http', `${where} answered with something that is not HTTP/1.1`);
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/**
 * Whether a port answers a TLS handshake. Nothing is sent over it, so whose certificate it is does not matter.
 * @param ms bound
 */
export async function speaksTls(host: string, port: number, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tlsConnect({ host, port, rejectUnauthorized: false });
    const done = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => done(false), ms);
    socket.once('secureConnect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
