/** Whether two ways lead to the same program, as far as its answers tell. Pure. */
import type { HttpExchange } from '../evidence/evidence.js';

type Answer = Pick<HttpExchange, 'status' | 'contentType' | 'json' | 'body'>;

/** `alike`: the same form with other contents, as another pod, another revision, or the same program elsewhere has it. */
export type Likeness = 'same' | 'alike' | 'other';

/** The best likeness of any answer of one way to any answer of the other: each may be another pod's. */
export function compareAnswers(here: readonly Answer[], there: readonly Answer[]): Likeness {
  const found = new Set(here.flatMap((one) => there.map((other) => likeness(one, other))));
  return found.has('same') ? 'same' : found.has('alike') ? 'alike' : 'other';
}

function likeness(one: Answer, other: Answer): Likeness {
  const isServerError = ({ status = 0 }: Answer) => status >= 500;
  if (one.status !== other.status) {
    // A pod that is not well answers otherwise than one that is.
    return isServerError(one) || isServerError(other) ? 'alike' : 'other';
  }
  if (mediaTypeOf(one) !== mediaTypeOf(other)) return 'other';
  const [fields, others] = [fieldsOf(one), fieldsOf(other)];
  if (fields === undefined || others === undefined) {
    if (fields !== others) return 'other';
    return one.body === other.body ? 'same' : 'alike';
  }
  const names = [...fields.keys()].sort();
  if (JSON.stringify(names) !== JSON.stringify([...others.keys()].sort())) return 'other';
  return names.every((name) => fields.get(name) === others.get(name)) ? 'same' : 'alike';
}

function mediaTypeOf({ contentType = '' }: Answer): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

/** Levels of an answer that are looked into; deeper ones count as one value. */
const MAX_DEPTH = 6;

/** The fields of a JSON body by path, without what is another value each time. Undefined: no JSON object or list. */
function fieldsOf({ json }: Answer): Map<string, string> | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const fields = new Map<string, string>();
  const collect = (value: unknown, path: string, depth: number) => {
    if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      // How many a list has may differ from time to time.
      if (Array.isArray(value)) fields.set(path, 'list');
      else for (const [key, each] of Object.entries(value)) collect(each, `${path}/${key}`, depth + 1);
      return;
    }
    fields.set(path, isSteady(value) ? String(value) : typeof value);
  };
  collect(json, '', 0);
  return fields;
}

/** Times, counters, and names of hosts and processes differ between two answers of one program. */
function isSteady(value: unknown): value is string | boolean {
  if (typeof value === 'boolean') return true;
  return typeof value === 'string' && (!/\d/.test(value) || /^v?\d+\.\d+\.\d+$/.test(value));
}

/** `HTTP 404 (text/html)` */
export function inWords(answer: Pick<Answer, 'status' | 'contentType'>): string {
  const type = mediaTypeOf({ ...answer, json: undefined, body: '' });
  return `HTTP ${answer.status ?? '?'}${/^[\w.+-]+\/[\w.+-]+$/.test(type) ? ` (${type})` : ''}`;
}
