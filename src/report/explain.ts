/** `checks explain <id>`: all that there is to know about one check, from plain data. */
import type { Status } from '../engine/report.js';
import type { Part } from '../rule/fix.js';
import { templateText } from '../rule/interpolate.js';
import { jsonDocument } from './json.js';
import { clean, indented, Rows, unpainted } from './rows.js';
import type { Style } from './style.js';
import { wrap } from './wrap.js';

export const EXPLAIN_FORMATS = ['text', 'json', 'yaml'] as const;
export type ExplainFormat = (typeof EXPLAIN_FORMATS)[number];

export interface ExplainedCheck {
  id: string;
  title: string;
  failureTitle: string;
  why: string;
  severity: 'error' | 'warning';
  contractSection: string;
  /** The evidence that it reads, with the permissions that reading it and all that it is made from takes, such as `get secrets`. */
  reads: { evidence: string; permissions: string[] }[];
  /** Prints the least Role for it and for the checks that it needs, where `checks role` knows it. */
  role?: string;
  /** Checks without whose pass it means nothing. */
  needs: string[];
  messages: { id: string; text: string }[];
  /** What puts it right, for the names of the contract, as one text. */
  remedy: string;
  /** The same in its parts. */
  fix: Part[];
  /** What it says of a state that shows it. */
  example: string;
  /** What a bundle's evidence says of it. */
  judged?: { status: Status; message: string; findings: string[] };
}

export interface ExplainedCause {
  id: string;
  topic: string;
  title: string;
  severity: 'error' | 'warning';
  why: string;
  seen: string;
  remedy: string;
  /** Checks and causes that follow from it. */
  explains: string[];
  /** What it says of a state that shows it. */
  example: string;
}

/** The explanation of a cause in one format; ends with a line feed. */
export async function renderCauseExplanation(
  cause: ExplainedCause,
  format: ExplainFormat,
  style: Style,
): Promise<string> {
  switch (format) {
    case 'text':
      return textCause(cause, style);
    case 'json':
      return jsonDocument(cause);
    case 'yaml':
      return (await import('./yaml.js')).yamlDocument(cause);
  }
}

function textCause(cause: ExplainedCause, style: Style): string {
  const { color, columns, measure } = style;
  const rows = new Rows(style, 0);
  rows.add('why', cause.why);
  rows.add('seen', cause.seen);
  rows.add('example', cause.example);
  rows.add('severity', severityWords(cause.severity));
  rows.items('explains', cause.explains);
  rows.add('fix', cause.remedy);
  rows.add('then', `todo-k8s doctor ${cause.topic}`);
  const title = indented(wrap(clean(cause.title, style), columns, measure), 0, unpainted);
  return `${[color.bold(cause.id), ...title, '', ...rows.lines].join('\n')}\n`;
}

function severityWords(severity: 'error' | 'warning'): string {
  return severity === 'error' ? 'error: fails the run' : 'warning: fails the run with --strict only';
}

/** The explanation in one format; ends with a line feed. */
export async function renderExplanation(
  check: ExplainedCheck,
  format: ExplainFormat,
  style: Style,
): Promise<string> {
  switch (format) {
    case 'text':
      return textExplanation(check, style);
    case 'json':
      return jsonDocument(check);
    case 'yaml':
      return (await import('./yaml.js')).yamlDocument(check);
  }
}

function textExplanation(check: ExplainedCheck, style: Style): string {
  const { color, columns, measure } = style;
  const rows = new Rows(style, 0);
  if (check.judged) {
    rows.add('status', `${check.judged.status}: ${check.judged.message}`);
    rows.list('seen', check.judged.findings);
  }
  rows.add('if not', check.failureTitle);
  rows.add('why', check.why);
  rows.add('severity', severityWords(check.severity));
  rows.add('contract', check.contractSection);
  rows.items('needs', check.needs);
  rows.list(
    'reads',
    check.reads.map(({ evidence, permissions }) =>
      permissions.length > 0 ? `${evidence}: ${permissions.join(', ')}` : evidence,
    ),
  );
  if (check.role !== undefined) rows.add('role', check.role);
  rows.list(
    'says',
    check.messages.map(({ id, text }) => `${id}: ${templateText(text)}`),
  );
  rows.add('example', check.example);
  rows.fix(check.fix);
  const title = indented(wrap(clean(check.title, style), columns, measure), 0, unpainted);
  return `${[color.bold(check.id), ...title, '', ...rows.lines].join('\n')}\n`;
}
