import { podRef } from '../../rule/object-ref.js';
import { eventItem, field } from '../../rule/seen.js';
import { advise } from '../../diagnoses/fixes.js';
import { HEALTH_CONSULTS, isRedirected, troublesOf } from '../../diagnoses/health/trouble.js';
import { cause, type Told } from '../../rule/cause.js';

export default cause({
  id: 'health/redirected-to-https',
  topic: 'health',
  title: 'The health endpoint sends the probe to https',
  severity: 'error',
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
  reads: ['pods'],
  consults: HEALTH_CONSULTS,
  judge({ pods }, look) {
    const { context } = look;
    return troublesOf(pods, look)
      .found.filter(isRedirected)
      .map(({ pod, failure, spec, event, restarts, field: path }): Told => {
        const { name } = pod.metadata;
        const object = podRef(context.target, name);
        const asked = spec?.httpGet?.path ?? '/';
        return {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: ${asked} redirects the ${failure.probe} probe to https, where the pod has no TLS${restarts ? ', and the kubelet restarts the container' : ''}.`,
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
      });
  },
});
