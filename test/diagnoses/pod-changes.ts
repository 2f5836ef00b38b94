/** Changes to the healthy evidence that several tests about pods make. */
import type { HealthyEvidence } from '../support/check-context.js';
import { ago, containerOf, crashed, podOf, unscheduled, waiting } from '../support/pod-states.js';

export type Change = (evidence: HealthyEvidence) => void;

/** One pod, as the Deployment is told to have. */
export const onePod: Change = (evidence) => {
  evidence.deployment.spec.replicas = 1;
  withoutSecond(evidence);
  evidence.endpoints.addresses.pop();
};

/** The ReplicaSet has no pod where it should have one. */
export function refused(message: string): Change {
  return (evidence) => {
    withoutSecond(evidence);
    const [replicaSet] = evidence.replicaSets;
    if (!replicaSet) throw new Error('no ReplicaSet');
    evidence.deployment.status?.conditions?.push({
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message,
    });
    (evidence.events as unknown[]).push({
      metadata: { name: 'e' },
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${message}`,
      count: 12,
      lastTimestamp: ago(10),
      involvedObject: {
        kind: 'ReplicaSet',
        namespace: 'default',
        name: replicaSet.metadata.name,
        uid: 'rs-1',
      },
    });
  };
}

export const onNoNode =
  (message: string): Change =>
  (evidence) =>
    unscheduled(evidence, 0, message);
/** The first pod was removed for one of a higher priority: the one that replaces it finds no room. */
export const preempted =
  (message: string, answer = '0/1 nodes are available: 1 Insufficient cpu.'): Change =>
  (evidence) => {
    onNoNode(answer)(evidence);
    const pod = podOf(evidence);
    pod.metadata.creationTimestamp = ago(300);
    const gone = `${pod.metadata.name.slice(0, -5)}zzzzz`;
    const about = { kind: 'Pod', namespace: 'default', name: gone, uid: 'gone' };
    evidence.events.push(
      ...[
        { reason: 'Preempted', message },
        { reason: 'Killing', message: 'Stopping container backend' },
      ].map((said, index) => ({
        metadata: { name: `${gone}.${index}` },
        ...said,
        type: 'Normal',
        lastTimestamp: ago(301),
        involvedObject: about,
      })),
    );
  };
export const stuckIn =
  (reason: string, message: string, change: Change = () => undefined): Change =>
  (evidence) => {
    waiting(evidence, 0, reason, message);
    change(evidence);
  };
function withoutSecond(evidence: HealthyEvidence): void {
  evidence.pods.pop();
  evidence.metrics.pods.pop();
  for (const list of [evidence.logs, evidence.inPod, evidence.previousLogs, evidence.cgroup]) list.pop();
  const [replicaSet] = evidence.replicaSets;
  if (!replicaSet?.status) throw new Error('no ReplicaSet');
  replicaSet.status.replicas = 1;
  Object.assign(evidence.deployment.status ?? {}, {
    replicas: 1,
    readyReplicas: 1,
    updatedReplicas: 1,
    availableReplicas: 1,
  });
}

/** The second pod is one more that the kubelet has ended, and its successor is not there yet. */
export const endedByNode =
  (reason: string, message: string): Change =>
  (evidence) => {
    const pod = evidence.pods[0];
    if (!pod?.status) throw new Error('no pod');
    pod.status = { phase: 'Failed', reason, message };
    for (const list of [
      evidence.logs,
      evidence.inPod,
      evidence.previousLogs,
      evidence.cgroup,
      evidence.metrics.pods,
    ])
      list.shift();
    Object.assign(evidence.deployment.status ?? {}, { readyReplicas: 1, availableReplicas: 1 });
  };
export const image =
  (name: string, policy = 'IfNotPresent'): Change =>
  (evidence) =>
    Object.assign(containerOf(evidence), { image: name, imagePullPolicy: policy });
export const ended =
  (exitCode: number, lines: string[] = [], more: object = {}): Change =>
  (evidence) =>
    crashed(evidence, 0, { exitCode, ...more }, lines);

export const TRACEBACK = [
  'Traceback (most recent call last):',
  '  File "/app/app/main.py", line 26, in <module>',
];
export const UVICORN_FAILED = ['ERROR:    Application startup failed. Exiting.'];
export const PULL =
  'rpc error: code = Unknown desc = failed to pull and unpack image: failed to resolve reference: ';
