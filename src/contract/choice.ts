/** What is said where several backends are found: a table of them, and the flag that chooses each. */
import { printable } from './errors.js';
import type { Candidate } from './found-objects.js';

/** Rows that are shown; who has more installations than that knows what they are called. */
const MOST = 20;

/** One of several backends, and the flag that chooses it. */
export interface Choice {
  name: string;
  namespace: string;
  flag: 'release' | 'deployment';
  value: string;
}

/** A release that has one backend is chosen by its name; where it has several, or none is told, the Deployment is. */
export function choicesOf(namespace: string, candidates: readonly Candidate[]): Choice[] {
  const named = candidates.flatMap(({ release }) => release ?? []);
  return candidates.map(({ release, deployment }) => {
    const isAlone = release !== undefined && named.filter((name) => name === release).length === 1;
    const own = deployment?.name ?? '';
    const chosen = isAlone
      ? ({ flag: 'release', value: release } as const)
      : ({ flag: 'deployment', value: own } as const);
    return { name: printable(isAlone ? release : own), namespace: printable(namespace), ...chosen };
  });
}

/** @param candidates at least two */
export function describeChoice(namespace: string, candidates: readonly Candidate[]): string {
  const named = candidates.flatMap(({ release }) => release ?? []);
  const choices = choicesOf(namespace, candidates);
  const rows = candidates.map(({ release, deployment }, index) => {
    const { flag, value } = choices[index] ?? { flag: 'release', value: '' };
    return [deployment?.name ?? '', release ?? '-', `--${flag} ${value}`].map((text) => printable(text));
  });
  const what = named.length === candidates.length ? 'releases' : 'backends';
  const list = candidates.map(({ release, deployment }) => printable(release ?? deployment?.name ?? ''));
  const shown = list.length > 10 ? [...list.slice(0, 10), `${list.length - 10} more`] : list;
  const said =
    `Several ${what} found in namespace "${namespace}": ${shown.join(', ')}. ` +
    'Choose one with --release or --deployment, or verify each with --all-releases.';
  const table = [['DEPLOYMENT', 'RELEASE', 'CHOOSE IT WITH'], ...rows.slice(0, MOST)];
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  return [said, '', ...lines].join('\n');
}
