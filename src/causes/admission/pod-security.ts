import { advise, change } from '../../fixes/described.js';
import { kubectl } from '../../rule/command.js';
import { refusedCause } from '../refused.js';

export default refusedCause({
  id: 'admission/pod-security',
  means: 'pod-security',
  title: 'Pod Security forbids the pod',
  why: 'the namespace’s Pod Security level refuses pods whose security context allows too much',
  seen: 'ReplicaSet event FailedCreate: violates PodSecurity',
  remedy: 'set what the message lists in the pod’s security context, or change the level of the namespace',
  what: ({ subject, detail }, { context }) =>
    `Pod Security level ${subject ?? ''} of namespace ${context.target.namespace} forbids it (${detail})`,
  // A level that is lower than restricted already forbids what no backend needs: it stays.
  fix: ({ subject }, { context }) =>
    subject?.startsWith('restricted') !== true
      ? [advise('Take what the message lists out of the pod template: the contract needs none of it.')]
      : [
          change(
            `Give the pod what the message lists (the contract has runAsNonRoot, runAsUser ${context.contract.backend.securityContext.runAsUser}, no privilege escalation, all capabilities dropped; level restricted also wants seccompProfile RuntimeDefault), or change the namespace’s level.`,
            kubectl(
              context,
              `label namespace ${context.target.namespace} --overwrite pod-security.kubernetes.io/enforce=baseline`,
              null,
            ),
          ),
        ],
});
