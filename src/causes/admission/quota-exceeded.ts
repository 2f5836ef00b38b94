import { show } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/quota-exceeded',
  means: 'quota-exceeded',
  title: 'A ResourceQuota leaves no room for the pod',
  why: 'the API server refuses to create the pod while the namespace has used up its quota',
  seen: 'ReplicaSet event FailedCreate: exceeded quota',
  remedy: 'raise the quota, ask for less, or remove what uses it',
  what: ({ subject, detail }) => `ResourceQuota ${subject ?? ''} leaves no room for it (${detail})`,
  fix: ({ subject }, { context }) => [
    show(
      context,
      'See what uses the quota, then raise it or ask for less.',
      `describe quota ${subject ?? ''}`.trim(),
    ),
  ],
});
