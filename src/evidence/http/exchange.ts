/** A response, or the lack of one, as evidence. Loads no HTTP client: the API server's proxy gives responses too. */
import type { HttpExchange } from '../evidence.js';
import { mapStrings, sanitize, sanitizeLine } from '../sanitize.js';
import type { ReadBody } from './body.js';

/** Characters of a body that are kept as text. */
const MAX_TEXT = 64 * 1024;

/** More is cleaned than is kept, so that no secret is cut before it was looked for. */
const MAX_SECRET = 4096;

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: ReadBody;
}

/** An exchange that brought no response. */
export function failedExchange(
  url: string,
  outcome: Exclude<HttpExchange['outcome'], 'response'>,
  detail: string,
  ms: number,
): HttpExchange {
  return {
    url,
    outcome,
    detail,
    status: undefined,
    contentType: undefined,
    location: undefined,
    body: '',
    truncated: false,
    json: undefined,
    jsonError: undefined,
    ms,
  };
}

/** A response as evidence: sanitised, without secrets, its JSON parsed where the content type says so. */
export function exchangeOf(
  url: string,
  { status, headers, body }: Answer,
  ms: number,
  clean: (text: string) => string,
): HttpExchange {
  const contentType = headers['content-type'];
  const tidy = (value: string) => sanitize(clean(value));
  const text = body.text(contentType);
  // A server that expects TLS says so in plain words (nginx, Go), with status 400.
  const wantsTls = status === 400 && /HTTP request (was sent )?to (an )?HTTPS (port|server)/i.test(text);
  const parsed = /[/+]json\b/i.test(contentType ?? '') ? parseJson(text, body) : undefined;
  const json = parsed === undefined || 'error' in parsed ? undefined : mapStrings(parsed.value, tidy);
  return {
    url,
    outcome: wantsTls ? 'tls' : 'response',
    detail: wantsTls
      ? 'the server expects TLS (https) on this port, and was asked in plain HTTP'
      : body.problem,
    status,
    contentType: contentType === undefined ? undefined : sanitizeLine(clean(contentType)),
    location: headers.location === undefined ? undefined : sanitizeLine(clean(headers.location)),
    body: tidy(text.slice(0, MAX_TEXT + MAX_SECRET)).slice(0, MAX_TEXT),
    truncated: body.truncated || text.length > MAX_TEXT,
    json,
    jsonError: parsed !== undefined && 'error' in parsed ? parsed.error : undefined,
    ms,
  };
}

function parseJson(text: string, body: ReadBody): { value: unknown } | { error: string } {
  if (body.truncated) return { error: `the body is too large and was not read whole` };
  if (body.problem !== '') return { error: body.problem };
  if (text.trim() === '') return { error: 'the body is empty' };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // The parser's own message quotes the body.
    return { error: /^\s*</.test(text) ? 'the body is markup, not JSON' : 'the body is not valid JSON' };
  }
}
