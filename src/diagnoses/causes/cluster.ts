import { defineCauses } from '../cause.js';

/** What keeps anybody from looking. */
export const CLUSTER_CAUSES = defineCauses([
  {
    id: 'cluster/unreachable',
    topic: 'service',
    title: 'The API server cannot be reached',
    severity: 'error',
    why: 'without it nothing can be said about the backend, which may be down or serve as usual',
    seen: 'GET /version fails: refused, timed out, no such host, or a certificate that is not trusted',
    remedy: 'start the cluster, or choose the context that is meant: kubectl config get-contexts',
    explains: ['*'],
  },
  {
    id: 'cluster/node-not-ready',
    topic: 'service',
    title: 'A node is not ready',
    severity: 'error',
    why: 'its pods no longer count as ready and, after five minutes, are replaced on other nodes; logs and exec on it fail',
    seen: 'node condition Ready is False or Unknown',
    remedy: 'bring the node back: kubectl describe node; with Minikube, minikube start',
    explains: [
      'cluster/nodes-ready',
      'deployment/rollout-complete',
      'pods/ready',
      'pods/running',
      'functional/database-logs',
      'network/*',
      'load-balancing/*',
      'scheduling/untolerated-taint',
      'rollout/*',
      'evidence/unreadable',
      'service/no-ready-endpoints',
    ],
  },
  {
    id: 'evidence/forbidden',
    topic: 'pods',
    title: 'A permission to look is missing',
    severity: 'error',
    why: 'what may not be read cannot be judged: it may hold the cause, or be as it should',
    seen: 'the API server answers 403 and names verb and resource',
    remedy: 'grant what todo-k8s checks role prints',
    explains: ['cluster/permissions'],
  },
]);
