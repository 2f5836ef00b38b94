/** The hop that every topic begins with: whether the cluster can be asked at all. */
import { broken, defineHop, good } from './tree.js';

export const CLUSTER_HOP = defineHop({
  id: 'cluster',
  asks: 'Does the API server answer?',
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
          {
            description: 'See whether the cluster runs, and whether this context is the one that is meant.',
            command: 'kubectl cluster-info',
            helmValue: null,
          },
        ],
      },
    ]);
  },
});
