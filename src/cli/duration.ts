import { UsageError } from './usage-error.js';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 86_400_000;

/**
 * A duration as kubectl's flags take it: `500ms`, `5s`, `1m30s`; a bare number is seconds.
 * @returns milliseconds, at least 1 and at most 24 hours
 * @throws UsageError on anything else
 */
export function parseDuration(text: string): number {
  const whole = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text);
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined;
  let milliseconds = seconds ?? (whole ? 0 : Number.NaN);
  if (whole) {
    for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
      milliseconds += Number(amount) * (UNITS[unit] ?? Number.NaN);
    }
  }
  if (!(milliseconds >= 1 && milliseconds <= LONGEST_MS)) {
    throw new UsageError(`'${text}' is not a duration: expected 1ms to 24h, such as 500ms, 5s or 2m`);
  }
  return Math.round(milliseconds);
}
