/** No false alarm: states that are as they should be, or on their way there. */
import { describe, expect, test } from '@jest/globals';
import type { HttpOutcome } from '../../src/evidence/evidence.js';
import type { Pod } from '../../src/evidence/objects.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, notReady, podEvent, podOf, statusOf, waiting } from '../support/pod-states.js';
import { matrix, together, unreached, type Change } from '../support/service-states.js';

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

type Asked = 'docs' | 'tasks' | 'health';

/** One request met a pod that was about to end, while those before and after it were answered. */
const missed =
  (outcome: HttpOutcome, ...asked: Asked[]): Change =>
  (evidence) => {
    for (const key of asked) {
      Object.assign(evidence[key], {
        outcome,
        detail: `no answer (${outcome})`,
        status: undefined,
        body: '',
      });
    }
  };

const ending: Change = (evidence) => {
  podOf(evidence, 0).metadata.deletionTimestamp = ago(-27);
  const heir = structuredClone(podOf(evidence, 1));
  heir.metadata = { ...heir.metadata, name: 'todo-chatbot-backend-7c8f5d9b6c-heir1', uid: 'heir' };
  evidence.pods.push(heir);
  const [address] = evidence.endpoints.addresses;
  if (address === undefined) throw new Error('no endpoint');
  evidence.endpoints.addresses.push({ ...address, podName: heir.metadata.name, address: '10.244.0.9' });
};

/** An old pod is on its way out, and no longer ready. */
const leaving: Change = (evidence) => {
  podOf(evidence, 0).metadata.deletionTimestamp = ago(-27);
  notReady(evidence, 0);
};

/** The pods that were too many are gone already; the Deployment's condition Progressing is as it was. */
const scaledDown =
  (secondsAgo: number): Change =>
  (evidence) => {
    const { name, uid } = evidence.deployment.metadata;
    const event = podEvent(
      evidence,
      0,
      'ScalingReplicaSet',
      'Scaled down replica set todo-chatbot-backend-6d5f9c7b4d from 4 to 2',
      { secondsAgo },
    );
    event.involvedObject = { kind: 'Deployment', namespace: 'default', name, ...(uid && { uid }) };
  };

const joining: Change = ({ pods }) => {
  for (const pod of pods) for (const each of pod.status?.conditions ?? []) each.lastTransitionTime = ago(3);
};

describe('a request that meets a change', () => {
  const MET: [string, Change][] = [
    ['refused while a pod ends', together(missed('refused', 'docs', 'tasks'), ending)],
    ['reset while a pod ends', together(missed('reset', 'tasks'), ending)],
    ['unanswered while a pod ends', together(missed('timeout', 'health'), ending)],
    ['unanswered after scaling down', together(missed('timeout', 'tasks'), scaledDown(4))],
    ['refused at the first request while a pod ends', together(unreached('refused'), ending)],
    ['unanswered at the first request while a pod ends', together(unreached('timeout'), ending)],
    ['unanswered at the first request after scaling down', together(unreached('timeout'), scaledDown(4))],
    [
      'refused at the first request when pods have just become ready',
      together(unreached('refused'), joining),
    ],
    [
      'refused by every node as long as they know of no ready pod',
      together(unreached('refused'), matrix('response', 'response', 'refused'), joining),
    ],
    [
      'unanswered everywhere while a pod ends',
      together(unreached('timeout'), matrix('response', 'timeout', 'timeout'), ending),
    ],
    // The Service's hops are not asked: they stand behind the pods' readiness.
    ['unanswered while a new pod starts', together(missed('timeout', 'docs'), rolling, leaving)],
    ['refused while a new pod starts', together(missed('refused', 'docs', 'tasks'), rolling, leaving)],
    [
      'reset while the first pod starts after an old one has gone',
      together(missed('reset', 'health', 'tasks'), rolling),
    ],
    [
      'unanswered by all, while a new pod starts',
      together(unreached('timeout'), matrix('timeout', 'timeout', 'timeout'), rolling, leaving),
    ],
  ];
  test.each(MET)('%s', async (_, change) => {
    const { causes, unexplained, exitCode } = await diagnosed(change);
    expect({ causes, unexplained, exitCode }).toEqual({
      causes: ['rollout/under-way'],
      unexplained: [],
      exitCode: 3,
    });
  });

  test('to the health endpoint, with only the health topic asked', async () => {
    const { causes, unexplained, exitCode } = await diagnosed(together(missed('refused', 'health'), ending), {
      topic: 'health',
    });
    expect({ causes, unexplained, exitCode }).toEqual({
      causes: ['rollout/under-way'],
      unexplained: [],
      exitCode: 3,
    });
  });

  const ALARMS: [string, Change, string | undefined, string | undefined][] = [
    ['the same pods all the time', missed('refused', 'tasks'), undefined, 'functional/auth-required'],
    [
      'scaled down long ago',
      together(missed('timeout', 'tasks'), scaledDown(45)),
      undefined,
      'functional/auth-required',
    ],
    [
      'a pod that should have been gone for long',
      together(missed('timeout', 'tasks'), ending, (evidence) => {
        podOf(evidence, 0).metadata.deletionTimestamp = ago(120);
      }),
      undefined,
      'functional/auth-required',
    ],
    [
      'an answer that tasks may not get, while a pod ends',
      together(ending, ({ tasks }) => {
        tasks.status = 200;
      }),
      'service/http-error',
      undefined,
    ],
    [
      'no node port answers, though pods that have gone were not all',
      together(unreached('timeout'), matrix('response', 'response', 'timeout'), scaledDown(4)),
      'service/host-cannot-reach-node',
      undefined,
    ],
    [
      'no node port answers after an install, by a firewall',
      together(unreached('timeout'), matrix('response', 'response', 'timeout'), joining),
      'service/host-cannot-reach-node',
      undefined,
    ],
  ];
  test.each(ALARMS)('still an alarm: %s', async (_, change, cause, unexplained) => {
    const found = await diagnosed(change);
    expect(found.exitCode).toBe(1);
    if (cause !== undefined) expect(found.causes[0]).toBe(cause);
    else expect(found.causes).not.toContain('rollout/under-way');
    if (unexplained !== undefined) expect(found.unexplained).toContain(unexplained);
  });

  test('an answer that tasks may not get is no part of a rollout', async () => {
    const { causes, unexplained, exitCode } = await diagnosed(
      together(rolling, leaving, ({ tasks }) => {
        tasks.status = 200;
      }),
    );
    expect({ causes, unexplained, exitCode }).toEqual({
      causes: ['rollout/under-way'],
      unexplained: ['functional/auth-required'],
      exitCode: 1,
    });
  });
});

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
