/** What uvicorn says of itself in the log. */
import type { LogLine } from '../../evidence/evidence.js';

export interface Listening {
  host: string;
  port: number;
  line: LogLine;
}

const LONGEST = 300;
const RUNNING = /Uvicorn running on https?:\/\/(\[[0-9a-fA-F:.]{2,45}\]|[^\s:/]{1,253}):(\d{1,5})\b/;

/** Where it listens, by the newest such line; undefined where the log has none. */
export function listeningOn(lines: readonly LogLine[]): Listening | undefined {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index];
    const match = line && RUNNING.exec(line.text.slice(0, LONGEST));
    if (line && match) return { host: match[1] ?? '', port: Number(match[2]), line };
  }
  return undefined;
}

/** Reached by nobody but the container itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]';
}
