/** What the application's server says of itself in the log: where it listens. */
import type { LogLine } from '../evidence/evidence.js';
import { LISTENS, LISTENS_ON_SOCKET } from '../vocabulary/server-start.js';

export interface Listening {
  host: string;
  port: number;
  line: LogLine;
}

const LONGEST = 300;

/** Where it listens, by the newest such line; undefined where the log has none. */
export function listeningOn(lines: readonly LogLine[]): Listening | undefined {
  return newest(lines, (line) => {
    const text = line.text.slice(0, LONGEST);
    for (const { says } of LISTENS) {
      const [, host = '', port] = says.exec(text) ?? [];
      if (port !== undefined) return { host, port: Number(port), line };
    }
    return undefined;
  });
}

/** The socket of the file system on which it listens in place of a port. */
export function listeningOnSocket(lines: readonly LogLine[]): { path: string; line: LogLine } | undefined {
  return newest(lines, (line) => {
    const path = LISTENS_ON_SOCKET.exec(line.text.slice(0, LONGEST))?.[1];
    return path === undefined ? undefined : { path, line };
  });
}

function newest<T>(lines: readonly LogLine[], read: (line: LogLine) => T | undefined): T | undefined {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index];
    const found = line && read(line);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reached by nobody but the container itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]' || host === '::1';
}
