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

/** For every way in which no response comes: its detail, and the message after the URL. */
export const OUTCOME_WORDS = {
  refused: {
    detail: 'connection refused at localhost:30081',
    message: 'connection refused at localhost:30081; nothing listens there',
  },
  timeout: { detail: 'no connection within 2000 ms', message: 'no connection within 2000 ms' },
  reset: { detail: 'the connection was closed', message: 'the connection was closed' },
  dns: { detail: 'host name node1 does not resolve', message: 'host name node1 does not resolve' },
  unreachable: { detail: 'no route to 10.0.0.1', message: 'no route to 10.0.0.1' },
  tls: { detail: 'the port speaks TLS', message: 'the port speaks TLS; the contract’s URL is plain HTTP' },
  'not-http': { detail: 'that is not HTTP/1.1', message: 'that is not HTTP/1.1' },
  'body-timeout': { detail: 'the body did not end', message: 'the body did not end' },
  'proxy-error': {
    detail: 'no endpoints',
    message: 'the API server’s proxy did not get through to the backend: no endpoints',
  },
};
