/** The exception with which the application failed at a path, where a log tells it. */
import type { LogLine } from '../evidence/evidence.js';
import { logEvents, type LoggedException } from './log-events.js';

/** Lines before a traceback among which a server writes that it has answered: uvicorn writes its access line first. */
const BEFORE = 2;

/** @returns the newest; undefined where no traceback stands at a line about this path */
export function loggedFailure(lines: readonly LogLine[], path: string): LoggedException | undefined {
  const isNamed = (text: string) =>
    text
      .split(path)
      .slice(1)
      .some((rest) => !/^[\w/-]/.test(rest));
  return logEvents(lines)
    .filter(({ exceptions }) => exceptions.length > 0)
    .findLast(
      ({ index, text }) =>
        isNamed(text) ||
        lines
          .slice(Math.max(0, index - BEFORE), index)
          .some((line) => isNamed(line.text) && /\b5\d\d\b/.test(line.text)),
    )
    ?.exceptions.at(-1);
}
