/** What follows where there is no way to the pods. */

/** What gets no answer. */
export const UNANSWERED = [
  'functional/node-port',
  'functional/health',
  'functional/api-docs',
  'functional/auth-required',
  'load-balancing/*',
] as const;

/** What a Service that leads nowhere explains. */
export const UNREACHED = [...UNANSWERED, 'service/proxy-broken', 'service/host-cannot-reach-node'] as const;
