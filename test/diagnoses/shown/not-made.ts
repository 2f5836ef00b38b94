/** What shows each cause of pods that no scheduler, autoscaler, registry or node makes, or no controller lets in, in the words of Kubernetes. */
import { ago, podEvent, podOf, restarted } from '../../support/pod-states.js';
import { ended, image, onePod, onNoNode, preempted, PULL, stuckIn } from '../pod-changes.js';
import type { Shown } from './shown.js';

export const NOT_MADE: readonly Shown[] = [
  [
    'scheduling/preempted',
    preempted('Preempted by pod d1acac1c-a8c0-495f-a944-21f21107c786 on node minikube'),
  ],
  ['scheduling/preempted', preempted('Preempted by other/big on node minikube')],
  [
    'scheduling/preempted',
    preempted('Preempted by a pod on node minikube', '0/1 nodes are available: 1 Too many pods.'),
  ],
  [
    'namespace/terminating',
    (evidence) =>
      Object.assign(evidence, {
        deployment: undefined,
        namespace: {
          deletedAt: ago(120),
          holds: ['Some resources are remaining: pods. has 1 resource instances'],
        },
      }),
  ],
  [
    'scheduling/gated',
    (evidence) => {
      onNoNode('Scheduling is blocked due to non-empty scheduling gates')(evidence);
      const pod = podOf(evidence);
      pod.spec.schedulingGates = [{ name: 'example.com/approved' }];
      for (const condition of pod.status.conditions ?? [])
        if (condition.type === 'PodScheduled') condition.reason = 'SchedulingGated';
    },
  ],
  [
    'scheduling/no-scheduler',
    (evidence) => {
      onNoNode('')(evidence);
      const pod = podOf(evidence);
      pod.spec.schedulerName = 'fast-scheduler';
      pod.metadata.creationTimestamp = ago(30);
      pod.status.conditions = [];
      evidence.events = evidence.events.filter(({ reason }) => reason !== 'FailedScheduling');
    },
  ],
  [
    'deployment/autoscaler-too-low',
    (evidence) => {
      onePod(evidence);
      Object.assign(evidence, { autoscaler: { name: 'todo', minReplicas: 1, maxReplicas: 4 } });
    },
  ],
  [
    'container/cannot-be-made',
    stuckIn(
      'CreateContainerError',
      'failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/todo.json": open /var/lib/kubelet/seccomp/profiles/todo.json: no such file or directory',
    ),
  ],
  [
    'container/cannot-be-made',
    ended(128, [], {
      reason: 'StartError',
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/var/lib/kubelet/pods/1/volume-subpaths/one/backend/0" to rootfs at "/tmp": not a directory: unknown',
    }),
  ],
  [
    'image/pull-secret-missing',
    stuckIn(
      'ErrImagePull',
      `${PULL}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
      (evidence) => {
        image('registry.example.org/todo/backend:v1')(evidence);
        podEvent(
          evidence,
          0,
          'FailedToRetrieveImagePullSecret',
          'Unable to retrieve some image pull secrets (registry-account); attempting to pull the image may not succeed.',
        );
      },
    ),
  ],
  [
    'image/wrong-architecture',
    stuckIn(
      'ErrImagePull',
      `${PULL}no match for platform in manifest: not found`,
      image('registry.example.org/todo/backend:v1'),
    ),
  ],
  ['pods/terminating-stuck', (evidence) => void (podOf(evidence, 0).metadata.deletionTimestamp = ago(600))],
  ['crash/too-many-files', ended(1, ['OSError: [Errno 24] Too many open files'])],
  [
    'pods/readiness-gate',
    (evidence) => {
      const pod = podOf(evidence, 0);
      pod.spec.readinessGates = [{ conditionType: 'example.com/lb' }];
      for (const each of pod.status.conditions ?? [])
        if (each.type === 'Ready')
          Object.assign(each, {
            status: 'False',
            reason: 'ReadinessGatesNotReady',
            message: 'corresponding condition of pod readiness gate "example.com/lb" does not exist.',
          });
    },
  ],
  [
    'scheduling/pod-affinity',
    onNoNode(
      "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    ),
  ],
  [
    'node/restarted',
    (evidence) => {
      restarted(evidence, 0, { exitCode: 255, reason: 'Unknown' }, { secondsAgo: 30, restarts: 1 });
    },
  ],
];
