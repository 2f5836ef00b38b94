import { patchFields } from '../../fixes/commands.js';
import { inTemplate } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { NODE_PORT_CONSULTS, silentBy } from './_silent.js';
import { UNREACHED } from './_unreached.js';

export default cause({
  id: 'service/traffic-policy-local',
  topic: 'service',
  title: 'The node that is asked runs no pod, and may ask no other',
  severity: 'error',
  why: 'with externalTrafficPolicy Local a node passes connections to its own pods only, and drops the others',
  seen: 'spec.externalTrafficPolicy is Local, and no ready pod is on the node',
  remedy: 'set externalTrafficPolicy to Cluster, or run a pod on every node',
  explains: UNREACHED,
  reads: ['vantage'],
  consults: NODE_PORT_CONSULTS,
  judge({ vantage }, look) {
    const silent = silentBy('traffic-policy-local', vantage, look);
    if (!silent) return [];
    const { name } = silent.object;
    return [
      {
        ...silent,
        verdict: 'likely',
        summary: `Service ${name} has externalTrafficPolicy Local: a node without a ready pod drops what comes to its node port, and the nodes that were asked do not answer.`,
        evidence: [field(silent.object, 'spec.externalTrafficPolicy', 'Local'), ...silent.evidence],
        fix: [
          inTemplate(
            look.context,
            'Let every node pass connections on.',
            patchFields('service', name, { spec: { externalTrafficPolicy: 'Cluster' } }),
          ),
        ],
        wouldConfirm: 'the same request to a node on which a pod runs',
      },
    ];
  },
});
