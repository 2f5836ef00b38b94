import { eventItem, field } from '../../rule/seen.js';
import { podRef } from '../../rule/object-ref.js';
import { probeFix } from './_probe-fix.js';
import { HEALTH_CONSULTS, isTlsToPlain, troublesOf } from '../../diagnoses/health/trouble.js';
import { cause, type Told } from '../../rule/cause.js';
import { FAILING } from './_failing.js';

export default cause({
  id: 'health/wrong-scheme',
  topic: 'health',
  title: 'The probe asks by HTTPS, and the application speaks HTTP',
  severity: 'error',
  why: 'TLS ends before the pod: the application answers in plain HTTP, which the kubelet takes for a failure',
  seen: 'Unhealthy: http: server gave HTTP response to HTTPS client',
  remedy: 'set the probe’s scheme to HTTP',
  explains: ['functional/health', ...FAILING],
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  judge({ pods }, look) {
    const { target } = look.context;
    return troublesOf(pods, look)
      .found.filter(isTlsToPlain)
      .map((trouble): Told => {
        const { pod, failure, spec, event, restarts, field: path } = trouble;
        const object = podRef(target, pod.metadata.name);
        return {
          verdict: 'confirmed',
          object,
          pods: [pod.metadata.name],
          summary: `{pods}: the ${failure.probe} probe asks by HTTPS, and the application answers in plain HTTP${restarts ? ', so the kubelet restarts the container' : ''}.`,
          evidence: [
            eventItem(event, target),
            field(object, `${path}.httpGet.scheme`, spec?.httpGet?.scheme ?? 'HTTP'),
          ],
          fix: [probeFix(trouble, 'scheme', 'HTTP', look)],
          ruledOut: ['wrong port', 'database'],
        };
      });
  },
});
