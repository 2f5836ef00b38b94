/** Times in the API's formats, and ids that are the same in every start of a lab. */
import { createHash } from 'node:crypto';

/** RFC 3339 in whole seconds, as metav1.Time has it. */
export function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 in microseconds, as metav1.MicroTime has it. */
export function micros(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${fraction(ms).slice(0, 3)}Z`;
}

/** RFC 3339 in nanoseconds, as the container runtime writes it before each log line. */
export function nanos(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${fraction(ms)}Z`;
}

/** Now, in milliseconds with a fraction, so that log lines of one millisecond keep their order. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

function fraction(ms: number): string {
  return String(Math.floor((ms - Math.floor(ms)) * 1e6)).padStart(6, '0');
}

/** A UUID that depends on `seed` alone. */
export function uid(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
