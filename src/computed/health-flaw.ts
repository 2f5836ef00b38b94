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

/**
 * The same of its text; what is no JSON, or was cut off, tells nothing.
 * @param clean takes secrets out of a text: before it is shortened, so that none is cut before it was looked for
 */
export function flawInText(body: string, clean: (text: string) => string): HealthFlaw | undefined {
  const text = body.replace(/^\ufeff/, '');
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    // A load run reads a thousand of them: only one that says something is cleaned.
    if (flawIn(JSON.parse(text)) === undefined) return undefined;
    return flawIn(
      JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? clean(value) : value)),
    );
  } catch {
    return undefined;
  }
}

/** What a point of view keeps of it: only a status of 200 hides anything. */
export function besideStatus(
  status: number | undefined,
  flaw: HealthFlaw | undefined,
): { flaw?: HealthFlaw } {
  return status === 200 && flaw ? { flaw } : {};
}
