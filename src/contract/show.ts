/** The effective contract for people and programs: each value with its origin. */
import { DEFAULT_CONTRACT, type Accepted } from './contract.js';
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
    const below = typeof value === 'object' ? value.map(itemText) : [String(value)];
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

/** What differs from the written contract: path, value, the written contract's value, origin. */
export function contractDiff({ contract, origins, notices }: ResolvedContract): string {
  const written = new Map(
    leaves(DEFAULT_CONTRACT).map(({ path, value }) => [formatPath(path), inline(value)]),
  );
  const now = new Map(leaves(contract).map(({ path, value }) => [formatPath(path), inline(value)]));
  const rows = [...new Set([...now.keys(), ...written.keys()])].flatMap((key) => {
    const [is = 'absent', was = 'absent'] = [now.get(key), written.get(key)];
    return is === was ? [] : [[key, is, `written contract: ${was}`, printable(origins.get(key)?.text ?? '')]];
  });
  const width = (column: number) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
  const said = lines.length > 0 ? lines : ['nothing differs from the written contract'];
  return [...said, ...notices.map((notice) => `note: ${notice}`), ''].join('\n');
}

/** `{contract, origins, notices}`; origins by path. */
export function contractJson({ contract, origins, notices }: ResolvedContract): string {
  const texts = Object.fromEntries([...origins].map(([path, { text }]) => [path, text]));
  return `${JSON.stringify({ contract, origins: texts, notices }, null, 2)}\n`;
}

function itemText(item: string | Accepted): string {
  if (typeof item === 'string') return item;
  const { check, object, reason, until } = item;
  return [check, object, until && `until ${until}`, reason].filter(Boolean).join(' · ');
}

function inline(value: Leaf): string {
  if (typeof value === 'object') return `[${value.map(itemText).join(', ')}]`;
  return value === '' ? '""' : String(value);
}
