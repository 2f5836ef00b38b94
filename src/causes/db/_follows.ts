/** What follows from causes of the database. */

/** What follows where a pod cannot use its database. */
export const UNUSABLE = [
  'health/database-down',
  'health/database-replaced',
  'health/server-error',
  'health/flapping',
  'health/too-slow',
  'health/not-listening-yet',
  'crash/startup-exception',
  'crash/liveness-killed',
  'crash/worker-loop',
  'rollout/*',
  'service/no-ready-endpoints',
  'service/http-error',
  'pods/ready',
  'pods/running',
  'pods/restarts',
  'deployment/rollout-complete',
  'functional/health',
  'functional/health-latency',
  'functional/node-port',
  'functional/database-logs',
  'network/database-egress',
  'network/database-connections',
  'load-balancing/*',
] as const;

/** What follows where the database cannot be reached any more: sessions that it had are ended on its way out. */
export const GONE = ['db/connection-dropped', ...UNUSABLE] as const;

/** What a URL that is wrong may look like further on. */
const CLIMBING = [
  'db/other',
  'db/dns-wrong-host',
  'db/connection-refused',
  'db/timeout',
  'db/authentication-failed',
  'db/database-missing',
  'db/driver-mismatch',
  'db/sslmode-missing',
  'db/sslmode-invalid',
  'db/tls-required',
  'crash/missing-environment',
  'config/database-url',
] as const;

/** What follows from a URL that nobody can read. */
export const UNREADABLE = [...CLIMBING, ...UNUSABLE] as const;
