/**
 * A fact of which something was odd, and left out. Who judges it without looking there is not concerned; whoever looked
 * there, and found all well, has not seen everything: that is unknown, never green.
 */
import type { Observed, Oddity } from '../evidence/evidence.js';
import { deepFreeze } from './freeze.js';

export type Seen = Extract<Observed<unknown>, { ok: true }>;

/** What was looked for where something odd had been left out. */
export class Looked {
  readonly #oddities = new Set<string>();
  /** False while facts are put together: nobody has looked yet. */
  isOpen = true;

  add(says: string): void {
    if (this.isOpen) this.#oddities.add(says);
  }

  get isEmpty(): boolean {
    return this.#oddities.size === 0;
  }

  /** Why a judgement is unknown, or '' . */
  reason(): string {
    const [first, ...more] = this.#oddities;
    if (first === undefined) return '';
    const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return `the API server’s answer is odd, and what is odd cannot be judged: ${first}${rest}`;
  }
}

/**
 * Puts a fact's value into `facts`, frozen. Where something odd was left out, reading the place notes it in `looked`.
 */
export function show(
  facts: Record<string, unknown>,
  key: string,
  { value, odd = [] }: Seen,
  looked: Looked,
): void {
  if (odd.length === 0) {
    facts[key] = deepFreeze(value);
    return;
  }
  // A copy, since the value belongs to others, too; its places must be marked before it is frozen.
  const holder: Record<string, unknown> = { [key]: structuredClone(value) };
  looked.isOpen = false;
  const known = new Map<object, Map<Step, Watched>>();
  for (const { place, says } of odd) mark(holder, [key, ...place], says, looked, known);
  deepFreeze(holder[key]);
  looked.isOpen = true;
  Object.defineProperty(facts, key, { ...Object.getOwnPropertyDescriptor(holder, key), enumerable: true });
}

/** As `show`, of a fact that is consulted: noted as soon as its value is taken. */
export function shown<T>(observed: Observed<T>, looked: Looked): Observed<T> {
  if (!observed.ok || observed.odd === undefined) return observed;
  const copy = { ok: true, at: observed.at } as Extract<Observed<T>, { ok: true }>;
  show(copy, 'value', observed, looked);
  return copy;
}

type Step = Oddity['place'][number];

/** A property that notes when it is read. */
interface Watched {
  value: unknown;
  says: string[];
}

function mark(
  holder: object,
  place: readonly Step[],
  says: string,
  looked: Looked,
  known: Map<object, Map<Step, Watched>>,
): void {
  let at = holder;
  for (const [index, step] of place.entries()) {
    const properties = known.get(at) ?? new Map<Step, Watched>();
    const before = properties.get(step);
    const value = before ? before.value : (at as Record<Step, unknown>)[step];
    if (index < place.length - 1 && typeof value === 'object' && value !== null) {
      at = value;
      continue;
    }
    // Where what should hold the place is not there either, that it is looked for is all that can be noted.
    if (before) {
      before.says.push(says);
      return;
    }
    const watched: Watched = { value, says: [says] };
    known.set(at, properties.set(step, watched));
    const get = () => {
      for (const each of watched.says) looked.add(each);
      return watched.value;
    };
    Object.defineProperty(at, step, { get, enumerable: true, configurable: true });
    return;
  }
}
