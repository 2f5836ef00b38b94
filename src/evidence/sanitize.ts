/**
 * Takes from text whatever could act on a terminal, an HTML page or an XML file. Everything that came from the
 * cluster passes through here once, in the reader. All patterns run in linear time.
 */

/** Depth beyond which a JSON value from outside is cut: deeper ones would overflow the stack of who walks them. */
const MAX_DEPTH = 64;

/** Text of which nothing needs to be taken; most text is. */
const HARMLESS = /^[\n\t\x20-\x7e]*$/;

// Each alternative's repeated class excludes what may follow it, and the terminator is optional: no backtracking.
const ESCAPE_SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;

// Controls but tab and newline; bidirectional marks, embeddings and isolates; zero-width space and byte-order mark;
// line and paragraph separators; interlinear and tag characters; non-characters of the first plane.
const UNSAFE =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e007f}]/gu;

const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text without escape sequences, control and bidirectional characters; newlines and tabs stay. */
export function sanitize(text: string): string {
  if (HARMLESS.test(text)) return text;
  return text
    .replace(/\r\n?/g, '\n')
    .replace(LONE_SURROGATES, '\ufffd')
    .replace(ESCAPE_SEQUENCES, '')
    .replace(UNSAFE, '');
}

/** As `sanitize`, and on one line. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replace(/[\n\t]+/g, ' ');
}

/** Applies `change` to every string of a JSON-like value, keys included; a copy. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapValue(value, change, 0) as T;
}

function mapValue(value: unknown, change: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '(nested too deeply)';
  if (Array.isArray(value)) return value.map((item) => mapValue(item, change, depth + 1));
  // fromEntries defines own properties, so a key `__proto__` stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapValue(item, change, depth + 1)]),
  );
}

/** Every string of a value from the cluster, sanitised; a copy, but for a value of which nothing needs to be taken. */
export function sanitizeDeep<T>(value: T): T {
  // Most values are harmless, and to copy thousands of log lines costs as much as all else that is done with them.
  return isHarmless(value, 0) ? value : mapStrings(value, sanitize);
}

function isHarmless(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return HARMLESS.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  // Loops: a list of entries for each of thousands of log lines would cost more than to look at them.
  if (Array.isArray(value)) {
    for (const item of value) if (!isHarmless(item, depth + 1)) return false;
    return true;
  }
  for (const key in value) {
    const item: unknown = value[key as keyof typeof value];
    if (!HARMLESS.test(key)) return false;
    if (typeof item === 'string' ? !HARMLESS.test(item) : !isHarmless(item, depth + 1)) return false;
  }
  return true;
}
