/** The hops that every topic begins with: whether the cluster can be asked at all, and whether its nodes work. */
import { count } from '../count.js';

import { podsOn } from '../computed/pods-on.js';
import type { Condition, Node } from '../evidence/objects.js';
import { change, see, show } from './fixes.js';
import { field } from './seen.js';
import { broken, defineHop, good, unreadable, type CauseFinding } from './tree.js';
import { kubectl } from '../rule/command.js';

export const CLUSTER_HOP = defineHop({
  id: 'cluster',
  asks: 'Does the API server answer?',
  proves: ['cluster/reachable'],
  reads: [],
  consults: ['server'],
  rulesOut: [],
  ask(_, { maybe, context }) {
    const server = maybe('server');
    if (server.ok) return good(server.value.gitVersion, { ms: server.value.latencyMs });
    const { target } = context;
    return broken('no answer', [
      {
        cause: 'cluster/unreachable',
        // Whether anything is wrong with the backend stays open.
        verdict: 'inconclusive',
        object: { kind: 'Cluster', name: target.context },
        summary: `The API server of context ${target.context} does not answer, so nothing is known of the backend.`,
        evidence: [
          { source: 'GET /version', object: null, field: null, value: server.detail, at: server.at },
        ],
        fix: [
          see(
            'See whether the cluster runs, and whether this context is the one that is meant.',
            kubectl(context, 'cluster-info', null),
          ),
        ],
      },
    ]);
  },
});

/** A node's condition Ready where it is anything but True. */
export function lostReady({ status }: Node): Condition | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? undefined : (ready ?? { type: 'Ready', status: 'Unknown' });
}

export const NODES_HOP = defineHop({
  id: 'nodes',
  asks: 'Do the nodes that matter to the backend work?',
  proves: ['cluster/nodes-ready'],
  reads: ['pods'],
  consults: ['nodes'],
  needs: ['cluster'],
  rulesOut: [],
  ask({ pods }, { maybe, context }) {
    const nodes = maybe('nodes');
    if (!nodes.ok) {
      // Nodes are the cluster's: who may not look at them can still be told all about the backend's own objects.
      return nodes.why === 'forbidden' ? { state: 'skipped', detail: nodes.detail } : unreadable(nodes);
    }
    const lost = nodes.value.flatMap((node) => {
      const condition = lostReady(node);
      const here = podsOn(pods, node.metadata.name).map(({ metadata }) => metadata.name);
      // A node on which nothing of the backend runs matters only where it is the only one.
      return condition && (here.length > 0 || nodes.value.length === 1) ? [{ node, condition, here }] : [];
    });
    if (lost.length === 0) return good(`${count(nodes.value.length, 'node')} ready`);
    return broken(
      `${lost.length} not ready`,
      lost.map(({ node: { metadata }, condition, here }): CauseFinding => {
        const object = { kind: 'Node', name: metadata.name };
        const words = [condition.status, condition.reason, condition.message].filter(Boolean).join(', ');
        return {
          cause: 'cluster/node-not-ready',
          verdict: 'confirmed',
          object,
          pods: here,
          summary: `Node ${metadata.name} is not ready${here.length > 0 ? `, and ${count(here.length, 'pod')} of the backend with it` : ''}: ${condition.message ?? condition.reason ?? 'it says nothing'}`,
          evidence: [field(object, "status.conditions[type='Ready']", words, condition.lastTransitionTime)],
          fix: [
            context.target.context === 'minikube'
              ? change('Start it again.', 'minikube start')
              : show(context, 'See what the node says.', `describe node ${metadata.name}`, null),
          ],
        };
      }),
    );
  },
});
