/** `verify` in the midst of a change: what is on its way is unknown, and an error stays one. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { ago, log, podEvent, podOf, statusOf, waiting } from '../support/pod-states.js';
import { lagging, made, verified } from '../support/rollout-states.js';
import { together, type Change } from '../support/service-states.js';

const REFUSED =
  'Readiness probe failed: Get "http://10.244.0.5:8000/api/health": dial tcp 10.244.0.5:8000: connect: connection refused';

const running: Change = (evidence) => made(evidence, 10);

/** Its log has begun, and tells of no connection yet. */
const unconnected: Change = (evidence) => log(evidence, 1, ['INFO: Started server process']);

const ON_THE_WAY: [string, Change, says: string][] = [
  ['a container that runs and was not probed yet', running, '1 pod starting'],
  [
    'a container that has not connected to its database yet',
    together(running, unconnected),
    '1 pod starting',
  ],
  [
    'a probe that has failed as often as it may, and not more often',
    together(
      (evidence) => made(evidence, 48),
      (evidence) => void podEvent(evidence, 1, 'Unhealthy', REFUSED, { count: 3, since: 25, secondsAgo: 5 }),
    ),
    '1 pod starting',
  ],
  [
    'a pod without a node, which the scheduler has not seen',
    (evidence) => {
      made(evidence, 1);
      const pod = podOf(evidence, 1);
      delete pod.spec.nodeName;
      pod.status = { phase: 'Pending' };
    },
    '1 pod starting',
  ],
  [
    'a container that is being made',
    (evidence) => {
      made(evidence, 5);
      waiting(evidence, 1, 'ContainerCreating', '');
    },
    '1 pod starting',
  ],
  [
    'a pod whose node has not begun with it',
    (evidence) => {
      made(evidence, 3);
      podOf(evidence, 1).status = { phase: 'Pending' };
    },
    '1 pod starting',
  ],
  [
    'an old pod that ends while the next one starts',
    (evidence) => {
      made(evidence, 10);
      const old = structuredClone(podOf(evidence, 0));
      old.metadata = { ...old.metadata, name: 'old', uid: 'old', deletionTimestamp: ago(-20) };
      evidence.pods.push(old);
    },
    '1 pod starting, 1 ending',
  ],
  [
    'a container that is being made, with warnings that no start waits for',
    (evidence) => {
      made(evidence, 5);
      waiting(evidence, 1, 'ContainerCreating', '');
      podEvent(evidence, 1, 'FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.');
      podEvent(evidence, 1, 'DNSConfigForming', 'Search Line limits were exceeded');
    },
    '1 pod starting',
  ],
  [
    'a pod that waits for its readiness gate',
    (evidence) => {
      made(evidence, 20);
      statusOf(evidence, 1).ready = true;
      for (const each of podOf(evidence, 1).status.conditions ?? [])
        if (each.type === 'Ready') each.reason = 'ReadinessGatesNotReady';
    },
    '1 pod starting',
  ],
  [
    'the strategy Recreate: all old pods end, and no new one was made',
    (evidence) => {
      for (const index of [0, 1]) podOf(evidence, index).metadata.deletionTimestamp = ago(-25);
      evidence.endpoints.addresses = [];
      lagging(evidence, 0, 2);
    },
    '2 ending',
  ],
  [
    'a pod that is ready, and not for minReadySeconds yet',
    (evidence) => {
      lagging(evidence, 2, 300);
      evidence.deployment.spec.minReadySeconds = 60;
      Object.assign(evidence.deployment.status ?? {}, { availableReplicas: 1 });
      for (const each of podOf(evidence, 1).status.conditions ?? []) each.lastTransitionTime = ago(40);
    },
    '1 pod ready for less than 60 s (minReadySeconds)',
  ],
  [
    'a change that the controller has not acted on, made a moment ago',
    ({ deployment }) => {
      deployment.metadata.generation = 2;
      deployment.metadata.managedFields = [
        { manager: 'helm', time: ago(2) },
        { manager: 'kube-controller-manager', subresource: 'status', time: ago(500) },
      ];
    },
    'the newest change was not acted on yet',
  ],
  [
    'a scaling by an autoscaler that the controller has not acted on, a moment ago',
    ({ deployment }) => {
      deployment.metadata.generation = 2;
      deployment.metadata.managedFields = [
        { manager: 'helm', time: ago(300) },
        { manager: 'kube-controller-manager', subresource: 'scale', time: ago(1) },
        { manager: 'kube-controller-manager', subresource: 'status', time: ago(200) },
      ];
    },
    'the newest change was not acted on yet',
  ],
  [
    'an install a second ago: no pod was made yet',
    (evidence) => {
      evidence.pods.length = 0;
      evidence.endpoints.addresses = [];
      lagging(evidence, 0, 1);
      Object.assign(evidence.deployment.status ?? {}, { replicas: 0, updatedReplicas: 0 });
    },
    'pods are replaced',
  ],
];

