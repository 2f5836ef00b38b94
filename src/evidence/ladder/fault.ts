import type { RungFailure } from '../deep-facts.js';

/** Why a rung could not be taken. */
export class LadderFault extends Error {
  override readonly name = 'LadderFault';
  constructor(
    readonly kind: RungFailure,
    message: string,
    readonly sqlstate?: string,
  ) {
    super(message);
  }
}

const NETWORK: Record<string, RungFailure> = {
  ENOTFOUND: 'name',
  EAI_AGAIN: 'resolver',
  EAI_FAIL: 'resolver',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
};

const CERTIFICATE =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/;

/** An error of Node's as a fault. Its message may quote what was sent: only its code is used. */
export function asFault(error: unknown): LadderFault {
  if (error instanceof LadderFault) return error;
  if (error instanceof AggregateError) {
    // With several addresses each has an error of its own; one without a route here says nothing about the server.
    const faults = (error.errors as unknown[]).map(asFault);
    const fault = faults.find(({ kind }) => kind !== 'unreachable') ?? faults[0];
    return fault ?? new LadderFault('name', 'the name has no address');
  }
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const kind = NETWORK[code];
  if (kind !== undefined) return new LadderFault(kind, code);
  if (CERTIFICATE.test(code)) return new LadderFault('certificate', code);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return new LadderFault('tls', code);
  }
  return new LadderFault('error', code === '' ? 'an unexpected failure' : code);
}
