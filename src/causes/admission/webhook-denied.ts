import { show } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/webhook-denied',
  means: 'webhook-denied',
  title: 'An admission webhook refuses the pod',
  why: 'the API server asks this webhook before it creates a pod, and its answer was no',
  seen: 'ReplicaSet event FailedCreate: admission webhook … denied the request',
  remedy: 'change the pod template as the message says, or the webhook’s rules',
  what: ({ subject, detail }) =>
    `admission webhook ${subject ?? ''} refuses it: ${detail === '' ? 'it gives no reason' : detail.replace(/\.$/, '')}`,
  fix: (_, { context }) => [
    show(
      context,
      'Change the pod template as the message says. Which webhooks there are, and what they are asked about:',
      'get validatingwebhookconfigurations,mutatingwebhookconfigurations',
      null,
    ),
  ],
});
