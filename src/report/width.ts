/** How many columns a text takes on a terminal. */

export type Measure = (text: string) => number;

/**
 * Characters known to take one column each: printable ASCII and Latin, Greek, Cyrillic without combining marks, the
 * punctuation, arrows, box drawing and symbols that reports are written in.
 */
const NARROW =
  /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2500-\u25fc\u2713-\u2718\u2800-\u28ff]*$/;

/** Code units that are segmented at once: V8 takes time that grows with the square of the text's length. */
const CHUNK = 500;

/** Counts a column for each UTF-16 unit: for texts of this program's own, which are narrow. */
export const narrowMeasure: Measure = (text) => text.length;

/**
 * The measure that is right for `sample` and every part of it. string-width is loaded only when the sample needs it:
 * its first call alone takes longer than rendering a report.
 */
export async function measureFor(sample: string): Promise<Measure> {
  if (NARROW.test(sample.replaceAll('\n', ''))) return narrowMeasure;
  const { default: stringWidth } = await import('string-width');
  // Character by character, because string-width takes long for each call and texts repeat their characters.
  const known = new Map<string, number>();
  return (text) => {
    if (NARROW.test(text)) return text.length;
    let columns = 0;
    for (const character of characters(text)) {
      const wide = known.get(character) ?? stringWidth(character);
      known.set(character, wide);
      columns += wide;
    }
    return columns;
  };
}

/** What a reader sees as one character each, such as a letter with its accents. */
export function* characters(text: string): Generator<string> {
  if (NARROW.test(text)) {
    yield* text;
    return;
  }
  const segmenter = new Intl.Segmenter();
  for (const chunk of chunks(text)) for (const { segment } of segmenter.segment(chunk)) yield segment;
}

/** Parts of bounded length; a pair of surrogates stays together. */
function* chunks(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const high = /[\ud800-\udbff]/.test(text.charAt(start + CHUNK - 1));
    const end = start + (high ? CHUNK - 1 : CHUNK);
    yield text.slice(start, end);
    start = end;
  }
}
