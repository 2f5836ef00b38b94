/** One bounded HTTP request with a body, to where the user said: no redirect is followed, and the URL, which may be a secret, is never told. */
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { until } from '../time-limit.js';

/** Milliseconds for the whole exchange. */
const TIMEOUT_MS = 10_000;
/** Of an answer that refuses. */
const MAX_ANSWER_BYTES = 2000;

/**
 * @param timeoutMs milliseconds for the whole exchange
 * @throws Error with the host alone, and what it answered
 */
export async function send(
  method: 'PUT' | 'POST',
  url: URL,
  body: string,
  contentType: string,
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  const bound = until(timeoutMs, signal, `no answer in ${timeoutMs / 1000} s`);
  const { status, text } = await exchange(method, url, body, contentType, bound.signal)
    .catch((error: unknown) => {
      const { code, name } = error as NodeJS.ErrnoException;
      const why = bound.signal.aborted ? (bound.signal.reason as Error).message : (code ?? name);
      throw new Error(`${url.host}: ${why}`);
    })
    .finally(bound.dispose);
  if (status < 200 || status > 299)
    throw new Error(`${url.host} answered HTTP ${status}${text && `: ${text}`}`);
}

function exchange(
  method: string,
  url: URL,
  body: string,
  contentType: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'user-agent': 'todo-k8s',
      connection: 'close',
    };
    const request = (url.protocol === 'https:' ? secure : plain)(url, { method, headers, signal });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_ANSWER_BYTES) response.destroy();
      });
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: (text.trim().split('\n', 1)[0] ?? '').slice(0, 200),
        }),
      );
    });
    request.end(body);
  });
}
