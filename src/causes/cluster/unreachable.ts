import { see } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';
import { kubectl } from '../../rule/command.js';

export default cause({
  id: 'cluster/unreachable',
  topic: 'service',
  title: 'The API server cannot be reached',
  severity: 'error',
  why: 'without it nothing can be said about the backend, which may be down or serve as usual',
  seen: 'GET /version fails: refused, timed out, no such host, or a certificate that is not trusted',
  remedy: 'start the cluster, or choose the context that is meant: kubectl config get-contexts',
  explains: ['*'],
  reads: [],
  consults: ['server'],
  judge(_, { maybe, context }) {
    const server = maybe('server');
    if (server.ok) return [];
    const name = context.target.context;
    return [
      {
        // Whether anything is wrong with the backend stays open.
        verdict: 'inconclusive',
        object: { kind: 'Cluster', name },
        summary: `The API server of context ${name} does not answer, so nothing is known of the backend.`,
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
    ];
  },
});
