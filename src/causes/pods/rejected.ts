import { show } from '../../fixes/described.js';
import { endedCause } from '../ended.js';

/** Pods that their node had taken. */
const ENDED_BY_OTHERS = /^(?:DeadlineExceeded|Preempt\w*|NodeLost|NodeShutdown|Terminated|Shutdown)$/;

export default endedCause({
  id: 'pods/rejected',
  means: 'rejected',
  title: 'The node does not take the pods',
  why: 'the scheduler chose a node whose kubelet refuses the pod; the ReplicaSet makes another one, which meets the same refusal',
  seen: 'phase Failed with a reason of the kubelet: SysctlForbidden, UnexpectedAdmissionError, OutOfcpu, NodePorts',
  remedy: 'change what the message names in the pod template, or allow it on the node',
  what: ({ reason, message }, pods) => {
    const said = [reason, message.replace(/\.\s*$/, '')].filter(Boolean).join(': ');
    return ENDED_BY_OTHERS.test(reason)
      ? `${pods} ended lately (${said})`
      : `The node refused ${pods} lately (${said})`;
  },
  fix: ({ pods: [{ spec }] }, { context }) => [
    show(
      context,
      'Change what the message names in the pod template, or allow it on the node.',
      spec.nodeName === undefined ? 'describe nodes' : `describe node ${spec.nodeName}`,
      null,
    ),
  ],
});
