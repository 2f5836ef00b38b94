import { change } from '../../fixes/described.js';
import { observed } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { minikube } from '../../rule/command.js';
import { METRICS_API } from './_api.js';

export default cause({
  id: 'metrics/not-installed',
  topic: 'memory',
  title: 'metrics-server is not installed',
  severity: 'warning',
  why: 'without it kubectl top and autoscaling have nothing to go by; memory use is read from the kubelet or inside the pods instead',
  seen: 'the API server knows no metrics.k8s.io (404)',
  remedy: 'minikube addons enable metrics-server',
  explains: [],
  reads: [],
  consults: ['metrics'],
  judge(_, { context, maybe }) {
    const metrics = maybe('metrics');
    if (!metrics.ok || metrics.value.api.state !== 'not-installed') return [];
    const { object, source } = METRICS_API;
    return [
      {
        verdict: 'confirmed',
        object,
        summary:
          'metrics-server is not installed: kubectl top says nothing; memory use was read from the kubelet or inside the pods.',
        evidence: [observed(source, object, metrics.value.api.detail, metrics.at)],
        fix: [change('Install it.', minikube(context, 'addons enable metrics-server'))],
      },
    ];
  },
});