describe('a change that goes on well is unknown, never failed', () => {
  test.each(ON_THE_WAY)('%s', async (_, change, says) => {
    const { exitCode, failed, open } = await verified(change);
    expect({ exitCode, failed }).toEqual({ exitCode: 3, failed: [] });
    const told = open.filter(({ findings }) => findings.length > 0);
    expect(told.map(({ message }) => message)).toContain(`a rollout is under way: ${says}`);
    for (const { remedy } of told)
      expect(remedy).toContain('kubectl -n default rollout status deployment todo-chatbot-backend');
  });

  const pending: Change = ({ release }) => {
    release.revisions.unshift({ revision: 2, status: 'pending-upgrade' });
  };

  test('helm upgrade --wait is pending as long as its pods are on their way, and no longer', async () => {
    const during = await diagnosed(together(running, pending));
    expect([during.exitCode, during.causes]).toEqual([3, ['rollout/under-way']]);
    expect(await verified(together(running, pending))).toMatchObject({ exitCode: 3, failed: [] });
    expect((await diagnosed(pending)).causes).toEqual(['helm/pending']);
    expect(await verified(pending)).toMatchObject({ exitCode: 1, failed: ['deployment/release'] });
  });

  test('what was seen is told with it', async () => {
    const { open } = await verified(running);
    const counts = open.find(({ id }) => id === 'deployment/rollout-complete');
    expect(counts?.findings[0]?.message).toBe('a rollout is under way: 1 ready, 2 up to date, 1 available');
  });
});

