/**
 * Finds every eight characters of known texts in other texts, in one pass however many are known. Letters of either case
 * are the same to it, and so are blanks of any kind.
 */

/** Characters of a gram: as little of a secret as is still one. */
export const GRAM = 8;

/** A gram of what may be shown by itself, such as the host in a URL with a password. */
export const WEAK = 1;
/** A gram of what may not. */
export const STRONG = 2;

/** A part of a text, of which `strong` says whether anything in it must not be shown. */
export interface Run {
  from: number;
  to: number;
  strong: boolean;
}

/**
 * Any eight characters hold five that begin at a multiple of four: a text is looked at there, and in between only where
 * five characters are known.
 */
const STEP = 4;
const PROBE = GRAM - STEP + 1;
/** Bits of the table of probes, as a power of two: of ten secrets' forms it is a tenth full. */
const PROBE_BITS = 19;

/** Enough for the forms of the few values that a Secret of a backend has. */
const PLACES = 16_384;

// Hashes of 32 bits; a gram has two, so that a wrong match in a megabyte of text has odds of one to millions of millions.
const { imul } = Math;

const A = 0x01000193;
const B = 0x2c1b3c6d;
const MIX = 0x9e3779b1;

/** What stands for each character of Latin-1. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 65 && code <= 90) return code + 32;
  return (code >= 9 && code <= 13) || code === 0xa0 ? 32 : code;
});

/** Used again for each text: thousands of arrays outside of the heap would stay until somebody collects them. */
let scratch = new Uint16Array(4096);

/** The characters of a text as they are compared; valid until the next call. */
function folded(text: string): Uint16Array {
  if (scratch.length < text.length) scratch = new Uint16Array(2 * text.length);
  const codes = scratch;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    codes[at] = code < 256 ? (FOLDED[code] ?? 0) : code;
  }
  return codes;
}

function hash(codes: Uint16Array, start: number, length: number, base: number): number {
  let result = 0;
  for (let at = start; at < start + length; at += 1) result = (imul(result, base) + (codes[at] ?? 0)) | 0;
  return result;
}

// The loops over each character are functions of their own: V8 takes milliseconds to optimise a long function, for little more.

/** The next place from there on, in steps, at which five known characters begin; negative: there is none. */
function probed(codes: Uint16Array, from: number, length: number, probes: Uint8Array): number {
  for (let probe = from; probe + PROBE <= length; probe += STEP) {
    let key = codes[probe] ?? 0;
    for (let at = probe + 1; at < probe + PROBE; at += 1) key = (imul(key, A) + (codes[at] ?? 0)) | 0;
    const bit = imul(key, MIX) >>> (32 - PROBE_BITS);
    if (((probes[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0) return probe;
  }
  return -1;
}

/** What the first character of a hash counts for in the next one. */
const power = (base: number, exponent: number): number =>
  exponent === 0 ? 1 : imul(base, power(base, exponent - 1));
const OUT_OF_A = power(A, GRAM);
const OUT_OF_B = power(B, GRAM);
const OUT_OF_PROBE = power(A, PROBE);

/** The hashes that begin at each character: to the next one, one goes and one comes. @param out what goes counted for */
function hashes(codes: Uint16Array, count: number, length: number, base: number, out: number): Int32Array {
  const all = new Int32Array(count);
  let each = hash(codes, 0, length, base);
  for (let start = 0; start < count; start += 1) {
    all[start] = each;
    each = (imul(each, base) - imul(codes[start] ?? 0, out) + (codes[start + length] ?? 0)) | 0;
  }
  return all;
}

function mark(probes: Uint8Array, keys: Int32Array): void {
  for (const key of keys) {
    const bit = imul(key, MIX) >>> (32 - PROBE_BITS);
    probes[bit >>> 3] = (probes[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
}

export class Grams {
  #size = 0;
  #places = makePlaces(PLACES);
  readonly #probes = new Uint8Array(1 << (PROBE_BITS - 3));

  get size(): number {
    return this.#size;
  }

  /** @param kinds of the gram that begins at each character */
  add(text: string, kinds: Uint8Array): void {
    const count = text.length - GRAM + 1;
    if (count < 1) return;
    this.#makeRoom(count);
    const codes = folded(text);
    const first = hashes(codes, count, GRAM, A, OUT_OF_A);
    const second = hashes(codes, count, GRAM, B, OUT_OF_B);
    this.#size += putAll(this.#places, first, second, kinds);
    mark(this.#probes, hashes(codes, text.length - PROBE + 1, PROBE, A, OUT_OF_PROBE));
  }

  /** Longest parts of the text that consist of known grams, in order; those that touch are one. */
  runs(text: string): Run[] {
    const result: Run[] = [];
    const { length } = text;
    if (this.#size === 0 || length < GRAM) return result;
    const codes = folded(text);
    const last = length - GRAM;
    let open: Run | undefined;
    for (let at = 0; ; at += STEP) {
      at = probed(codes, at, length, this.#probes);
      if (at < 0) return result;
      for (let start = Math.max(0, at - STEP + 1); start <= Math.min(at, last); start += 1) {
        const kind = kindOf(this.#places, hash(codes, start, GRAM, A), hash(codes, start, GRAM, B));
        if (kind === 0) continue;
        const strong = kind === STRONG;
        if (open && start <= open.to) {
          open.to = start + GRAM;
          open.strong ||= strong;
        } else {
          open = { from: start, to: start + GRAM, strong };
          result.push(open);
        }
      }
    }
  }

  /** At most half full, so that a look-up that finds nothing ends soon. */
  #makeRoom(more: number): void {
    const old = this.#places;
    let { length } = old.kinds;
    while ((this.#size + more) * 2 >= length) length *= 2;
    if (length === old.kinds.length) return;
    this.#places = makePlaces(length);
    putAll(this.#places, old.first, old.second, old.kinds);
  }
}

/** Both hashes and the kind of each gram; a kind of 0 is an empty place. */
interface Places {
  first: Int32Array;
  second: Int32Array;
  kinds: Uint8Array;
}

function makePlaces(length: number): Places {
  return { first: new Int32Array(length), second: new Int32Array(length), kinds: new Uint8Array(length) };
}

/** Where a gram is, or where there is room for it. */
function placeOf({ first, second, kinds }: Places, a: number, b: number): number {
  const mask = kinds.length - 1;
  // The lowest bits of a polynomial hash say little by themselves.
  const mixed = imul(a ^ (b >>> 15), MIX);
  let place = (mixed ^ (mixed >>> 15)) & mask;
  while (kinds[place] !== 0 && (first[place] !== a || second[place] !== b)) place = (place + 1) & mask;
  return place;
}

function kindOf(places: Places, a: number, b: number): number {
  return places.kinds[placeOf(places, a, b)] ?? 0;
}

/** Puts in what has a kind; of a gram that is there already the greater one counts. @returns how many were not there */
function putAll(places: Places, first: Int32Array, second: Int32Array, kinds: Uint8Array): number {
  let added = 0;
  for (let at = 0; at < first.length; at += 1) {
    const kind = kinds[at] ?? 0;
    if (kind === 0) continue;
    const a = first[at] ?? 0;
    const b = second[at] ?? 0;
    const place = placeOf(places, a, b);
    const before = places.kinds[place] ?? 0;
    if (before === 0) added += 1;
    if (before < kind) places.kinds[place] = kind;
    places.first[place] = a;
    places.second[place] = b;
  }
  return added;
}
