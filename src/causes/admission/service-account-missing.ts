import type { Refusal } from '../../computed/refusals.js';
import { run } from '../../fixes/described.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/service-account-missing',
  means: 'service-account-missing',
  title: 'The pod’s ServiceAccount does not exist',
  why: 'a pod cannot be created in the name of an account that is not there',
  seen: 'ReplicaSet event FailedCreate: serviceaccount not found',
  remedy: 'create the ServiceAccount, or name one that exists',
  what: (refusal) => `its ServiceAccount ${account(refusal)} does not exist`,
  fix: (refusal, { context }) => [
    run(
      context,
      'Create it, or let the pod template name one that exists.',
      `create serviceaccount ${account(refusal)}`,
    ),
  ],
});

function account({ subject, replicaSet }: Refusal): string {
  return subject ?? replicaSet.spec.template?.spec.serviceAccountName ?? 'default';
}
