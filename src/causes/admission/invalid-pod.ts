import { advise } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/invalid-pod',
  means: 'invalid-pod',
  title: 'The pod is not valid',
  why: 'the pod template was accepted, but the pod that is made of it breaks a rule of the API',
  seen: 'ReplicaSet event FailedCreate: Pod … is invalid',
  remedy:
    'correct the field that the message names in the pod template, or what changes pods on their way in',
  what: ({ detail }) => `the pod is not valid: ${detail.replace(/\.$/, '')}`,
  fix: () => [
    advise(
      'Correct that field in the pod template. Where the template is right, a LimitRange or a webhook changes the pod on its way in.',
    ),
  ],
});
