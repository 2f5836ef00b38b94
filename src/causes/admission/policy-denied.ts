import { advise, show } from '../../fixes/described.js';
import { ADMISSION_POLICY } from '../../vocabulary/kubelet.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/policy-denied',
  means: 'policy-denied',
  title: 'A policy of the cluster forbids the pod',
  why: 'whoever runs the cluster has said what pods may look like, and this one does not',
  seen: 'ReplicaSet event FailedCreate: ValidatingAdmissionPolicy, Gatekeeper, Kyverno, a security context constraint',
  remedy: 'change the pod template as the message says, or ask whoever owns the policy for an exception',
  what: ({ subject, detail }) =>
    `${subject === undefined ? 'a policy' : `policy ${subject}`} forbids it: ${detail.replace(/\.$/, '')}`,
  fix: ({ subject, detail }, { context }) => {
    const words =
      'Change the pod template as the message says, or ask whoever owns the policy for an exception.';
    const isOthers = ADMISSION_POLICY.says.test(detail) || subject === undefined || subject.includes('.');
    if (isOthers) return [advise(words)];
    return [show(context, words, `get validatingadmissionpolicy ${subject} -o yaml`, null)];
  },
});
