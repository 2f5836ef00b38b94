/** How a request and a climb to the database can end: each list is the type, the shape by which it is read, and the order. */

export const HTTP_OUTCOMES = [
  'response',
  'refused',
  'timeout',
  'reset',
  'dns',
  'unreachable',
  'tls',
  'not-http',
  'body-timeout',
  'proxy-error',
  /** This process got no socket: it has as many files open as it may. Nothing was asked. */
  'own-limit',
] as const;
export type HttpOutcome = (typeof HTTP_OUTCOMES)[number];

/** The steps to a working database session, in their order. */
export const RUNGS = ['dns', 'tcp', 'ssl', 'tls', 'startup', 'login', 'query'] as const;
export type Rung = (typeof RUNGS)[number];

/**
 * What stopped a climb. `name`: DNS knows no such name. `resolver`: DNS does not answer. `refused-tls`: the server said N
 * to the SSLRequest. `server`: the server's own error, with its SQLSTATE. `withheld`, `unsupported`: this program
 * would not, or could not, go on; that says nothing about the application.
 */
export const RUNG_FAILURES = [
  'name',
  'resolver',
  'refused',
  'timeout',
  'unreachable',
  'reset',
  'refused-tls',
  'certificate',
  'tls',
  'server',
  'protocol',
  'withheld',
  'unsupported',
  'error',
] as const;
export type RungFailure = (typeof RUNG_FAILURES)[number];
