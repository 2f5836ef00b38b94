/** The effective contract for people and programs: each value with its origin. */
import { printable } from './errors.js';
import { formatPath, leaves, type Leaf } from './paths.js';
import type { ResolvedContract } from './resolve.js';

/** Characters; longer values would push the origins off the screen. */
const MAX_VALUE_WIDTH = 32;

/** Three aligned columns: path, value, origin. A list that is long has a line for each item. */
export function contractText({ contract, origins, notices }: ResolvedContract): string {
  const rows = leaves(contract).map(({ path, value }) => {
    const key = formatPath(path);
    const origin = printable(origins.get(key)?.text ?? '');
    const short = inline(value);
    if (short.length <= MAX_VALUE_WIDTH) return { key, value: short, origin, below: [] };
    const below = typeof value === 'object' ? value : [String(value)];
    return { key, value: typeof value === 'object' ? `${value.length} items` : '', origin, below };
  });
  const keyWidth = Math.max(...rows.map(({ key }) => key.length));
  const valueWidth = Math.max(...rows.map(({ value }) => value.length));
  const lines = rows.flatMap(({ key, value, origin, below }) => [
    `${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${origin}`,
    ...below.map((item) => `  ${item}`),
  ]);
  return [...lines, ...notices.map((notice) => `note: ${notice}`), ''].join('\n');
}

/** `{contract, origins, notices}`; origins by path. */
export function contractJson({ contract, origins, notices }: ResolvedContract): string {
  const texts = Object.fromEntries([...origins].map(([path, { text }]) => [path, text]));
  return `${JSON.stringify({ contract, origins: texts, notices }, null, 2)}\n`;
}

function inline(value: Leaf): string {
  if (typeof value === 'object') return `[${value.join(', ')}]`;
  return value === '' ? '""' : String(value);
}
