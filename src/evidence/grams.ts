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

/** What the first character of a hash counts for in the next one. */
const power = (base: number, exponent: number): number =>
  exponent === 0 ? 1 : imul(base, power(base, exponent - 1));
const OUT_OF_A = power(A, GRAM);
const OUT_OF_B = power(B, GRAM);
const OUT_OF_PROBE = power(A, PROBE);

/** The hash that begins one character further: one goes, and one comes. Thousands are made of a secret before code is fast. */
function moved(
  from: number,
  codes: Uint16Array,
  start: number,
  length: number,
  base: number,
  out: number,
): number {
  return (imul(from, base) - imul(codes[start] ?? 0, out) + (codes[start + length] ?? 0)) | 0;
}

export class Grams {
  #size = 0;
  /** Both hashes and the kind of each gram; a kind of 0 is an empty place. */
  #first = new Int32Array(4096);
  #second = new Int32Array(4096);
  #kinds = new Uint8Array(4096);
  readonly #probes = new Uint8Array(1 << (PROBE_BITS - 3));

  get size(): number {
    return this.#size;
  }

  /** @param kindAt of the gram that begins there */
  add(text: string, kindAt: (start: number) => number): void {
    const codes = folded(text);
    const { length } = text;
    let first = hash(codes, 0, GRAM, A);
    let second = hash(codes, 0, GRAM, B);
    for (let start = 0; start + GRAM <= length; start += 1) {
      this.#put(first, second, kindAt(start));
      first = moved(first, codes, start, GRAM, A, OUT_OF_A);
      second = moved(second, codes, start, GRAM, B, OUT_OF_B);
    }
    let probe = hash(codes, 0, PROBE, A);
    for (let start = 0; start + PROBE <= length; start += 1) {
      const bit = imul(probe, MIX) >>> (32 - PROBE_BITS);
      this.#probes[bit >>> 3] = (this.#probes[bit >>> 3] ?? 0) | (1 << (bit & 7));
      probe = moved(probe, codes, start, PROBE, A, OUT_OF_PROBE);
    }
  }

  /** Longest parts of the text that consist of known grams, in order; those that touch are one. */
  runs(text: string): Run[] {
    const result: Run[] = [];
    const { length } = text;
    if (this.#size === 0 || length < GRAM) return result;
    const codes = folded(text);
    const probes = this.#probes;
    const last = length - GRAM;
    let open: Run | undefined;
    for (let probe = 0; probe <= last + STEP - 1; probe += STEP) {
      if (probe + PROBE > length) break;
      let key = codes[probe] ?? 0;
      for (let at = probe + 1; at < probe + PROBE; at += 1) key = (imul(key, A) + (codes[at] ?? 0)) | 0;
      const bit = imul(key, MIX) >>> (32 - PROBE_BITS);
      if (((probes[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) continue;
      for (let start = Math.max(0, probe - STEP + 1); start <= Math.min(probe, last); start += 1) {
        const kind = this.#kindOf(hash(codes, start, GRAM, A), hash(codes, start, GRAM, B));
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
    return result;
  }

  #kindOf(first: number, second: number): number {
    const mask = this.#kinds.length - 1;
    let place = placeOf(first, second) & mask;
    for (; this.#kinds[place] !== 0; place = (place + 1) & mask) {
      if (this.#first[place] === first && this.#second[place] === second) return this.#kinds[place] ?? 0;
    }
    return 0;
  }

  #put(first: number, second: number, kind: number): void {
    const mask = this.#kinds.length - 1;
    let place = placeOf(first, second) & mask;
    for (; this.#kinds[place] !== 0; place = (place + 1) & mask) {
      if (this.#first[place] !== first || this.#second[place] !== second) continue;
      if (kind > (this.#kinds[place] ?? 0)) this.#kinds[place] = kind;
      return;
    }
    this.#first[place] = first;
    this.#second[place] = second;
    this.#kinds[place] = kind;
    this.#size += 1;
    // At most half full, so that a look-up that finds nothing ends soon.
    if (this.#size * 2 > mask) this.#grow();
  }

  #grow(): void {
    const [first, second, kinds] = [this.#first, this.#second, this.#kinds];
    const length = kinds.length * 4;
    this.#first = new Int32Array(length);
    this.#second = new Int32Array(length);
    this.#kinds = new Uint8Array(length);
    this.#size = 0;
    for (const [place, kind] of kinds.entries()) {
      if (kind > 0) this.#put(first[place] ?? 0, second[place] ?? 0, kind);
    }
  }
}

/** The lowest bits of a polynomial hash say little by themselves. */
function placeOf(first: number, second: number): number {
  const mixed = imul(first ^ (second >>> 15), MIX);
  return mixed ^ (mixed >>> 15);
}
