/** What a webhook is sent: a text as Slack and what is compatible with it take it, or a template of the user's own. */
import type { Report } from '../engine/report.js';
import { renderNames } from '../report/releases.js';

/** Problems that a message lists; more are counted. */
const PROBLEMS_SHOWN = 10;

/** What a template may have between two braces each: `{{namespace}}`. */
export function placeholders(report: Report): Record<string, string> {
  const { target, exitCode, command, next } = report;
  const all = renderNames(report)
    .split('\n')
    .filter((line) => line !== '');
  const shown = all.slice(0, PROBLEMS_SHOWN);
  const more = all.length - shown.length;
  return {
    command,
    context: target.context,
    namespace: target.namespace,
    release: target.release ?? '',
    exitCode: String(exitCode),
    result: RESULTS[exitCode] ?? 'error',
    problems: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    next: next ?? '',
    startedAt: report.startedAt,
  };
}

const RESULTS: Record<number, string> = { 0: 'passed', 1: 'failed', 3: 'could not be determined' };

export const DEFAULT_TEMPLATE =
  '{"text": "todo-k8s {{command}}: {{namespace}}/{{release}} ({{context}}) {{result}}\\n{{problems}}"}';

/**
 * The body: values stand in it as JSON strings have them, so that no message can change its form.
 */
export function webhookBody(template: string, report: Report): string {
  const values = placeholders(report);
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : JSON.stringify(escaped(value.trimEnd())).slice(1, -1);
  });
}

/** `&`, `<` and `>` are what Slack makes links and mentions of: nobody is called by a pod's name. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Why a text is no template; undefined: it is one. */
export function templateProblem(template: string): string | undefined {
  const known = Object.keys(placeholders(NOTHING));
  const unknown = [...template.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)]
    .map(([, name = '']) => name)
    .find((name) => !known.includes(name));
  if (unknown !== undefined) return `{{${unknown}}} is none of ${known.join(', ')}`;
  try {
    JSON.parse(webhookBody(template, NOTHING));
    return undefined;
  } catch {
    return 'it is not JSON once its placeholders, which belong inside strings, are filled in';
  }
}

/** A report of which only the form counts. */
const NOTHING = {
  target: { context: '', namespace: '', release: '' },
  exitCode: 0,
  command: '',
  next: '',
  startedAt: '',
  checks: [],
} as unknown as Report;
