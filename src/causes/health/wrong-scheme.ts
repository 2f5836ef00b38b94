import { eventItem, field } from '../../rule/seen.js';
import { FAILING } from './_failing.js';
import { probeFix } from './_probe-fix.js';
import { probeCause } from './_probe.js';

export default probeCause({
  id: 'health/wrong-scheme',
  means: 'wrong-scheme',
  title: 'The probe asks by HTTPS, and the application speaks HTTP',
  why: 'TLS ends before the pod: the application answers in plain HTTP, which the kubelet takes for a failure',
  seen: 'Unhealthy: http: server gave HTTP response to HTTPS client',
  remedy: 'set the probe’s scheme to HTTP',
  explains: ['functional/health', ...FAILING],
  tell(trouble, _, look, object) {
    const { failure, spec, event, restarts, field: path } = trouble;
    return {
      summary: `{pods}: the ${failure.probe} probe asks by HTTPS, and the application answers in plain HTTP${restarts ? ', so the kubelet restarts the container' : ''}.`,
      evidence: [
        eventItem(event, look.context.target),
        field(object, `${path}.httpGet.scheme`, spec?.httpGet?.scheme ?? 'HTTP'),
      ],
      fix: [probeFix(trouble, 'scheme', 'HTTP', look)],
      ruledOut: ['wrong port', 'database'],
    };
  },
});
