/** The values of `--publish`: read and refused before anything is asked of a cluster. */
import { readFileSync } from 'node:fs';
import { DEFAULT_TEMPLATE, templateProblem } from '../publish/message.js';
import type { PublishTarget } from '../publish/publish.js';
import { fileProblem } from '../report/outputs.js';
import { parseUrl } from './backend-url.js';
import { UsageError } from './usage-error.js';

const FORMS = 'report, event, pushgateway=URL or webhook=env:NAME';

/** @throws UsageError, which never quotes a webhook's URL */
export function publishTargets(
  values: readonly string[],
  templateFile: string | undefined,
  env: NodeJS.ProcessEnv,
): PublishTarget[] {
  const isWebhook = values.some((value) => value.startsWith('webhook'));
  if (templateFile !== undefined && !isWebhook)
    throw new UsageError('--publish-template needs --publish webhook=env:NAME');
  const template = templateFile === undefined ? DEFAULT_TEMPLATE : readTemplate(templateFile);
  return values.map((value): PublishTarget => {
    const [, kind = value, where = ''] = /^([a-z]+)=(.*)$/s.exec(value) ?? [];
    if (value === 'report' || value === 'event') return { kind: value };
    if (kind === 'pushgateway') return { kind, url: httpUrl(where, 'pushgateway', true) };
    if (kind !== 'webhook') throw new UsageError(`--publish: expected ${FORMS}`);
    const [, variable] = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(where) ?? [];
    if (variable === undefined)
      throw new UsageError(
        '--publish webhook: its URL is a secret, which other users of the machine can read on a command line: put it into a variable, and say webhook=env:NAME',
      );
    const text = env[variable];
    if (text === undefined || text === '')
      throw new UsageError(`--publish webhook: the variable ${variable} is not set`);
    return { kind, url: httpUrl(text, `webhook (variable ${variable})`, false), template };
  });
}

function httpUrl(text: string, what: string, isBase: boolean): URL {
  const url = /^https?:\/\//i.test(text) ? parseUrl(text) : undefined;
  if (url === undefined)
    throw new UsageError(`--publish ${what}: expected a URL with http:// or https:// in front`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError(
      `--publish ${what}: the URL has credentials in it, which are not sent: leave them out`,
    );
  if (isBase && (url.search !== '' || url.hash !== ''))
    throw new UsageError(
      `--publish ${what}: a path is put behind the URL, which cannot have a query or a fragment`,
    );
  return url;
}

function readTemplate(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--publish-template ${file}: ${fileProblem(error)}`);
  }
  const problem = templateProblem(text);
  if (problem !== undefined) throw new UsageError(`--publish-template ${file}: ${problem}`);
  return text;
}
