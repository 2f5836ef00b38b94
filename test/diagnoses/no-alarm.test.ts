/** No false alarm: states that are as they should be, or on their way there. */
import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../src/evidence/objects.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, notReady, podEvent, podOf, statusOf, waiting } from '../support/pod-states.js';

type Change = (evidence: HealthyEvidence) => void;

/** A pod that has just been made; its container may be on its way, or wait for its first probe. */
function fresh(evidence: HealthyEvidence, name: string, secondsAgo: number, running: boolean): Pod {
  const pod = structuredClone(podOf(evidence));
  pod.metadata = { ...pod.metadata, name, uid: name, creationTimestamp: ago(secondsAgo) };
  pod.status.conditions = pod.status.conditions?.map((condition) =>
    condition.type === 'PodScheduled'
      ? condition
      : { ...condition, status: 'False', reason: 'ContainersNotReady' },
  );
  const status = pod.status.containerStatuses?.[0];
  if (!status) throw new Error('no status');
  status.ready = false;
  status.state = running
    ? { running: { startedAt: ago(secondsAgo - 2) } }
    : { waiting: { reason: 'ContainerCreating' } };
  if (!running) pod.status.phase = 'Pending';
  evidence.pods.push(pod);
  for (const list of [evidence.previousLogs])
    list.push({ pod: name, log: { ok: true, at: ago(0), value: undefined } });
  return pod;
}

function progressing({ deployment }: HealthyEvidence, counts: object): void {
  Object.assign(deployment.status ?? {}, counts);
  const progress = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  Object.assign(progress ?? {}, {
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: 'ReplicaSet is progressing.',
    lastUpdateTime: ago(5),
  });
}

/**
 * The second pod has become ready a second ago, and the Service does not list it yet. Scaling leaves the condition
 * Progressing as it was.
 */
function justReady(evidence: HealthyEvidence, counted: number): void {
  const pod = podOf(evidence, 1);
  for (const each of pod.status.conditions ?? []) each.lastTransitionTime = ago(1);
  const { addresses } = evidence.endpoints;
  evidence.endpoints.addresses = addresses.filter(({ podName }) => podName !== pod.metadata.name);
  Object.assign(evidence.deployment.status ?? {}, { readyReplicas: counted, availableReplicas: counted });
}

const rolling: Change = (evidence) => {
  fresh(evidence, 'todo-chatbot-backend-7c8f5d9b6c-n1n1n', 8, true);
  progressing(evidence, { replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 });
};

const UNSETTLED: [string, Change][] = [
  ['a rolling update: the new pod has not been probed yet', rolling],
  [
    'a rolling update: an old pod ends, and its probe fails on the way out',
    (evidence) => {
      rolling(evidence);
      podOf(evidence, 0).metadata.deletionTimestamp = ago(3);
      podEvent(
        evidence,
        0,
        'Unhealthy',
        'Readiness probe failed: Get "http://10.244.0.5:8000/api/health": dial tcp 10.244.0.5:8000: connect: connection refused',
      );
      notReady(evidence, 0);
    },
  ],
  [
    'one second after an install: no pod has a node yet, and the Service has no endpoint',
    (evidence) => {
      for (const index of [0, 1]) {
        notReady(evidence, index);
        const pod = podOf(evidence, index);
        delete pod.spec.nodeName;
        pod.metadata.creationTimestamp = ago(1);
        pod.status = { phase: 'Pending' };
      }
      evidence.endpoints.addresses = [];
      progressing(evidence, { readyReplicas: 0, availableReplicas: 0 });
    },
  ],
  [
    'fifty seconds after an install: the probe has failed as often as it may, and not more often',
    (evidence) => {
      for (const index of [0, 1]) {
        notReady(evidence, index);
        podOf(evidence, index).metadata.creationTimestamp = ago(50);
        statusOf(evidence, index).state = { running: { startedAt: ago(48) } };
        podEvent(
          evidence,
          index,
          'Unhealthy',
          'Readiness probe failed: Get "http://10.244.0.5:8000/api/health": dial tcp 10.244.0.5:8000: connect: connection refused',
          { count: 3, since: 25, secondsAgo: 5 },
        );
      }
      progressing(evidence, { readyReplicas: 0, availableReplicas: 0 });
    },
  ],
  [
    'scaled up: the third pod runs, and has not been probed yet',
    (evidence) => {
      fresh(evidence, 'todo-chatbot-backend-6d5f9c7b4d-third', 8, true);
      evidence.deployment.spec.replicas = 3;
      progressing(evidence, { replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2 });
    },
  ],
  [
    'five seconds after an install: containers are being made',
    (evidence) => {
      for (const index of [0, 1]) {
        waiting(evidence, index, 'ContainerCreating', '');
        podOf(evidence, index).metadata.creationTimestamp = ago(5);
      }
      progressing(evidence, { readyReplicas: 0, availableReplicas: 0 });
    },
  ],
  [
    'twenty seconds after an install: containers run, probes are about to begin',
    (evidence) => {
      for (const index of [0, 1]) {
        notReady(evidence, index);
        podOf(evidence, index).metadata.creationTimestamp = ago(20);
        statusOf(evidence, index).state = { running: { startedAt: ago(17) } };
        podEvent(
          evidence,
          index,
          'Unhealthy',
          'Readiness probe failed: Get "http://10.244.0.5:8000/api/health": dial tcp 10.244.0.5:8000: connect: connection refused',
          { secondsAgo: 1 },
        );
      }
      progressing(evidence, { readyReplicas: 0, availableReplicas: 0 });
    },
  ],
  [
    'scaled up: the third pod has no node yet',
    (evidence) => {
      const pod = fresh(evidence, 'todo-chatbot-backend-6d5f9c7b4d-third', 1, false);
      delete pod.spec.nodeName;
      pod.status = { phase: 'Pending' };
      evidence.deployment.spec.replicas = 3;
      progressing(evidence, { replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2 });
    },
  ],
  [
    'scaled up: a pod has just become ready; the Deployment has not counted it, nor the Service listed it',
    (evidence) => justReady(evidence, 1),
  ],
  [
    'scaled up: all are counted, and the Service has not listed the one that has just become ready',
    (evidence) => justReady(evidence, 2),
  ],
  [
    'the newest change was not acted on yet',
    ({ deployment }) => {
      deployment.metadata.generation = 2;
    },
  ],
];

