/** What follows from a probe that fails: a readiness probe takes the pod out of service, a liveness probe restarts it. */
export const FAILING = [
  'pods/as-contracted',
  'pods/ready',
  'pods/restarts',
  'pods/running',
  'pods/no-oom',
  'deployment/rollout-complete',
  'deployment/liveness-probe',
  'deployment/readiness-probe',
  'crash/liveness-killed',
  'health/flapping',
  'rollout/*',
  'service/no-ready-endpoints',
  'load-balancing/endpoints',
] as const;
