/** What is wrong by a health response that came with a status of success. */
import { readHealth } from './health-reading.js';

export interface HealthFlaw {
  about: 'database' | 'status' | 'error';
  /** Such as `database "disconnected"`: the response’s own words. */
  words: string;
}

/** The first of what it says; undefined where it says nothing bad. */
export function flawIn(json: unknown): HealthFlaw | undefined {
  const { status, database, error } = readHealth(json);
  if (database?.judgement === 'bad') return { about: 'database', words: `database "${database.text}"` };
  if (status?.judgement === 'bad') return { about: 'status', words: `status "${status.text}"` };
  return error && { about: 'error', words: `error "${error.text}"` };
}

/** The same of its text; what is no JSON, or was cut off, tells nothing. */
export function flawInText(body: string): HealthFlaw | undefined {
  if (!/^\s*[{["]/.test(body)) return undefined;
  try {
    return flawIn(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** What a point of view keeps of it: only a status of 200 hides anything. @param clean takes secrets out of its words */
export function besideStatus(
  status: number | undefined,
  flaw: HealthFlaw | undefined,
  clean: (text: string) => string,
): { flaw?: HealthFlaw } {
  return status === 200 && flaw ? { flaw: { ...flaw, words: clean(flaw.words) } } : {};
}
