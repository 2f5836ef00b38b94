/** Lays text out in columns; knows nothing of reports and colours. */
import { characters, type Measure } from './width.js';

/** After these a word that is too long for a line may be broken. */
const BREAK_AFTER = '/.,:;=-_)]}&?@';

/**
 * Breaks text at spaces into lines of at most `columns`. Only a word that is itself wider is broken, after punctuation
 * where there is some.
 * @returns at least one line
 */
export function wrap(text: string, columns: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ').flatMap((each) => breakWord(each, Math.max(1, columns), measure))) {
    const wide = measure(word);
    if (line !== '' && used + 1 + wide > columns) {
      lines.push(line);
      line = word;
      used = wide;
    } else {
      line = line === '' ? word : `${line} ${word}`;
      used += wide + (used > 0 ? 1 : 0);
    }
  }
  return [...lines, line];
}

function breakWord(word: string, columns: number, measure: Measure): string[] {
  if (measure(word) <= columns) return [word];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const segment of characters(word)) {
    const wide = measure(segment);
    if (used + wide > columns && piece !== '') {
      const at = lastBreak(piece);
      pieces.push(piece.slice(0, at));
      piece = piece.slice(at);
      used = measure(piece);
    }
    piece += segment;
    used += wide;
  }
  return [...pieces, piece];
}

/** Index after the last punctuation in the second half of the piece, else its end. */
function lastBreak(piece: string): number {
  for (let index = piece.length - 1; index >= piece.length / 2; index -= 1) {
    if (BREAK_AFTER.includes(piece.charAt(index))) return index + 1;
  }
  return piece.length;
}

/**
 * Fills lines with items, `gap` columns apart; an item moves to the next line as a whole.
 * @returns the items of each line; an item wider than a line has one of its own
 */
export function fill<T extends { text: string }>(
  items: readonly T[],
  gap: number,
  columns: number,
  measure: Measure,
): T[][] {
  const lines: T[][] = [];
  let used = 0;
  for (const item of items) {
    const wide = measure(item.text);
    const line = lines.at(-1);
    if (line && used + gap + wide <= columns) {
      line.push(item);
      used += gap + wide;
    } else {
      lines.push([item]);
      used = wide;
    }
  }
  return lines;
}

/**
 * Items joined by a separator in lines of at most `columns`, each item kept whole where it fits on a line.
 * @returns at least one line, none for no items
 */
export function wrapItems(
  items: readonly string[],
  separator: string,
  columns: number,
  measure: Measure,
): string[] {
  const joint = ` ${separator} `;
  return fill(
    items.map((text) => ({ text })),
    measure(joint),
    columns,
    measure,
  ).flatMap((line) => wrap(line.map(({ text }) => text).join(joint), columns, measure));
}

/**
 * The first lines; what is left out is marked at the end of the last one.
 * @param mark what stands for it, such as an ellipsis
 */
export function firstLines(
  lines: readonly string[],
  most: number,
  mark: string,
  columns: number,
  measure: Measure,
): string[] {
  if (lines.length <= most) return [...lines];
  const room = columns - measure(mark);
  let last = '';
  // From the front: what is left out may be the names of thousands of pods.
  for (const character of characters(lines.slice(most - 1).join(' '))) {
    if (measure(last + character) > room) break;
    last += character;
  }
  return [...lines.slice(0, most - 1), `${last.replace(/[\s,;:(]+$/, '')}${mark}`];
}

/** Pads on the right to `columns`. */
export function padEnd(text: string, columns: number, measure: Measure): string {
  return text + ' '.repeat(Math.max(0, columns - measure(text)));
}

/** Pads on the left to `columns`. */
export function padStart(text: string, columns: number, measure: Measure): string {
  return ' '.repeat(Math.max(0, columns - measure(text))) + text;
}
