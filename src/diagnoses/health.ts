/** Probe failures and restarts (contract: Troubleshooting, Health Check Failures). */
import { CLUSTER_HOP, NODES_HOP } from './cluster.js';
import { answersHop, inTimeHop, listensHop, schemeHop, steadyHop } from './health/hops.js';
import { deploymentHop } from './pods/deployment.js';
import { aliveHop } from './pods/alive.js';
import type { Tree } from './tree.js';

export const HEALTH: Tree = {
  topic: 'health',
  checks: [
    'cluster/reachable',
    'cluster/nodes-ready',
    'deployment/exists',
    'deployment/liveness-probe',
    'deployment/readiness-probe',
    'deployment/rollout-complete',
    'pods/*',
    'functional/health',
    'functional/health-latency',
  ],
  hops: [
    CLUSTER_HOP,
    NODES_HOP,
    deploymentHop,
    aliveHop,
    listensHop,
    schemeHop,
    answersHop,
    inTimeHop,
    steadyHop,
  ],
};
