/** High memory use and what it ends in (contract: Troubleshooting, High Memory Usage). */
import { CLUSTER_HOP } from './cluster.js';
import { killedHop, limitHop, pressureHop, trendHop, usageHop } from './memory/hops.js';
import { deploymentHop } from './pods/deployment.js';
import type { Tree } from './tree.js';

export const MEMORY: Tree = {
  topic: 'memory',
  checks: [
    'cluster/reachable',
    'cluster/nodes-ready',
    'deployment/exists',
    'deployment/resources',
    'pods/no-oom',
    'pods/restarts',
  ],
  hops: [CLUSTER_HOP, deploymentHop, limitHop, killedHop, pressureHop, usageHop, trendHop],
};
