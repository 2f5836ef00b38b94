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
 * Any eight characters hold four that begin at a multiple of four. They are one word of the memory: a text is looked at there,
 * and in between only where such a word is known.
 */
const WORD = 4;
/** Bits of the table of words, as a power of two: of ten secrets' forms it is a tenth full. */
const PROBE_BITS = 19;

/** Enough for the forms of the few values that a Secret of a backend has. */
const PLACES = 16_384;

const { imul } = Math;
const A = 0x01000193;
const B = 0x2c1b3c6d;
const MIX = 0x9e3779b1;

const BEYOND_LATIN = /[^\0-\xff]/g;
const BLANKS = /[\t-\r\xa0]/g;

/** A text as it is compared, a byte for each character. */
interface Folded {
  bytes: Buffer;
  words: Int32Array;
  /** For words that begin anywhere. */
  view: DataView;
}

/** Used again for each text: thousands of arrays outside of the heap would stay until somebody collects them. */
let scratch = makeScratch(8192);

/** @param length in bytes, a multiple of four */
function makeScratch(length: number): Folded {
  const memory = new ArrayBuffer(length);
  return { bytes: Buffer.from(memory), words: new Int32Array(memory), view: new DataView(memory) };
}

/** Whether this machine puts the lowest byte of a word first; `DataView` wants to be told. */
const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The characters of a text as they are compared; valid until the next call. All that works on each of them is built in: a loop of
 * our own would be given to V8's optimising compiler, and those that were here took it a tenth of a run's CPU.
 */
function folded(text: string): Folded {
  if (scratch.bytes.length < text.length) scratch = makeScratch(8 * Math.ceil(text.length / 4));
  const same = text.replace(BEYOND_LATIN, byteOf).toLowerCase().replace(BLANKS, ' ');
  scratch.bytes.write(same, 'latin1');
  return scratch;
}

/** A byte in place of two: eight of them in a row are mistaken once in very many texts. */
function byteOf(character: string): string {
  const code = character.charCodeAt(0);
  return String.fromCharCode(128 | ((code ^ (code >>> 7)) & 127));
}

// The loops are functions of their own: V8 takes milliseconds to optimise a long function, for little more.

/** Index of the next known word from there on; negative: there is none. */
function probed(words: Int32Array, from: number, to: number, probes: Uint8Array): number {
  for (let index = from; index < to; index += 1) {
    const bit = imul(words[index] ?? 0, MIX) >>> (32 - PROBE_BITS);
    if (((probes[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0) return index;
  }
  return -1;
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
    const { length } = text;
    if (length < GRAM) return;
    this.#makeRoom(length - GRAM + 1);
    const { bytes, words } = folded(text);
    // Words begin at every fourth byte: so the text is moved three times.
    for (let shift = 0; shift < WORD; shift += 1) {
      if (shift > 0) bytes.copyWithin(0, 1, length);
      const last = length - GRAM - shift;
      this.#size += putAll(this.#places, this.#probes, words, kinds.subarray(shift), last);
    }
  }

  /** Longest parts of the text that consist of known grams, in order; those that touch are one. */
  runs(text: string): Run[] {
    const result: Run[] = [];
    const { length } = text;
    if (this.#size === 0 || length < GRAM) return result;
    const { words, view } = folded(text);
    const last = length - GRAM;
    let open: Run | undefined;
    for (let index = 0; ; index += 1) {
      index = probed(words, index, length >>> 2, this.#probes);
      if (index < 0) return result;
      const at = index * WORD;
      for (let start = Math.max(0, at - WORD + 1); start <= Math.min(at, last); start += 1) {
        const first = view.getInt32(start, LITTLE);
        const kind = kindOf(this.#places, first, view.getInt32(start + WORD, LITTLE));
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
    const { first, second, kinds } = this.#places;
    for (const [at, kind] of old.kinds.entries()) {
      if (kind === 0) continue;
      const a = old.first[at] ?? 0;
      const b = old.second[at] ?? 0;
      const place = placeOf(this.#places, a, b);
      first[place] = a;
      second[place] = b;
      kinds[place] = kind;
    }
  }
}

/** Both words and the kind of each gram; a kind of 0 is an empty place. */
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
  const mixed = imul(imul(a, A) ^ (imul(b, B) >>> 7), MIX);
  let place = (mixed ^ (mixed >>> 15)) & mask;
  while (kinds[place] !== 0 && (first[place] !== a || second[place] !== b)) place = (place + 1) & mask;
  return place;
}

function kindOf(places: Places, a: number, b: number): number {
  return places.kinds[placeOf(places, a, b)] ?? 0;
}

/**
 * Puts in the grams that begin at each word, and marks these words; of a gram that is there already the greater kind counts.
 * @param last place at which a gram may begin @returns how many were not there
 */
function putAll(
  places: Places,
  probes: Uint8Array,
  words: Int32Array,
  kindsFrom: Uint8Array,
  last: number,
): number {
  const { first, second, kinds } = places;
  let added = 0;
  // Up to the word that only the last gram holds, as its second one or across two.
  for (let index = 0; index * WORD <= last + WORD - 1; index += 1) {
    const a = words[index] ?? 0;
    const bit = imul(a, MIX) >>> (32 - PROBE_BITS);
    probes[bit >>> 3] = (probes[bit >>> 3] ?? 0) | (1 << (bit & 7));
    if (index * WORD > last) continue;
    const b = words[index + 1] ?? 0;
    const kind = kindsFrom[index * WORD] ?? 0;
    const place = placeOf(places, a, b);
    const before = kinds[place] ?? 0;
    if (before < kind) kinds[place] = kind;
    if (before !== 0) continue;
    added += 1;
    first[place] = a;
    second[place] = b;
  }
  return added;
}
