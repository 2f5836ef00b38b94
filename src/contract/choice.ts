/** What is said where several backends are found: a table of them, and the flag that chooses each. */
import { printable } from './errors.js';
import type { Candidate } from './names.js';

/** Rows that are shown; who has more installations than that knows what they are called. */
const MOST = 20;

/** @param candidates at least two */
export function describeChoice(namespace: string, candidates: readonly Candidate[]): string {
  const named = candidates.flatMap(({ release }) => release ?? []);
  // A release that has one backend is chosen by its name; where it has several, or none is told, the Deployment is.
  const rows = candidates.map(({ release, deployment }) => {
    const isAlone = release !== undefined && named.filter((name) => name === release).length === 1;
    const flag = isAlone ? `--release ${release}` : `--deployment ${deployment?.name ?? ''}`;
    return [deployment?.name ?? '', release ?? '-', flag].map((text) => printable(text));
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
