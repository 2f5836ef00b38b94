/** One HTTP exchange with the API server, whatever version of HTTP carries it. */
import type { Readable } from 'node:stream';

export interface WireRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With query, and with the server URL's own path in front. */
  path: string;
  headers: Record<string, string | string[]>;
  body?: string;
}

export interface WireResponse {
  status: number;
  /** Lower-case names; repeated headers joined with a comma. */
  headers: Record<string, string>;
  body: Readable;
  /** After the body's end: false when the server stopped before it had sent everything. */
  complete(): boolean;
}

export interface Transport {
  /** @throws Error of socket, TLS or HTTP; the signal's reason */
  send(request: WireRequest, signal: AbortSignal): Promise<WireResponse>;
  close(): void;
}

/** The connection ended before the answer did. */
export function resetError(): Error {
  return Object.assign(new Error('connection reset'), { code: 'ECONNRESET' });
}

export function plainHeaders(
  headers: Record<string, string | string[] | number | undefined>,
): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':'))
      plain[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return plain;
}

/**
 * Reads a body up to a limit; what is beyond it is not waited for.
 * @param onChunk called with the number of bytes so far
 * @throws Error of the socket, or of one that ends too early; the signal's reason
 */
export async function readBody(
  response: WireResponse,
  maxBytes: number,
  signal: AbortSignal,
  onChunk: (received: number) => void,
): Promise<{ body: Buffer; truncated: boolean }> {
  const { body } = response;
  const chunks: Buffer[] = [];
  let received = 0;
  const onAbort = (): void => void body.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    // Events, because an iterator costs as much as the rest of a short exchange.
    await new Promise<void>((resolve, reject) => {
      const onClose = () => reject(body.errored ?? resetError());
      if (body.destroyed) {
        onClose();
        return;
      }
      body.on('end', resolve);
      body.on('error', reject);
      body.on('close', onClose);
      body.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        received += chunk.length;
        onChunk(received);
        if (received > maxBytes) resolve();
      });
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  if (received > maxBytes) {
    body.destroy();
    return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true };
  }
  signal.throwIfAborted();
  // HTTP/2 knows a way to end a stream early that looks like its proper end.
  const announced = Number(response.headers['content-length'] ?? 0);
  if (!response.complete() || received < announced) throw resetError();
  return { body: Buffer.concat(chunks), truncated: false };
}
