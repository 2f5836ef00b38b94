import { podsOn } from '../../computed/pods-on.js';
import { count } from '../../count.js';
import { change, show } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { lostReady } from '../../kube/node-state.js';
import { cause, type Told } from '../../rule/cause.js';

export default cause({
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
  reads: ['pods'],
  consults: ['nodes'],
  judge({ pods }, { maybe, context }) {
    const nodes = maybe('nodes');
    const all = nodes.ok ? nodes.value : [];
    return all.flatMap((node): Told[] => {
      const { name } = node.metadata;
      const condition = lostReady(node);
      const here = podsOn(pods, name).map(({ metadata }) => metadata.name);
      // A node on which nothing of the backend runs matters only where it is the only one.
      if (!condition || (here.length === 0 && all.length > 1)) return [];
      const object = { kind: 'Node', name };
      const words = [condition.status, condition.reason, condition.message].filter(Boolean).join(', ');
      return [
        {
          verdict: 'confirmed',
          object,
          pods: here,
          summary: `Node ${name} is not ready${here.length > 0 ? `, and ${count(here.length, 'pod')} of the backend with it` : ''}: ${condition.message ?? condition.reason ?? 'it says nothing'}`,
          evidence: [field(object, "status.conditions[type='Ready']", words, condition.lastTransitionTime)],
          fix: [
            context.target.context === 'minikube'
              ? change('Start it again.', 'minikube start')
              : show(context, 'See what the node says.', `describe node ${name}`, null),
          ],
        },
      ];
    });
  },
});
