/**
 * The fixed program that looks at the application from inside its own pod: what listens where, and what the health
 * endpoint answers on localhost and on the pod's address. Told apart, these two show a server that is bound to loopback.
 *
 *     {"kind":"listen","local":"00000000:1F40"}
 *     {"kind":"http","host":"127.0.0.1","port":8000,"status":200,"error":null,"body":"{}","ms":3}
 *     {"kind":"end"}
 *
 * `local` is as /proc/net/tcp and tcp6 have it. The shell can read these, but cannot ask by HTTP.
 */
import { besideStatus, flawInText } from '../../computed/health-flaw.js';
import type { Listener, VantagePoint } from '../deep-facts.js';
import type { HttpOutcome } from '../evidence.js';
import { isSameProgram, podProgram, type PodProgram } from './program.js';

/** Seconds after which the program ends by itself. */
export const VANTAGE_SECONDS = 7;

export interface VantageCall {
  path: string;
  places: { host: string; port: number }[];
}

/** The program for each tool, in the order in which they are to be tried. */
export function vantagePrograms({ path, places }: VantageCall): readonly PodProgram[] {
  const items = places.flatMap(({ host, port }) => [host, String(port)]);
  return [
    podProgram('python3', ['vantage.py'], [String(VANTAGE_SECONDS), path, ...items]),
    podProgram('sh', ['vantage.sh'], []),
  ];
}

/** The inverse of `vantagePrograms`; undefined when it is another program. The shell's has no places to ask. */
export function parseVantage(program: PodProgram): VantageCall | undefined {
  const call: VantageCall = { path: '', places: [] };
  if (!vantagePrograms(call).some((each) => isSameProgram(each, program))) return undefined;
  const [, path = '', ...items] = program.args;
  for (let index = 0; index + 1 < items.length; index += 2) {
    call.places.push({ host: items[index] ?? '', port: Number(items[index + 1]) });
  }
  return { ...call, path };
}

const OUTCOMES: readonly HttpOutcome[] = ['refused', 'timeout', 'reset', 'not-http', 'unreachable'];

export interface VantageOutput {
  listening: Listener[];
  /** In the order of the call; undefined where the program did not come to it. */
  answers: (VantagePoint | undefined)[];
}

/** @returns undefined when it is not the program's output. Nothing of it is taken on trust. */
export function parseVantageOutput(
  stdout: string,
  { path, places }: VantageCall,
  clean: (text: string) => string,
): VantageOutput | undefined {
  const lines = stdout.split('\n').flatMap(parseLine);
  if (!lines.some(({ kind }) => kind === 'end' || kind === 'listen')) return undefined;
  const listening = lines.flatMap(({ kind, local }) =>
    kind === 'listen' && typeof local === 'string' ? (listener(local) ?? []) : [],
  );
  const answers = places.map(({ host, port }): VantagePoint | undefined => {
    const line = lines.find((each) => each.kind === 'http' && each.host === host && each.port === port);
    if (typeof line?.ms !== 'number') return undefined;
    const { status, error, body, ms } = line;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
    const shared = { url, ms: Math.max(0, Math.round(ms)) };
    if (typeof status === 'number' && Number.isInteger(status)) {
      const flaw = typeof body === 'string' ? flawInText(body, clean) : undefined;
      return { ...shared, outcome: 'response', status, detail: '', ...besideStatus(status, flaw) };
    }
    if (typeof error !== 'string') return undefined;
    const outcome = OUTCOMES.find((known) => error.startsWith(`${known}: `));
    const detail = outcome === undefined ? error : error.slice(outcome.length + 2);
    return { ...shared, outcome: outcome ?? 'reset', status: undefined, detail: clean(detail).slice(0, 200) };
  });
  const unique = new Map(listening.map((each) => [`${each.address} ${each.port}`, each]));
  return { listening: [...unique.values()].sort((a, b) => a.port - b.port), answers };
}

function parseLine(text: string): Record<string, unknown>[] {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? [value as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}

/** `0100007F:1F40`: the address in groups of four bytes of the machine's (little-endian) order, and the port. */
function listener(local: string): Listener | undefined {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local);
  if (match === null) return undefined;
  const [, hex = '', port = ''] = match;
  const bytes = Buffer.from(hex, 'hex');
  for (let group = 0; group < bytes.length; group += 4) bytes.subarray(group, group + 4).reverse();
  if (bytes.length === 4) return { address: bytes.join('.'), port: parseInt(port, 16) };
  const mapped = bytes.subarray(0, 12).toString('hex') === '00000000000000000000ffff';
  const text = mapped
    ? bytes.subarray(12).join('.')
    : bytes.every((byte) => byte === 0)
      ? '::'
      : bytes.readBigUInt64BE() === 0n && bytes.readBigUInt64BE(8) === 1n
        ? '::1'
        : (bytes.toString('hex').match(/.{4}/g) ?? []).join(':');
  return { address: text, port: parseInt(port, 16) };
}
