/** How many columns a text takes on a terminal. */

export type Measure = (text: string) => number;

/**
 * Characters known to take one column each: printable ASCII and Latin, Greek, Cyrillic without combining marks, the
 * punctuation, arrows, box drawing and symbols that reports are written in.
 */
const NARROW =
  /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2500-\u25fc\u2713-\u2718\u2800-\u28ff]*$/;

const narrowOnly: Measure = (text) => text.length;

/**
 * The measure that is right for `sample` and every part of it. string-width is loaded only when the sample needs it:
 * its first call alone takes longer than rendering a report.
 */
export async function measureFor(sample: string): Promise<Measure> {
  if (NARROW.test(sample.replaceAll('\n', ''))) return narrowOnly;
  const { default: stringWidth } = await import('string-width');
  return (text) => (NARROW.test(text) ? text.length : stringWidth(text));
}

/** Counts a column for each UTF-16 unit: for texts of this program's own, which are narrow. */
export const narrowMeasure: Measure = narrowOnly;
