/**
 * The fixed program that measures what a pod reaches, and how it is called.
 *
 * It prints JSON lines, one for each thing measured, in the order in which they finish, and an `end` line:
 *
 *     {"kind":"uid","uid":1001}
 *     {"kind":"process","uid":1001}
 *     {"kind":"dns","name":"api","addresses":["10.96.0.7"],"error":null,"ms":2}
 *     {"kind":"tcp","host":"db","port":5432,"connected":true,"error":null,"ms":9}
 *     {"kind":"tls","host":"db","port":5432,"answer":"S","error":null,"ms":11}
 *     {"kind":"unmeasured","what":"tcp","reason":"no bash in the image"}
 *     {"kind":"end"}
 *
 * Lines rather than one object, so that what was measured survives a program that is killed half-way. An `error`
 * starts with its kind: `dns: …`, `refused: …`, `timeout: …`, `unreachable: …` or `error: …`.
 *
 * A DATABASE_URL never travels, only host and port.
 */
import { isSameProgram, podProgram, type InPodTool, type PodProgram } from './program.js';

/** Seconds after which a program ends by itself; the exec that runs it is bounded a little above. */
export const SCRIPT_SECONDS = 8;

/** What to measure. */
export interface InPodTargets {
  /** Names to resolve. */
  names: string[];
  /** PostgreSQL servers to connect to and to send an SSLRequest. */
  endpoints: { host: string; port: number }[];
}

/**
 * Measures `targets` with `tool`.
 * @param seconds bound of the program itself
 */
export function targetsProgram(tool: InPodTool, targets: InPodTargets, seconds = SCRIPT_SECONDS): PodProgram {
  const items = [
    ...targets.names.flatMap((name) => ['dns', name]),
    ...targets.endpoints.flatMap(({ host, port }) => ['tcp', host, String(port)]),
  ];
  const files = tool === 'python3' ? (['resolver.py', 'targets.py'] as const) : (['targets.sh'] as const);
  return podProgram(tool, files, [String(seconds), ...items]);
}

/** The inverse of `targetsProgram`; undefined when it is another program. */
export function parseTargets(program: PodProgram): InPodTargets | undefined {
  const targets: InPodTargets = { names: [], endpoints: [] };
  if (!isSameProgram(program, targetsProgram(program.tool, targets))) return undefined;
  const items = program.args.slice(1);
  while (items.length > 0) {
    const [kind, value = '', port = ''] = items.splice(0, items[0] === 'dns' ? 2 : 3);
    if (kind === 'dns') targets.names.push(value);
    else targets.endpoints.push({ host: value, port: Number(port) });
  }
  return targets;
}

/** One line of a program's output, as it is printed. */
export type InPodLine =
  | { kind: 'uid'; uid: number }
  | { kind: 'process'; uid: number }
  | { kind: 'dns'; name: string; addresses: string[]; error: string | null; ms: number }
  | {
      kind: 'tcp';
      host: string;
      port: number;
      addresses?: string[];
      connected: boolean;
      error: string | null;
      ms: number;
    }
  | {
      kind: 'tls';
      host: string;
      port: number;
      answer: 'S' | 'N' | 'other' | 'none' | 'not-tried';
      error: string | null;
      ms: number;
    }
  | { kind: 'unmeasured'; what: 'dns' | 'tcp'; reason: string }
  | { kind: 'end' };
