/** `checks list`: every check in a line, from plain data. */
import { markdownCode, markdownText, tableCell } from './escape.js';
import { jsonDocument } from './json.js';
import { clean, NARROW_COLUMNS } from './rows.js';
import type { Style } from './style.js';
import { padEnd, wrap } from './wrap.js';

export const LIST_FORMATS = ['text', 'json', 'yaml', 'markdown'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

export interface ListedCheck {
  id: string;
  title: string;
  severity: 'error' | 'warning';
  contractSection: string;
}

/** The list in one format; ends with a line feed. */
export async function renderList(
  checks: readonly ListedCheck[],
  format: ListFormat,
  style: Style,
): Promise<string> {
  const plain = checks.map(({ id, title, severity, contractSection }) => ({
    id,
    title,
    severity,
    contractSection,
  }));
  switch (format) {
    case 'text':
      return textList(plain, style);
    case 'json':
      return jsonDocument(plain);
    case 'yaml':
      return (await import('./yaml.js')).yamlDocument(plain);
    case 'markdown':
      return markdownList(plain);
  }
}

/** A table where its columns fit, else a few lines for each check. */
function textList(checks: readonly ListedCheck[], style: Style): string {
  const { columns, color, measure } = style;
  const idColumns = Math.max(0, ...checks.map(({ id }) => id.length));
  const severityColumns = 'warning'.length;
  const room = columns - idColumns - severityColumns - 4;
  const lines = checks.flatMap(({ id, title, severity, contractSection }) => {
    const paint = severity === 'error' ? color.red : color.yellow;
    const wide = columns >= NARROW_COLUMNS;
    const indent = wide ? idColumns + severityColumns + 4 : 2;
    const described = wrap(clean(title, style), wide ? room : columns - 2, measure);
    const section = wrap(clean(`contract: ${contractSection}`, style), wide ? room : columns - 2, measure);
    const margin = ' '.repeat(indent);
    const head = wide
      ? [
          `${color.bold(padEnd(id, idColumns, measure))}  ${paint(severity.padEnd(severityColumns))}  ${described[0] ?? ''}`,
        ]
      : [`${color.bold(id)} ${paint(severity)}`, `${margin}${described[0] ?? ''}`];
    return [
      ...head,
      ...described.slice(1).map((line) => margin + line),
      ...section.map((line) => margin + color.dim(line)),
    ];
  });
  return `${[...lines, '', `${checks.length} checks. todo-k8s checks explain <id> tells more.`].join('\n')}\n`;
}

function markdownList(checks: readonly ListedCheck[]): string {
  const rows = checks.map(({ id, title, severity, contractSection }) =>
    ['', tableCell(markdownCode(id)), markdownText(title), severity, markdownText(contractSection), '']
      .join(' | ')
      .trim(),
  );
  return `${['| check | what must hold | severity | contract |', '|---|---|---|---|', ...rows].join('\n')}\n`;
}
