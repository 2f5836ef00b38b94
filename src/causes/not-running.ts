/** What follows where a pod does not come to run, or does not stay alive: what causes of several groups explain. */
export const NOT_RUNNING = [
  'pods/running',
  'pods/ready',
  'pods/same-revision',
  'deployment/rollout-complete',
  'deployment/release',
  'helm/*',
  'rollout/*',
  'service/no-ready-endpoints',
  'load-balancing/endpoints',
] as const;

/** What follows where a container ends again and again. */
export const CRASHING = ['pods/restarts', 'functional/database-logs', ...NOT_RUNNING] as const;
