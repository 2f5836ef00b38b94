/** What `collect` says: what was read, what was not and why, what was taken out, and what to do with the bundle. */
import type { Report } from '../engine/report.js';
import { countPhrases, duration, exitPhrase, targetParts } from './digest.js';
import type { Style } from './style.js';
import { wrap } from './wrap.js';

export interface CollectSummary {
  report: Report;
  file: string;
  /** Size of the file, in words. */
  size: string;
  read: string[];
  unread: { key: string; reason: string }[];
  declined: { key: string; reason: string }[];
  redactions: { path: string; what: string; count: number }[];
  leftOut: string[];
  pseudonymized: boolean;
  /** What to know before it is sent. */
  notices: string[];
}

const LABEL = 'redacted  '.length;

/** Ends with a line feed. */
export function renderCollected(summary: CollectSummary, style: Style): string {
  const { color, symbols, columns, measure } = style;
  const { report, read, unread, declined, file } = summary;
  const field = (label: string, texts: readonly string[]) =>
    texts
      .flatMap((text) => wrap(text, columns - LABEL, measure))
      .map((line, index) => `${color.dim((index === 0 ? label : '').padEnd(LABEL))}${line}`);
  const dot = ` ${symbols.separator} `;
  const all = read.length + unread.length;
  const isWhole = unread.length === 0;
  const mark = isWhole ? color.green(symbols.pass) : color.magenta(symbols.unknown);
  const redacted = summary.redactions.map(({ path, what, count }) => `${count} ${what} in ${path}`);
  const counts = countPhrases(report).map(({ text }) => text);
  return [
    `${color.bold('todo-k8s collect')}   ${targetParts(report).join(dot)}`,
    '',
    `${mark} ${read.length} of ${all} kinds of evidence read in ${duration(report.durationMs)}`,
    ...unread.flatMap(({ key, reason }) => item(symbols.unknown, `${key}: ${reason}`, style)),
    ...declined.flatMap(({ key, reason }) => item(symbols.skip, `${key}: not asked for (${reason})`, style)),
    ...summary.notices.flatMap((notice) => item(symbols.warn, notice, style)),
    '',
    ...field('redacted', redacted.length > 0 ? redacted : ['nothing that looked like a secret was read']),
    ...field(
      'names',
      summary.pseudonymized
        ? ['host names, addresses and user names are replaced by tokens']
        : ['host names and addresses are as they were read; --pseudonymize replaces them'],
    ),
    ...field('left out', summary.leftOut),
    ...field('verify', [`${counts.join(', ')} (${exitPhrase(report)})`]),
    ...field('bundle', [`${file}  ${summary.size}`]),
    '',
    `Next: todo-k8s verify --from ${file}`,
    '',
  ].join('\n');
}

function item(symbol: string, text: string, { columns, measure }: Style): string[] {
  return wrap(text, columns - 4, measure).map((line, index) => `  ${index === 0 ? symbol : ' '} ${line}`);
}
