/**
 * Shapes: what a value from outside must look like, field by field. What the API server or a bundle says passes through
 * one where it comes in, once; behind it nothing meets a surprise.
 *
 * A shape keeps the fields that it names and drops all others. What is absent or null is absent, as Go reads JSON. What is
 * of another type, or a number out of all bounds, is an oddity: it is dropped too, and told. Oddities cost an object only
 * the field that is odd, or the object itself where it is nothing without that field.
 *
 * These are not zod's: importing zod costs more than a whole run's reading, it knows no way to drop one odd field and go
 * on, and thousands of pods are read.
 */
import type { Oddity } from '../evidence.js';
import type { Common } from './common.js';

type Key = string | number;

/** Oddities of one value, as far as they are kept. */
export class Oddities {
  readonly list: Found[] = [];
  /** There were more: where, was not kept. */
  overflow = false;

  /** @param common what this value may share with others that are read beside it */
  constructor(readonly common?: Common) {}

  /** @param expected what would not be odd there */
  add(says: string, expected?: string): void {
    if (this.list.length < MAX_ODDITIES) this.list.push({ place: [], at: [], says, expected });
    else this.overflow = true;
  }

  /** Those found since `mark` are below this key of the value, and of what was made of it. */
  below(mark: number, at: Key, place: Key | undefined): void {
    for (const found of this.list.slice(mark)) {
      found.at.unshift(at);
      if (place !== undefined) found.place.unshift(place);
    }
  }

  /** What they were found in was dropped: they stand where it would stand. */
  lost(mark: number): void {
    for (const found of this.list.slice(mark)) found.place = [];
  }

  /** As they are told: `spec.replicas is no whole number`. */
  told(): Oddity[] {
    const told = this.list.map(({ place, at, says }) => ({ place, says: `${pathOf(at)} ${says}`.trim() }));
    return this.overflow ? [...told, { place: [], says: `more than ${MAX_ODDITIES} things are odd` }] : told;
  }
}

interface Found {
  /** Where it is missing in what was made of the value. */
  place: Key[];
  /** Where it was in the value. */
  at: Key[];
  says: string;
  expected: string | undefined;
}

/** Whoever sends thousands of odd things must not fill the memory with what is said about them. */
const MAX_ODDITIES = 50;

export interface Shape<T> {
  /** What is kept of the value; undefined where it is absent, or odd, which is then in `odd`. */
  read(value: unknown, odd: Oddities): T | undefined;
}

/** A field that is never undefined afterwards: without it the object is dropped, or something else stands for it. */
export interface Sure<T> extends Shape<T> {
  readonly sure: true;
  readonly fallback: (() => T) | undefined;
}

/** One that may be absent must not be needed: whatever has it not would be dropped, and a bundle refused. */
type Field<T> = undefined extends T ? Shape<Exclude<T, undefined>> & { sure?: never } : Sure<T>;

/** Every field of T must be named: what is forgotten here would be missing in a replay. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

/** What stands where a text belongs is a number or a flag without quotes, more often than not. */
export const A_TEXT = 'a text';

function shape<T>(read: Shape<T>['read']): Shape<T> {
  return { read };
}

/** @param expected such as `a whole number`, for what is said otherwise */
function scalar<T>(expected: string, accept: (value: unknown) => value is T): Shape<T> {
  return shape((value, odd) => {
    if (value === undefined || value === null) return undefined;
    if (accept(value))
      return typeof value === 'string' && odd.common ? (odd.common.text(value) as string & T) : value;
    odd.add(`is not ${expected}`, expected);
    return undefined;
  });
}

/** Texts, and enumerations of the API: a server newer than this program may send values that it does not know. */
export const text = scalar(A_TEXT, (value): value is string => typeof value === 'string');
export const name = scalar(
  'a name',
  (value): value is string => typeof value === 'string' && value !== '' && value.length <= 1000,
);
export const flag = scalar('true or false', (value): value is boolean => typeof value === 'boolean');
export const finite = scalar('a number', (value): value is number => Number.isFinite(value));

/** RFC 3339, as the API writes every time. */
export const time = scalar(
  'a time',
  (value): value is string =>
    typeof value === 'string' && value.length <= 64 && !Number.isNaN(Date.parse(value)),
);

/** @param least, most both included */
export function whole(least: number, most: number): Shape<number> {
  const accept = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  return scalar(`a whole number from ${least} to ${most}`, accept);
}

const INT32 = 2 ** 31 - 1;
/** What Go keeps in an int32 and counts with. */
export const amount = whole(0, INT32);
export const int32 = whole(-INT32 - 1, INT32);
export const port = whole(0, 65_535);
/** An int64 that JSON can carry: generations, user ids. */
export const int64 = whole(0, Number.MAX_SAFE_INTEGER);

