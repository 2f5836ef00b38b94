/** Finds what a log says about the database. */
import type { Contract } from '../../contract/contract.js';
import type { LogLine } from '../../evidence/evidence.js';

export interface DatabaseLog {
  /** RFC 3339; the last line about a successful connection. */
  connectedAt: string | undefined;
  errors: number;
  lastError: { at: string; quote: string } | undefined;
  /** A connection succeeded after the last error, or there was none. */
  recovered: boolean;
}

/** Characters of a line that are matched: a pattern's cost must stay bounded whatever the application logs. */
const MATCHED = 2000;
/** Characters of a line that are quoted. */
const QUOTED = 160;

/** uvicorn's access log holds what clients sent: it must not look like the application's own word. */
const ACCESS_LINE = /"[A-Z]+ \S+ HTTP\/\d(\.\d)?" \d{3}/;
/** "Database not connected" is no success, though a pattern for success may match it. */
const NEGATED =
  /\b(not|never|n't|without|failed to|unable to|cannot)\s+(\w+\s+){0,2}(connect|ready|establish|initiali|available|ok\b)/i;

/** @throws SyntaxError on a pattern that is not a regular expression */
export function readDatabaseLog(
  lines: readonly LogLine[],
  { connectedLogPatterns, errorLogPatterns }: Contract['database'],
): DatabaseLog {
  const connected = matcher(connectedLogPatterns);
  const failed = matcher(errorLogPatterns);
  const seen: DatabaseLog = { connectedAt: undefined, errors: 0, lastError: undefined, recovered: true };
  for (const { at, text } of lines) {
    const line = text.slice(0, MATCHED);
    if (ACCESS_LINE.test(line)) continue;
    // A line that speaks of both is an error: "database connection failed, was connected before".
    if (failed(line)) {
      seen.errors += 1;
      seen.lastError = { at, quote: shorten(text) };
      seen.recovered = false;
    } else if (connected(line) && !NEGATED.test(line)) {
      seen.connectedAt = at;
      seen.recovered = true;
    }
  }
  return seen;
}

function matcher(patterns: readonly string[]): (line: string) => boolean {
  const expressions = patterns.map((pattern) => new RegExp(pattern, 'i'));
  return (line) => expressions.some((expression) => expression.test(line));
}

function shorten(text: string): string {
  const line = text.trim();
  return line.length > QUOTED ? `${line.slice(0, QUOTED - 1)}…` : line;
}
