/** Answers the ladder's program as the real one would inside the pod; see src/evidence/in-pod/programs/ladder.py. */
import { createHmac } from 'node:crypto';
import type { LadderCall, LadderLine } from '../evidence/ladder/program.js';
import { databaseLogin, type DatabaseLogin } from '../evidence/ladder/url.js';
import type { ContainerView } from './container-view.js';

/** What stops a rung: the program's words, and the server's SQLSTATE. */
interface Stop {
  error: string;
  state?: string;
  ms?: number;
}

/** Milliseconds that the program waits for a connection. */
const CONNECT_MS = 2500;

/** @returns standard output */
export function climbInLab({ hosts, key }: LadderCall, view: ContainerView): string {
  const raw = view.environment().DATABASE_URL;
  const url = raw === undefined ? undefined : databaseLogin(raw);
  const lines: LadderLine[] = [
    {
      kind: 'url',
      state: raw === undefined ? 'missing' : raw.trim() === '' ? 'empty' : url ? 'ok' : 'unclear',
      mode: url?.mode ?? null,
      hosts: (url?.hosts ?? []).map(({ host, port }) => [host, port]),
      digest: raw === undefined ? null : createHmac('sha256', key).update(raw).digest('hex'),
    },
  ];
  for (const place of url?.hosts ?? hosts) {
    for (const climb of [1, 2]) {
      const rungs = climbOnce(place, climb, url, view);
      lines.push(...rungs);
      const last = rungs.at(-1);
      if (last?.kind === 'rung' && /^(name|resolver|timeout): /.test(last.error ?? '')) break;
      if (last?.kind === 'rung' && last.state?.startsWith('28') === true) break;
    }
  }
  return [...lines, { kind: 'end' }].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function climbOnce(
  { host, port }: { host: string; port: number },
  climb: number,
  url: DatabaseLogin | undefined,
  view: ContainerView,
): LadderLine[] {
  const lines: LadderLine[] = [];
  /** @returns true when the rung was taken */
  const step = (rung: string, ms: number, detail = '', stop?: Stop): boolean => {
    lines.push({
      kind: 'rung',
      host,
      port,
      climb,
      rung,
      error: stop?.error ?? null,
      state: stop?.state ?? null,
      detail: stop ? '' : detail,
      ms: stop?.ms ?? ms,
    });
    return stop === undefined;
  };
  const found = view.lookup(host);
  const addresses = 'error' in found ? '' : found.addresses.join(', ');
  if (!step('dns', 2, addresses, 'error' in found ? unknownName(found.error) : undefined)) return lines;
  const connection = view.connect(host, port);
  const failed = 'error' in connection ? notConnected(connection.error) : undefined;
  if (!step('tcp', 9, addresses, failed) || 'error' in connection) return lines;
  const mode = url?.mode ?? 'require';
  if (mode !== 'disable' && mode !== 'allow') {
    const { answers } = connection;
    const refused = { error: 'refused-tls: the server does not support SSL' };
    const foreign = { error: 'protocol: the server does not speak PostgreSQL’s protocol' };
    const stop =
      answers === 'plain' ? foreign : answers === 'no-tls' && mode !== 'prefer' ? refused : undefined;
    if (!step('ssl', 1, answers === 'no-tls' ? 'no TLS' : '', stop)) return lines;
    if (answers === 'tls') step('tls', 11, 'TLSv1.3');
  }
  if (url === undefined) {
    const reason = 'the DATABASE_URL of the pod cannot be read beyond doubt';
    return [...lines, { kind: 'unmeasured', what: 'startup', reason }];
  }
  const { coldMs = 0, fail, password } = view.database(host) ?? {};
  const server = (at: string): Stop | undefined =>
    fail?.at === at ? { error: `server: ${fail.message}`, state: fail.sqlstate } : undefined;
  if (!step('startup', 4 + (climb === 1 ? coldMs : 0), 'scram-sha-256', server('startup'))) return lines;
  const wrong = password !== undefined && password !== url.password;
  const refused = {
    error: `server: password authentication failed for user "${url.user}"`,
    state: '28P01',
  };
  if (!step('login', 9, '', wrong ? refused : server('login'))) return lines;
  step('query', 2, '', server('query'));
  return lines;
}

function unknownName(error: string): Stop {
  return { error: `${error.startsWith('Temporary') ? 'resolver' : 'name'}: ${error}` };
}

/** The in-pod program's words for a connection that failed, as this one has them. */
function notConnected(error: string): Stop {
  return error.startsWith('timeout') ? { error: 'timeout: no answer in time', ms: CONNECT_MS } : { error };
}
