import type { LogLine } from './evidence.js';

/** Characters kept of one line. */
const MAX_LINE = 4096;

/** RFC 3339 as the kubelet writes it, with up to nine decimals. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) ?/;

/**
 * Lines of a log that was read with timestamps. What has none (the rest of a line of megabytes) belongs to the line
 * before it.
 * @param cut the text ends in the middle, perhaps of a line: the last one is left out unless it is the only one
 */
export function parseLog(text: string, cut: boolean): LogLine[] {
  const lines: LogLine[] = [];
  let begin = 0;
  while (begin < text.length) {
    const newline = text.indexOf('\n', begin);
    const end = newline < 0 ? text.length : newline;
    if (newline < 0 && cut && lines.length > 0) break;
    // Only the beginning of a very long line is ever looked at.
    const line = text.slice(begin, Math.min(end, begin + MAX_LINE + 64));
    const stamp = STAMPED.exec(line);
    if (stamp?.[1] !== undefined) lines.push({ at: stamp[1], text: shorten(line.slice(stamp[0].length)) });
    begin = end + 1;
  }
  return lines;
}

function shorten(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
