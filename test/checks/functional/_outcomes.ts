import type { HttpExchange } from '../../../src/evidence/evidence.js';

/** An exchange without a response, as the probe makes it. */
export function failed(
  exchange: HttpExchange,
  outcome: Exclude<HttpExchange['outcome'], 'response'>,
  detail: string,
): HttpExchange {
  return {
    ...exchange,
    outcome,
    detail,
    status: undefined,
    contentType: undefined,
    location: undefined,
    body: '',
    json: undefined,
    ms: 5000,
  };
}

/** Every way in which no response comes: outcome, detail, the message after the URL. */
export const OUTCOMES = [
  [
    'refused',
    'connection refused at localhost:30081',
    'connection refused at localhost:30081; nothing listens there',
  ],
  ['timeout', 'no connection within 2000 ms', 'no connection within 2000 ms'],
  ['reset', 'the connection was closed', 'the connection was closed'],
  ['dns', 'host name node1 does not resolve', 'host name node1 does not resolve'],
  ['unreachable', 'no route to 10.0.0.1', 'no route to 10.0.0.1'],
  ['tls', 'the port speaks TLS', 'the port speaks TLS; the contract’s URL is plain HTTP'],
  ['not-http', 'that is not HTTP/1.1', 'that is not HTTP/1.1'],
  ['body-timeout', 'the body did not end', 'the body did not end'],
  ['proxy-error', 'no endpoints', 'the API server’s proxy did not get through to the backend: no endpoints'],
] as const;