describe('an error is never patience', () => {
  const ERRORS: [string, Change, string][] = [
    ['a pod that is ready, and never connected', unconnected, 'functional/database-logs'],
    [
      'a crash loop',
      (evidence) => {
        made(evidence, 20);
        waiting(evidence, 1, 'CrashLoopBackOff', 'back-off 20s restarting failed container');
      },
      'pods/running',
    ],
    [
      'a container that runs again after a crash',
      (evidence) => {
        made(evidence, 20);
        Object.assign(statusOf(evidence, 1), {
          restartCount: 1,
          lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(12) } },
        });
      },
      'pods/running',
    ],
    [
      'an image that cannot be pulled',
      (evidence) => {
        made(evidence, 5);
        waiting(evidence, 1, 'ErrImagePull', 'not found');
      },
      'pods/running',
    ],
    [
      'a container that cannot be made',
      (evidence) => {
        made(evidence, 5);
        waiting(evidence, 1, 'CreateContainerConfigError', 'secret "x" not found');
      },
      'pods/running',
    ],
    [
      'a volume that cannot be mounted',
      (evidence) => {
        made(evidence, 5);
        waiting(evidence, 1, 'ContainerCreating', '');
        podEvent(
          evidence,
          1,
          'FailedMount',
          'MountVolume.SetUp failed for volume "x": configmap "x" not found',
        );
      },
      'pods/running',
    ],
    [
      'a pod that fits no node',
      (evidence) => {
        made(evidence, 2);
        const pod = podOf(evidence, 1);
        delete pod.spec.nodeName;
        pod.status = {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: '0/1 nodes are available: 1 Insufficient cpu.',
            },
          ],
        };
      },
      'pods/running',
    ],
    [
      'a pod that no scheduler has seen for minutes',
      (evidence) => {
        made(evidence, 200);
        const pod = podOf(evidence, 1);
        delete pod.spec.nodeName;
        pod.status = { phase: 'Pending' };
      },
      'pods/running',
    ],
    [
      'a probe that has failed more often than it may',
      (evidence) => {
        made(evidence, 58);
        podEvent(evidence, 1, 'Unhealthy', REFUSED, { count: 5, since: 45, secondsAgo: 2 });
      },
      'pods/ready',
    ],
    [
      'a probe that is answered 404 again and again',
      (evidence) => {
        made(evidence, 40);
        podEvent(evidence, 1, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', {
          count: 3,
          since: 25,
          secondsAgo: 2,
        });
      },
      'pods/ready',
    ],
    ['a pod that has had its time', (evidence) => made(evidence, 120), 'pods/ready'],
    [
      'a pod that was killed because of its probe',
      (evidence) => {
        made(evidence, 30);
        podEvent(evidence, 1, 'Killing', 'Container backend failed liveness probe, will be restarted', {
          secondsAgo: 31,
        });
      },
      'pods/ready',
    ],
    [
      'a rollout that has made no progress within its deadline',
      (evidence) => {
        made(evidence, 10);
        const progress = evidence.deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
        Object.assign(progress ?? {}, { status: 'False', reason: 'ProgressDeadlineExceeded' });
      },
      'deployment/rollout-complete',
    ],
    [
      'pods that may not be made',
      (evidence) => {
        lagging(evidence, 1, 2);
        evidence.pods.pop();
        evidence.deployment.status?.conditions?.push({
          type: 'ReplicaFailure',
          status: 'True',
          reason: 'FailedCreate',
          message: 'exceeded quota',
        });
      },
      'deployment/rollout-complete',
    ],
    [
      'one pod starts, and another one is in trouble',
      (evidence) => {
        made(evidence, 10);
        waiting(evidence, 0, 'CrashLoopBackOff', 'back-off 5m0s restarting failed container');
      },
      'deployment/rollout-complete',
    ],
    [
      'a change that the controller has not acted on for minutes',
      ({ deployment }) => {
        deployment.metadata.generation = 2;
        deployment.metadata.managedFields = [{ manager: 'helm', time: ago(300) }];
      },
      'deployment/rollout-complete',
    ],
    [
      'a hook after the start that fails again and again',
      (evidence) => {
        made(evidence, 12);
        waiting(evidence, 1, 'ContainerCreating', '');
        podEvent(evidence, 1, 'FailedPostStartHook', 'PostStartHook failed');
      },
      'pods/running',
    ],
    [
      'any other warning about a pod that is being made',
      (evidence) => {
        made(evidence, 12);
        waiting(evidence, 1, 'PodInitializing', '');
        podEvent(evidence, 1, 'SomethingNew', 'the node cannot do it');
      },
      'pods/running',
    ],
    [
      'a node that refuses each pod that is made for it',
      (evidence) => {
        made(evidence, 10);
        const refused = structuredClone(podOf(evidence, 1));
        refused.metadata = { ...refused.metadata, name: 'refused', uid: 'refused' };
        refused.status = { phase: 'Failed', reason: 'SysctlForbidden', message: 'forbidden sysctl' };
        evidence.pods.push(refused);
      },
      'deployment/rollout-complete',
    ],
    [
      'a container that was restarted and is ready again',
      (evidence) => {
        lagging(evidence, 1, 600);
        statusOf(evidence, 1).restartCount = 3;
        for (const each of podOf(evidence, 1).status.conditions ?? []) each.lastTransitionTime = ago(2);
      },
      'deployment/rollout-complete',
    ],
    [
      'a node that has stopped: its pods are not ready, though their containers are said to be',
      (evidence) => {
        made(evidence, 40);
        statusOf(evidence, 1).ready = true;
      },
      'pods/ready',
    ],
    [
      'no replicas wanted, while the last ones end',
      (evidence) => {
        evidence.deployment.spec.replicas = 0;
        lagging(evidence, 0, 2);
        for (const index of [0, 1]) podOf(evidence, index).metadata.deletionTimestamp = ago(-25);
        evidence.endpoints.addresses = [];
      },
      'pods/running',
    ],
    [
      'an autoscaler that leaves one pod, while the other ends',
      (evidence) => {
        evidence.deployment.spec.replicas = 1;
        evidence.autoscaler = { name: 'hpa', minReplicas: 1, maxReplicas: 4 };
        podOf(evidence, 1).metadata.deletionTimestamp = ago(-25);
        evidence.endpoints.addresses = evidence.endpoints.addresses.filter(
          ({ podName }) => podName !== podOf(evidence, 1).metadata.name,
        );
      },
      'load-balancing/endpoints',
    ],
    [
      'counts that lag though nothing happens',
      (evidence) => lagging(evidence, 1, 600),
      'deployment/rollout-complete',
    ],
  ];
  test.each(ERRORS)('%s', async (_, change, id) => {
    const { exitCode, failed } = await verified(change);
    expect(exitCode).toBe(1);
    expect(failed).toContain(id);
    const doctor = await diagnosed(change);
    expect(doctor.exitCode).toBe(1);
    expect(doctor.diagnoses.map(({ summary }) => summary).join()).not.toContain('Nothing is wrong');
  });

  test('events that cannot be read leave a pod its own time, and no more', async () => {
    const events = { ok: false, at: ago(0), why: 'forbidden', detail: 'is forbidden' } as const;
    const young = await diagnosed(running, { unread: { events } });
    expect(young.results.filter(({ status }) => status === 'fail')).toEqual([]);
    const old = await diagnosed((evidence) => made(evidence, 120), { unread: { events } });
    expect(old.results.filter(({ status }) => status === 'fail').map(({ id }) => id)).toContain('pods/ready');
  });
});