/** A quantity; the API's own reader takes numbers for them, too. */
export const quantity: Shape<string> = shape((value, odd) =>
  text.read(Number.isFinite(value) ? String(value) : value, odd),
);

/** A number, a percentage or the name of a port. */
export const intOrString = scalar(
  'a whole number or a text',
  (value): value is number | string => Number.isSafeInteger(value) || typeof value === 'string',
);

/** One of the words of this program's own evidence, which no server makes up. */
export function oneOf<const W extends string | number | boolean>(...words: W[]): Shape<W> {
  return scalar(`one of ${words.join(', ')}`, (value): value is W => words.includes(value as W));
}

/** Null is a value of its own. */
export function orNull<T>(of: Shape<T>): Sure<T | null> {
  return need(shape<T | null>((value, odd) => (value === null ? null : of.read(value, odd))));
}

/** JSON of any form. */
export const anything: Shape<unknown> = shape((value) => value);

/** Without it there is no object: one that does not have it, or an odd one, is dropped. */
export function need<T>(of: Shape<T>): Sure<T> {
  return { read: of.read.bind(of), sure: true, fallback: undefined };
}

/** What stands for it where it is absent, as in Go; where it is odd, that is told all the same. */
export function or<T>(of: Shape<T>, fallback: () => T): Sure<T> {
  return { read: of.read.bind(of), sure: true, fallback };
}

/** A list. Items that are null say nothing; odd ones are dropped. */
export function list<T>(of: Shape<T>): Shape<T[]> {
  return shape((value, odd) => {
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) {
      odd.add('is not a list');
      return undefined;
    }
    const kept: T[] = [];
    for (const [index, item] of (value as unknown[]).entries()) {
      const mark = odd.list.length;
      const read = of.read(item, odd);
      if (odd.list.length > mark) odd.below(mark, index, read === undefined ? undefined : kept.length);
      if (read !== undefined) kept.push(read);
    }
    return kept;
  });
}

/** Values by name, such as labels. */
export function map<T>(of: Shape<T>): Shape<Record<string, T>> {
  return shape((value, odd) => {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) {
      odd.add('is not an object');
      return undefined;
    }
    const kept: [string, T][] = [];
    for (const [key, item] of Object.entries(value)) {
      const mark = odd.list.length;
      const read = of.read(item, odd);
      if (odd.list.length > mark) odd.below(mark, key, key);
      if (read !== undefined) kept.push([key, read]);
    }
    // fromEntries defines own properties, so a key `__proto__` stays a key.
    return Object.fromEntries(kept);
  });
}

/** Kept once for all objects that are read together and say the same there. */
export function shared<T extends object>(of: Shape<T>): Shape<T> {
  return shape((value, odd) => {
    const read = of.read(value, odd);
    return read === undefined ? undefined : (odd.common?.value(read) ?? read);
  });
}

/** An object with these fields. It is dropped when one without which it is nothing is not there. */
export function object<T extends object>(fields: Fields<T>): Shape<T> {
  const entries = Object.entries(fields) as [string, Shape<unknown> & Partial<Sure<unknown>>][];
  return shape((value, odd) => {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) {
      odd.add('is not an object');
      return undefined;
    }
    const begin = odd.list.length;
    const kept: Record<string, unknown> = {};
    let isLost = false;
    for (const [key, field] of entries) {
      const mark = odd.list.length;
      let read = Object.hasOwn(value, key) ? field.read(value[key], odd) : undefined;
      if (read === undefined && field.sure) {
        if (field.fallback) read = field.fallback();
        else {
          isLost = true;
          if (odd.list.length === mark) odd.add('is missing');
        }
      }
      if (odd.list.length > mark) odd.below(mark, key, key);
      if (read !== undefined) kept[key] = read;
    }
    if (!isLost) return kept as T;
    odd.lost(begin);
    return undefined;
  });
}

/** The form that a field of it says: the first of these whose `field` has one of its words. */
export function tagged<T extends object>(
  field: keyof T & string,
  forms: readonly (readonly [words: readonly unknown[], form: Shape<T>])[],
): Shape<T> {
  return shape((value, odd) => {
    if (value === undefined || value === null) return undefined;
    const tag = isObject(value) ? value[field] : undefined;
    const found = forms.find(([words]) => words.includes(tag));
    if (found) return found[1].read(value, odd);
    odd.add(`has no ${field} that is known`);
    return undefined;
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathOf(keys: readonly Key[]): string {
  return keys
    .map((key, index) =>
      typeof key === 'number'
        ? `[${key}]`
        : /^\w+$/.test(key)
          ? `${index === 0 ? '' : '.'}${key}`
          : `['${key.slice(0, 80)}']`,
    )
    .join('');
}
