/** How the ladder's program (in-pod/programs/ladder.py) is called, and what it prints. */
import { isSameProgram, podProgram, type PodProgram } from '../in-pod/program.js';

/** Seconds after which the program ends by itself. */
export const LADDER_SECONDS = 9;

export interface LadderCall {
  /** Hosts and ports by the Secret: what is looked at where the environment's URL cannot be used. */
  hosts: { host: string; port: number }[];
  /** Key of the digest by which the environment's URL is compared; new for each run. */
  key: string;
}

export function ladderProgram({ hosts, key }: LadderCall, seconds = LADDER_SECONDS): PodProgram {
  const places = hosts.flatMap(({ host, port }) => [host, String(port)]);
  return podProgram('python3', ['resolver.py', 'ladder.py'], [String(seconds), key, ...places]);
}

/** The inverse of `ladderProgram`; undefined when it is another program. */
export function parseLadder(program: PodProgram): LadderCall | undefined {
  const [, key, ...places] = program.args;
  const hosts: LadderCall['hosts'] = [];
  if (key === undefined || !isSameProgram(program, ladderProgram({ hosts, key }))) return undefined;
  for (let index = 0; index + 1 < places.length; index += 2) {
    hosts.push({ host: places[index] ?? '', port: Number(places[index + 1]) });
  }
  return { hosts, key };
}

/** One line of the program's output, as it is printed. */
export type LadderLine =
  | {
      kind: 'url';
      state: 'ok' | 'missing' | 'empty' | 'unclear';
      mode: string | null;
      hosts: [string, number][];
      digest: string | null;
    }
  | {
      kind: 'rung';
      host: string;
      port: number;
      climb: number;
      rung: string;
      error: string | null;
      state: string | null;
      detail: string;
      ms: number;
    }
  | { kind: 'certificate'; host: string; port: number; der: string }
  | { kind: 'unmeasured'; what: string; reason: string }
  | { kind: 'end' };
