/** The backend is not accessible (contract: Troubleshooting, Service Not Accessible). */
import { CLUSTER_HOP, NODES_HOP } from './cluster.js';
import { frontendHop } from './service/frontend.js';
import { httpHop } from './service/http.js';
import { identityHop } from './service/identity.js';
import { minikubeHop } from './service/minikube.js';
import { endpointsHop, selectorHop, serviceHop } from './service/objects.js';
import { containerHop, nodePortHop, podHop, throughServiceHop } from './service/reach.js';
import type { Tree } from './tree.js';

export const SERVICE: Tree = {
  topic: 'service',
  checks: [
    'cluster/reachable',
    'cluster/nodes-ready',
    'service/*',
    'functional/health',
    'functional/api-docs',
    'functional/auth-required',
    'functional/node-port',
    'functional/cors',
    'config/frontend-backend-url',
    'load-balancing/*',
    'network/policies',
  ],
  hops: [
    minikubeHop,
    CLUSTER_HOP,
    NODES_HOP,
    serviceHop,
    selectorHop,
    endpointsHop,
    containerHop,
    podHop,
    throughServiceHop,
    identityHop,
    nodePortHop,
    httpHop,
    frontendHop,
  ],
};
