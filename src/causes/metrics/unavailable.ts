import { show } from '../../fixes/described.js';
import { observed } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { METRICS_API } from './_api.js';

export default cause({
  id: 'metrics/unavailable',
  topic: 'memory',
  title: 'metrics-server does not answer',
  severity: 'warning',
  why: 'it needs up to three minutes after its start; after that, kubectl top and autoscaling are broken',
  seen: 'metrics.k8s.io answers 503',
  remedy: 'see its log: kubectl -n kube-system logs deployment/metrics-server',
  explains: [],
  reads: [],
  consults: ['metrics'],
  judge(_, { context, maybe }) {
    const metrics = maybe('metrics');
    if (!metrics.ok || metrics.value.api.state !== 'unavailable') return [];
    const { object, source } = METRICS_API;
    return [
      {
        verdict: 'confirmed',
        object,
        summary:
          'metrics-server is installed and does not answer: it is down, or younger than three minutes.',
        evidence: [observed(source, object, metrics.value.api.detail, metrics.at)],
        fix: [
          show(
            context,
            'See why it does not answer.',
            'logs deployment/metrics-server --tail=20',
            'kube-system',
          ),
        ],
      },
    ];
  },
});
