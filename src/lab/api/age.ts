/** Durations in the short form of kubectl's AGE column. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Below each limit (in seconds): the unit, and the smaller unit that is shown beside it, if any. */
const STEPS: { below: number; unit: [number, string]; rest?: [number, string] }[] = [
  { below: 2 * MINUTE, unit: [1, 's'] },
  { below: 10 * MINUTE, unit: [MINUTE, 'm'], rest: [1, 's'] },
  { below: 3 * HOUR, unit: [MINUTE, 'm'] },
  { below: 8 * HOUR, unit: [HOUR, 'h'], rest: [MINUTE, 'm'] },
  { below: 2 * DAY, unit: [HOUR, 'h'] },
  { below: 8 * DAY, unit: [DAY, 'd'], rest: [HOUR, 'h'] },
  { below: 2 * YEAR, unit: [DAY, 'd'] },
  { below: 8 * YEAR, unit: [YEAR, 'y'], rest: [DAY, 'd'] },
  { below: Infinity, unit: [YEAR, 'y'] },
];

/** @param from RFC 3339. @param now milliseconds since the epoch. @returns such as `7m12s`; `<unknown>` without a time */
export function age(from: string | null | undefined, now: number): string {
  if (from === undefined || from === null) return '<unknown>';
  const elapsed = Math.max(0, Math.floor((now - Date.parse(from)) / 1000));
  for (const { below, unit, rest } of STEPS) {
    if (elapsed >= below) continue;
    const left = rest ? Math.floor((elapsed % unit[0]) / rest[0]) : 0;
    return `${Math.floor(elapsed / unit[0])}${unit[1]}${rest && left > 0 ? `${left}${rest[1]}` : ''}`;
  }
  return '<unknown>';
}
