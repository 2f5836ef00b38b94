/** What shapes of several facts are made of. */
import type { NotRead } from '../deep-facts.js';
import type { Access, LogLine, Observed, Oddity } from '../evidence.js';
import {
  amount,
  finite,
  flag,
  int64,
  list,
  map,
  need,
  object,
  oneOf,
  tagged,
  text,
  time,
  type Fields,
  type Shape,
  type Sure,
} from './shape.js';

export const aText = need(text);
export const aFlag = need(flag);
export const aNumber = need(finite);
export const anAmount = need(amount);
/** Bytes, and counters of the kernel. */
export const bytes = int64;
export const texts = need(list(text));
export const byName = need(map(text));

export function of<T extends object>(fields: Fields<T>): Sure<T> {
  return need(object<T>(fields));
}

export function all<T extends object>(fields: Fields<T>): Sure<T[]> {
  return need(list(object<T>(fields)));
}

export const access = object<Access>({ verb: aText, group: aText, resource: aText, clusterScoped: flag });

const why = need(
  oneOf(
    'forbidden',
    'unauthorized',
    'not-found',
    'timeout',
    'unreachable',
    'unsupported',
    'not-collected',
    'not-sampled',
    'failed',
  ),
);

export const notRead: Fields<NotRead> = { why, detail: aText, access };

/** Of a value that is never absent. */
export function observed<T>(value: Shape<T>): Shape<Observed<T>> {
  return observation<T>(need(value));
}

/** Of a value that may be absent. */
export function observedOrNone<T>(value: Shape<T>): Shape<Observed<T | undefined>> {
  return observation<T | undefined>(value);
}

function observation<T>(value: Shape<T>): Shape<Observed<T>> {
  type Seen = Extract<Observed<T>, { ok: true }>;
  type Unseen = Extract<Observed<T>, { ok: false }>;
  const seen = { ok: need(oneOf(true)), at: need(time), value, odd: oddities } as unknown as Fields<Seen>;
  return tagged<Observed<T>>('ok', [
    [[true], object<Seen>(seen)],
    [[false], object<Unseen>({ ok: need(oneOf(false)), at: need(time), ...notRead })],
  ]);
}

const oddities = list(
  object<Oddity>({
    place: need(
      list<string | number>({
        read: (value) =>
          typeof value === 'string' || (Number.isSafeInteger(value) && (value as number) >= 0)
            ? (value as string | number)
            : undefined,
      }),
    ),
    says: aText,
  }),
);

export const status = amount;

export const lines = all<LogLine>({ at: aText, text: aText });