describe('on its way: nothing is called wrong, and nothing is called well', () => {
  test.each(UNSETTLED)('%s', async (_, change) => {
    const { causes, diagnoses } = await diagnosed(change);
    expect(causes).toEqual(['rollout/under-way']);
    expect(diagnoses[0]?.verdict).toBe('inconclusive');
  });

  test('a rollout under way is exit 3: neither healthy nor broken', async () => {
    const { exitCode, unexplained } = await diagnosed(rolling, { topic: 'pods' });
    expect(unexplained).toEqual([]);
    expect(exitCode).toBe(3);
  });
});

describe('as it should be', () => {
  const WELL: [string, Change][] = [
    ['the healthy state', () => undefined],
    [
      'a pod that ends after scaling down',
      (evidence) => {
        const gone = fresh(evidence, 'todo-chatbot-backend-6d5f9c7b4d-gone1', 900, true);
        gone.metadata.deletionTimestamp = ago(5);
      },
    ],
    [
      'the frontend beside it',
      (evidence) => {
        const { labels } = podOf(evidence).metadata;
        evidence.namespacePods.push({
          name: 'todo-chatbot-frontend-5c6d-x2x9p',
          labels: { ...labels, 'app.kubernetes.io/component': 'frontend' },
          ownerName: 'todo-chatbot-frontend-5c6d',
        });
      },
    ],
    [
      'a second application in the namespace, which is in trouble of its own',
      (evidence) => {
        evidence.namespacePods.push({
          name: 'blog-7f9d',
          labels: { 'app.kubernetes.io/name': 'blog' },
          ownerName: 'blog-7f',
        });
        const messages: [string, string][] = [
          ['FailedScheduling', '0/1 nodes are available: 1 Insufficient memory.'],
          ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
          ['Killing', 'Container blog failed liveness probe, will be restarted'],
          ['FailedCreate', 'Error creating: pods "blog" is forbidden: exceeded quota: two'],
        ];
        for (const [reason, message] of messages) {
          Object.assign(podEvent(evidence, 0, reason, message, { count: 30 }).involvedObject, {
            name: 'blog-7f9d',
            uid: 'blog',
          });
        }
      },
    ],
    [
      'a second application in the namespace',
      (evidence) => {
        evidence.namespacePods.push({
          name: 'blog-7f9d',
          labels: { 'app.kubernetes.io/name': 'blog' },
          ownerName: 'blog-7f',
        });
      },
    ],
    [
      'a probe that failed once while the pod started',
      (evidence) => {
        podEvent(
          evidence,
          0,
          'Unhealthy',
          'Readiness probe failed: Get "http://10.244.0.5:8000/api/health": dial tcp 10.244.0.5:8000: connect: connection refused',
          { count: 2, secondsAgo: 400 },
        );
      },
    ],
    [
      'events of a pod of the same name that is gone',
      (evidence) => {
        const event = podEvent(evidence, 0, 'FailedMount', 'MountVolume.SetUp failed');
        event.involvedObject.uid = 'another';
      },
    ],
  ];
  test.each(WELL)('%s', async (_, change) => {
    const { causes, unexplained, exitCode, topics } = await diagnosed(change);
    expect(causes).toEqual([]);
    expect(unexplained).toEqual([]);
    expect(exitCode).toBe(0);
    const states = new Set(topics.flatMap(({ path }) => path.map(({ state }) => state)));
    expect([...states].sort()).toEqual(['good', 'skipped']);
  });
});
