import { advise } from '../../fixes/described.js';
import { eventItem, field } from '../../rule/seen.js';
import { probeCause, restartsToo } from './_probe.js';

export default probeCause({
  id: 'health/redirected-to-https',
  means: 'redirected-to-https',
  title: 'The health endpoint sends the probe to https',
  why: 'the kubelet follows a redirect to the pod itself, and finds no TLS there: the application serves, and Kubernetes takes it for dead',
  seen: 'the event of a probe with scheme HTTP names an https:// address',
  remedy: 'take the health path out of what redirects to https: TLS ends before the pod',
  explains: [
    'functional/health',
    'functional/api-docs',
    'functional/auth-required',
    'pods/ready',
    'pods/restarts',
    'pods/running',
    'deployment/rollout-complete',
    'crash/liveness-killed',
    'health/flapping',
    'health/not-listening-yet',
    'rollout/*',
    'service/http-error',
    'service/no-ready-endpoints',
    'load-balancing/endpoints',
  ],
  tell(trouble, _, { context }, object) {
    const { failure, spec, event, field: path } = trouble;
    const asked = spec?.httpGet?.path ?? '/';
    return {
      summary: `{pods}: ${asked} redirects the ${failure.probe} probe to https, where the pod has no TLS${restartsToo(trouble)}.`,
      evidence: [
        eventItem(event, context.target),
        field(object, `${path}.httpGet.scheme`, spec?.httpGet?.scheme ?? 'HTTP'),
      ],
      fix: [
        advise(
          `Answer ${asked} without a redirect: HTTPSRedirectMiddleware, SECURE_SSL_REDIRECT and their like belong to where TLS ends, which is before the pod.`,
        ),
      ],
      ruledOut: ['wrong port', 'database'],
    };
  },
});
