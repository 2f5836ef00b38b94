/** Reads what the ladder's program printed, in a container that may be anyone's: nothing is taken on trust. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { RUNG_FAILURES, RUNGS } from '../outcomes.js';
import type { CertificateFacts, DatabaseLadder, HostLadder, RungResult } from '../deep-facts.js';

const STATES = ['ok', 'missing', 'empty', 'unclear'] as const;
const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** As many as the program climbs to, and as often. */
const MAX_HOSTS = 3;
const MAX_CLIMBS = 2;

/** Characters kept of a server's words. */
const MAX_TEXT = 300;

/** What a name or an address of a host looks like; anything else is not repeated. */
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,252}$/;

/**
 * @param digest of the Secret's DATABASE_URL under the call's key; undefined where that value is not known
 * @param clean takes credentials and control characters out of a text
 * @returns undefined when there is no line of the program's that says which URL it used
 */
export function parseLadderOutput(
  stdout: string,
  digest: string | undefined,
  clean: (text: string) => string,
): DatabaseLadder | undefined {
  const lines = stdout.split('\n').flatMap(parseLine);
  const url = lines.find(({ kind }) => kind === 'url');
  const state = STATES.find((known) => known === url?.state);
  if (url === undefined || state === undefined) return undefined;
  const own = typeof url.digest === 'string' ? url.digest : undefined;
  const ladder: DatabaseLadder = {
    tool: 'python3',
    url: state,
    sslmode: MODES.find((mode) => mode === url.mode),
    matchesSecret: own === undefined || digest === undefined ? undefined : own === digest,
    hosts: [],
    unmeasured: [],
  };
  for (const line of lines) {
    if (line.kind === 'rung') addRung(ladder, line, clean);
    if (line.kind === 'certificate') addCertificate(ladder, line, clean);
    if (line.kind === 'unmeasured') addUnmeasured(ladder, line, clean);
  }
  return ladder;
}

type Line = Record<string, unknown>;

function parseLine(text: string): Line[] {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value as Line] : [];
  } catch {
    return [];
  }
}

function addRung(ladder: DatabaseLadder, line: Line, clean: (text: string) => string): void {
  const rung = RUNGS.find((known) => known === line.rung);
  const host = hostOf(ladder, line);
  const { climb, ms, detail } = line;
  if (rung === undefined || host === undefined || typeof ms !== 'number' || !Number.isFinite(ms)) return;
  if (typeof climb !== 'number' || !(climb >= 1 && climb <= MAX_CLIMBS)) return;
  if (climb > host.climbs.length + 1) return;
  const rungs = (host.climbs[climb - 1] ??= []);
  // A climb goes up, one rung after the other, and ends with an error.
  const last = rungs.at(-1);
  if (last && (last.error !== undefined || RUNGS.indexOf(last.rung) >= RUNGS.indexOf(rung))) return;
  rungs.push({
    rung,
    error: errorOf(line, clean),
    detail: typeof detail === 'string' ? clean(detail).slice(0, MAX_TEXT) : '',
    ms: Math.max(0, Math.round(ms)),
  });
}

function errorOf({ error, state }: Line, clean: (text: string) => string): RungResult['error'] {
  if (typeof error !== 'string') return undefined;
  const kind = RUNG_FAILURES.find((known) => error.startsWith(`${known}: `));
  return {
    kind: kind ?? 'error',
    text: clean(kind === undefined ? error : error.slice(kind.length + 2)).slice(0, MAX_TEXT),
    sqlstate: typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) ? state : undefined,
  };
}

function hostOf(ladder: DatabaseLadder, { host, port }: Line): HostLadder | undefined {
  if (typeof host !== 'string' || !HOST.test(host) || !Number.isInteger(port)) return undefined;
  const known = ladder.hosts.find((each) => each.host === host && each.port === port);
  if (known !== undefined || ladder.hosts.length >= MAX_HOSTS) return known;
  const added: HostLadder = { host, port: port as number, climbs: [], certificate: undefined };
  ladder.hosts.push(added);
  return added;
}

function addCertificate(ladder: DatabaseLadder, line: Line, clean: (text: string) => string): void {
  const host = hostOf(ladder, line);
  if (host === undefined || typeof line.der !== 'string') return;
  host.certificate = certificateFacts(Buffer.from(line.der, 'base64'), host.host, clean);
}

function addUnmeasured(ladder: DatabaseLadder, line: Line, clean: (text: string) => string): void {
  const what = RUNGS.find((known) => known === line.what);
  if (what === undefined || typeof line.reason !== 'string') return;
  if (ladder.unmeasured.some((each) => each.what === what)) return;
  ladder.unmeasured.push({ what, reason: clean(line.reason).slice(0, MAX_TEXT) });
}

/** What may be said of a certificate in DER form; undefined when it is none. */
export function certificateFacts(
  der: Buffer,
  host: string,
  clean: (text: string) => string,
): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(der);
    const name = (text: string) => clean(text.replace(/\n/g, ', ')).slice(0, MAX_TEXT);
    const matches = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
    return {
      subject: name(certificate.subject),
      issuer: name(certificate.issuer),
      validFrom: new Date(certificate.validFrom).toISOString(),
      validTo: new Date(certificate.validTo).toISOString(),
      matchesHost: matches !== undefined,
    };
  } catch {
    return undefined;
  }
}
