/** Database connection failures (contract: Troubleshooting, Database Connection Failures). */
import { CLUSTER_HOP } from './cluster.js';
import { dnsHop, loginHop, queryHop, tcpHop, tlsHop, useHop } from './db/way.js';
import { envHop, secretHop, urlHop } from './db/wiring.js';
import { deploymentHop } from './pods/deployment.js';
import type { Tree } from './tree.js';

export const DB: Tree = {
  topic: 'db',
  checks: [
    'cluster/reachable',
    'deployment/exists',
    'deployment/environment',
    'deployment/no-inline-secrets',
    'config/secret',
    'config/database-url',
    'network/*',
    'functional/database-logs',
  ],
  hops: [
    CLUSTER_HOP,
    deploymentHop,
    envHop,
    secretHop,
    urlHop,
    dnsHop,
    tcpHop,
    tlsHop,
    loginHop,
    queryHop,
    useHop,
  ],
};
