/** A contract file of what was found: each value with the written contract's beside it, weaknesses as lines to be accepted. */
import { stringify } from 'yaml';
import { writtenValue, type Adoption } from './adopt.js';
import { printable } from './errors.js';
import type { Leaf } from './paths.js';

/** A deviation that is not taken over. */
export interface Weakness {
  check: string;
  object: string | undefined;
  finding: string;
  /** What was seen, in words. */
  message: string;
  /** It warns until it is fixed or accepted; otherwise it goes on failing. */
  warns: boolean;
}

export function adoptedYaml(
  header: string,
  adoptions: readonly Adoption[],
  weaknesses: readonly Weakness[],
): string {
  const lines = header.split('\n').map((line) => `# ${line}`.trimEnd());
  const open: string[] = [];
  for (const { path, value, mark } of grouped(adoptions)) {
    const parents = path.slice(0, -1);
    const shared = parents.findIndex((key, index) => open[index] !== key);
    const from = shared < 0 ? parents.length : shared;
    if (from < open.length || from < parents.length) open.length = from;
    for (let index = from; index < parents.length; index += 1) {
      const key = parents[index] ?? '';
      lines.push(`${'  '.repeat(index)}${key}:`);
      open.push(key);
    }
    const key = path.at(-1) ?? '';
    lines.push(
      `${'  '.repeat(parents.length)}${key}: ${mark ?? flow(value)}   # written contract: ${writtenValue(path)}`,
    );
  }
  const warning = [...new Set(weaknesses.flatMap(({ check, warns }) => (warns ? [check] : [])))];
  if (warning.length > 0) {
    lines.push('', '# Weaknesses: not taken over. These warn until they are fixed, or accepted below.');
    lines.push('knownWeaknesses:', ...warning.map((check) => `  - ${check}`));
  }
  if (weaknesses.length > 0) {
    lines.push('', '# To accept a deviation, take the # from its entry and write the reason.');
    lines.push('# With until: YYYY-MM-DD it is accepted until that day.', 'accepted:');
    for (const group of alike(weaknesses)) {
      const [{ check, object, finding }] = group;
      lines.push(...group.map(({ message }) => `  ## ${printable(message)}`), `  # - check: ${check}`);
      if (object !== undefined) lines.push(`  #   object: ${printable(object)}`);
      lines.push(`  #   finding: ${finding}`, '  #   reason:');
    }
  }
  return `${lines.join('\n')}\n`;
}

/** One entry accepts all findings of one kind at one object. */
function alike(weaknesses: readonly Weakness[]): [Weakness, ...Weakness[]][] {
  const groups = new Map<string, [Weakness, ...Weakness[]]>();
  for (const weakness of weaknesses) {
    const key = [weakness.check, weakness.object, weakness.finding].join(' ');
    const group = groups.get(key);
    if (group) group.push(weakness);
    else groups.set(key, [weakness]);
  }
  return [...groups.values()];
}

/** Values of one mapping stand together, in the order in which their mapping came first. */
function grouped(adoptions: readonly Adoption[]): Adoption[] {
  const order = new Map<string, number>();
  for (const { path } of adoptions)
    for (let length = 1; length < path.length; length += 1) {
      const key = path.slice(0, length).join('.');
      if (!order.has(key)) order.set(key, order.size);
    }
  const rank = ({ path }: Adoption) =>
    path.slice(0, -1).map((_, index) => order.get(path.slice(0, index + 1).join('.')) ?? 0);
  const compare = (a: number[], b: number[]): number => {
    for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
      const difference = (a[index] ?? -1) - (b[index] ?? -1);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return [...adoptions].sort((a, b) => compare(rank(a), rank(b)));
}

function flow(value: Leaf | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item) => stringify(item).trim()).join(', ')}]`;
  return stringify(value).trim();
}
