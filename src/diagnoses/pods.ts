/** Pods that do not start (contract: Troubleshooting, Pod Not Starting). */
import { CLUSTER_HOP, NODES_HOP } from './cluster.js';
import { configuredHop } from './pods/config.js';
import { aliveHop } from './pods/crash.js';
import { createdHop, deploymentHop, keptHop, releasedHop } from './pods/deployment.js';
import { imageHop } from './pods/image.js';
import { readyHop, rolloutHop } from './pods/rollout.js';
import { scheduledHop } from './pods/scheduling.js';
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
