/** `-q`: the verdict, in a line or two. */
import type { Report } from '../engine/report.js';
import { verdictOf } from './digest.js';
import { outcome } from './doctor/words.js';
import { clean, indented } from './rows.js';
import { paint, type Style } from './style.js';
import { servingLine } from './text.js';
import { wrap } from './wrap.js';

/** Whether it is up, where that was asked, and what the run came to. */
export function renderVerdict(report: Report, style: Style): string {
  const { color, columns, measure, symbols } = style;
  const { status, words } = told(report);
  const [first = '', ...rest] = wrap(clean(words, style), columns - 2, measure);
  const painted = (line: string) => color.bold(paint(style, status)(line));
  const lines = [painted(`${symbols[status]} ${first}`), ...indented(rest, 2, painted)];
  return `${[...servingLine(report, style), ...lines].join('\n')}\n`;
}

function told(report: Report): ReturnType<typeof verdictOf> {
  if (report.diagnoses === undefined) return verdictOf(report);
  const { status, phrase } = outcome(report);
  return { status, words: phrase };
}
