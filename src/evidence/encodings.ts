/**
 * The forms of a secret that cannot be decoded where they stand, because nothing marks them: base64 and base32, at each
 * place of something longer, of the text itself and of what other encoders make of it. What marks itself is decoded
 * (`decodings.ts`).
 */
import { stretches, type Marked } from './secret-parts.js';

/** Of longer values (keys in PEM, whole documents) only the forms that occur: each character costs fifty more. */
const LONG = 2048;
/** Base64 of base64 has nine places, and two alphabets each. */
const TWICE = 256;

/** The text as it stands, in the bytes that encoders see, and in every form that nothing marks. */
export function formsOf(marked: Marked): Marked[] {
  const bytes = utf8(marked);
  const forms = [marked];
  if (bytes.text !== marked.text) forms.push(bytes);
  if (marked.text.includes('\\\\'))
    forms.push({ text: marked.text.replace(/\\{2,}/g, '\\'), open: undefined });
  // A form of a page has blanks so.
  if (marked.text.trim().includes(' ')) forms.push({ ...bytes, text: bytes.text.replaceAll(' ', '+') });
  forms.push(...baseForms(bytes, BASE64));
  if (marked.text.length > LONG) return forms;
  const json = mapped(bytes, (character) => JSON.stringify(character).slice(1, -1));
  const query = mapped(bytes, percentEncoded);
  for (const other of [json, query]) {
    if (other.text !== bytes.text) forms.push(...baseForms(other, BASE64));
  }
  // As Windows has text; a blank byte after each is how base64 sees it.
  forms.push(
    ...baseForms(
      mapped(marked, (character) => `${character}\0`),
      BASE64,
    ),
  );
  if (marked.text.length <= TWICE) {
    for (const once of baseForms(bytes, BASE64)) forms.push(...baseForms(once, BASE64));
  }
  forms.push(...baseForms(bytes, BASE32));
  return forms;
}

/** One character for each byte. */
function utf8({ text, open }: Marked): Marked {
  if (/^[\0-\x7f]*$/.test(text)) return { text, open };
  const characters = Array.from(text);
  let at = 0;
  const parts = characters.map((character) => {
    const part = { bytes: Buffer.from(character).toString('latin1'), open: open?.[at] ?? 0 };
    at += character.length;
    return part;
  });
  const flags =
    open && Uint8Array.from(parts.flatMap(({ bytes, open }) => Array<number>(bytes.length).fill(open)));
  return { text: parts.map(({ bytes }) => bytes).join(''), open: flags };
}

function mapped({ text, open }: Marked, change: (character: string) => string): Marked {
  if (open === undefined)
    return { text: Array.from({ length: text.length }, (_, at) => change(text.charAt(at))).join(''), open };
  let result = '';
  const flags: number[] = [];
  for (const [at, character] of text.split('').entries()) {
    const part = change(character);
    result += part;
    flags.push(...Array<number>(part.length).fill(open[at] ?? 0));
  }
  return { text: result, open: Uint8Array.from(flags) };
}

function percentEncoded(character: string): string {
  if (/[\w.~-]/.test(character)) return character;
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

interface Base {
  /** Bits of one character. */
  bits: number;
  /** Bytes after which it begins again. */
  block: number;
  encode: (bytes: Buffer) => string[];
}

const BASE64: Base = {
  bits: 6,
  block: 3,
  encode: (bytes) => {
    const standard = bytes.toString('base64');
    return /[+/]/.test(standard)
      ? [standard, standard.replaceAll('+', '-').replaceAll('/', '_')]
      : [standard];
  },
};

const BASE32: Base = { bits: 5, block: 5, encode: (bytes) => [base32(bytes)] };

/** The characters that the bytes alone decide, at each place at which they may stand in something longer. */
function baseForms({ text, open }: Marked, { bits, block, encode }: Base): Marked[] {
  const bytes = Buffer.from(text, 'latin1');
  return Array.from({ length: block }, (_, shift) => shift).flatMap((shift) => {
    const from = Math.ceil((shift * 8) / bits);
    // By itself it ends with what is left of the bits, and with padding; inside something longer that is another's.
    const to = shift === 0 ? Infinity : Math.floor(((shift + bytes.length) * 8) / bits);
    return encode(Buffer.concat([Buffer.alloc(shift), bytes])).map((encoded) => {
      const form = encoded.slice(from, to);
      return {
        text: form,
        open: open && openOf(open, form.length, (at) => ((at + shift) * 8) / bits - from),
      };
    });
  });
}

/** What of a form may be shown, where each character shows what the byte shows in which it begins. @param placeOf a byte there */
function openOf(open: Uint8Array, length: number, placeOf: (at: number) => number): Uint8Array {
  const result = new Uint8Array(length);
  for (const [from, to] of stretches(open, 1))
    result.fill(1, Math.max(0, Math.ceil(placeOf(from))), Math.max(0, Math.ceil(placeOf(to))));
  return result;
}

function base32(bytes: Buffer): string {
  let result = '';
  let value = 0;
  let held = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    held += 8;
    for (; held >= 5; held -= 5)
      result += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt((value >> (held - 5)) & 31);
  }
  return held === 0 ? result : result + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt((value << (5 - held)) & 31);
}
