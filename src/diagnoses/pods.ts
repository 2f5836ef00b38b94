/** Pods that do not start (contract: Troubleshooting, Pod Not Starting). */
import { CLUSTER_HOP, NODES_HOP } from './cluster.js';
import { aliveHop } from './pods/alive.js';
import { createdHop, deploymentHop, keptHop, releasedHop } from './pods/deployment.js';
import { readyHop, rolloutHop } from './pods/rollout.js';
import { configuredHop, imageHop, scheduledHop } from './pods/made.js';
import type { Tree } from './tree.js';

export const PODS: Tree = {
  topic: 'pods',
  checks: [
    'cluster/reachable',
    'cluster/nodes-ready',
    'deployment/exists',
    'deployment/release',
    'deployment/replicas',
    'deployment/image',
    'deployment/rollout-complete',
    'pods/*',
  ],
  hops: [
    CLUSTER_HOP,
    NODES_HOP,
    deploymentHop,
    releasedHop,
    createdHop,
    scheduledHop,
    keptHop,
    imageHop,
    configuredHop,
    aliveHop,
    readyHop,
    rolloutHop,
  ],
};
