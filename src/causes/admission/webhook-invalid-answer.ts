import { show } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/webhook-invalid-answer',
  means: 'webhook-invalid-answer',
  title: 'An admission webhook answers what the API server cannot use',
  why: 'with failurePolicy Fail the API server creates no pod where the webhook answers with an error, or not as an AdmissionReview should be',
  seen: 'ReplicaSet event FailedCreate: failed calling webhook, received invalid webhook response, an HTTP error; a patch that does not apply',
  remedy: 'fix what serves the webhook, or remove its configuration where nobody needs it',
  what: ({ subject, detail }) =>
    `${subject === undefined ? 'an admission webhook' : `admission webhook ${subject}`} answers what the API server cannot use (${detail.replace(/\.$/, '')})`,
  fix: (_, { context }) => [
    show(
      context,
      'See which Service it leads to, and in the log of the pods behind it why they answer so; fix that, or undo its last change.',
      'get validatingwebhookconfigurations,mutatingwebhookconfigurations',
      null,
    ),
  ],
});
