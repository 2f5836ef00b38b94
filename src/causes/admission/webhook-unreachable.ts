import { show } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/webhook-unreachable',
  means: 'webhook-unreachable',
  title: 'An admission webhook does not answer',
  why: 'with failurePolicy Fail the API server creates no pod that it could not ask the webhook about',
  seen: 'ReplicaSet event FailedCreate: failed calling webhook',
  remedy: 'start what serves the webhook again, or remove its configuration where it was uninstalled',
  what: ({ subject, detail }) =>
    `admission webhook ${subject ?? ''} does not answer (${detail.replace(/\.$/, '')})`,
  fix: (_, { context }) => [
    show(
      context,
      'See whether the Service and the pods that serve it are there; where it was uninstalled, delete its configuration.',
      'get validatingwebhookconfigurations,mutatingwebhookconfigurations',
      null,
    ),
  ],
});
