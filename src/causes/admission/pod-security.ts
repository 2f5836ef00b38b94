import { advise } from '../../diagnoses/fixes.js';
import { refusedCause } from './_refused.js';

export default refusedCause({
  id: 'admission/pod-security',
  means: 'pod-security',
  title: 'Pod Security forbids the pod',
  why: 'the namespace’s Pod Security level refuses pods whose security context allows too much',
  seen: 'ReplicaSet event FailedCreate: violates PodSecurity',
  remedy: 'set what the message lists in the pod’s security context, or change the level of the namespace',
  what: ({ subject, detail }, { context }) =>
    `Pod Security level ${subject ?? ''} of namespace ${context.target.namespace} forbids it (${detail})`,
  fix: (_, { context: { contract, target } }) => [
    advise(
      `Give the pod what the message lists (the contract has runAsNonRoot, runAsUser ${contract.backend.securityContext.runAsUser}, no privilege escalation, all capabilities dropped; level restricted also wants seccompProfile RuntimeDefault), or change the namespace’s level.`,
      `kubectl label namespace ${target.namespace} --overwrite pod-security.kubernetes.io/enforce=baseline`,
    ),
  ],
});
