import { advise, show } from '../../fixes/described.js';
import { word } from '../../rule/command.js';
import { refusedCause } from '../refused.js';

/** A policy that changes objects. */
const CHANGES = 'mutatingadmissionpolicy';

export default refusedCause({
  id: 'admission/policy-denied',
  means: 'policy-denied',
  title: 'A policy of the cluster forbids the pod',
  why: 'whoever runs the cluster has said what pods may look like, and this one does not',
  seen: 'ReplicaSet event FailedCreate: ValidatingAdmissionPolicy, MutatingAdmissionPolicy, Gatekeeper, Kyverno, a security context constraint',
  remedy: 'change the pod template as the message says, or ask whoever owns the policy for an exception',
  what({ kind, subject, detail }) {
    const policy = subject === undefined ? 'a policy' : `policy ${subject}`;
    // One that changes pods forbids none: it says so of those that it fails to change.
    const does = kind === CHANGES ? 'fails to change it' : 'forbids it';
    return `${policy} ${does}: ${detail.replace(/\.$/, '')}`;
  },
  fix({ kind, subject }, { context }) {
    const words =
      kind === CHANGES
        ? 'Have the policy’s expressions fixed, or change the pod template so that they can be applied to it.'
        : 'Change the pod template as the message says, or ask whoever owns the policy for an exception.';
    if (kind === undefined || subject === undefined) return [advise(words)];
    return [show(context, words, `get ${kind} ${word(subject)} -o yaml`, null)];
  },
});
