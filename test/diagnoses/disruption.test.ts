/** Pods that have to go, by the condition that says so: what somebody asked for is no alarm, what the node did is told at once. */
import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../src/evidence/objects.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, podOf } from '../support/pod-states.js';

interface Gone {
  reason: string;
  message: string;
  phase?: string;
  secondsAgo?: number;
  change?: (pod: Pod) => void;
}

const LOW_ON_MEMORY = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi.';
const LOW_ON_DISK = 'The node was low on resource: nodefs. Threshold quantity: 1Gi, available: 300Mi.';

/** A third pod, a day old, that had to go; the other two serve. */
const gone =
  ({ reason, message, phase = 'Succeeded', secondsAgo = 20, change }: Gone) =>
  (evidence: HealthyEvidence): void => {
    const pod = structuredClone(podOf(evidence)) as Pod;
    const at = ago(secondsAgo);
    Object.assign(pod.metadata, { name: 'gone', uid: 'gone', creationTimestamp: ago(86_400 + secondsAgo) });
    const condition = { type: 'DisruptionTarget', status: 'True', reason, message, lastTransitionTime: at };
    const ready = { type: 'Ready', status: 'False', reason: 'PodCompleted', lastTransitionTime: at };
    pod.status = { phase, conditions: [ready, condition] };
    change?.(pod);
    evidence.pods.push(pod);
  };

describe('what the node or a controller did', () => {
  test.each<[string, Gone, string, string]>([
    [
      'evicted for memory; its containers ended well, and took the reason away',
      { reason: 'TerminationByKubelet', message: LOW_ON_MEMORY },
      'memory/node-pressure',
      'was short of memory',
    ],
    [
      'evicted for memory, while it still ends',
      { reason: 'TerminationByKubelet', message: LOW_ON_MEMORY, phase: 'Running', secondsAgo: 1 },
      'memory/node-pressure',
      'was short of memory',
    ],
    [
      'evicted for disk',
      { reason: 'TerminationByKubelet', message: LOW_ON_DISK },
      'pods/evicted',
      'low on resource: nodefs',
    ],
    [
      'evicted for disk, while it still ends',
      { reason: 'TerminationByKubelet', message: LOW_ON_DISK, phase: 'Running', secondsAgo: 1 },
      'pods/evicted',
      'low on resource: nodefs',
    ],
    [
      'evicted for what it wrote',
      {
        reason: 'TerminationByKubelet',
        message: 'Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. ',
        phase: 'Failed',
      },
      'storage/ephemeral-full',
      'ephemeral local storage',
    ],
    [
      'ended with its node',
      {
        reason: 'TerminationByKubelet',
        message: 'Pod was terminated in response to imminent node shutdown.',
      },
      'pods/rejected',
      'imminent node shutdown',
    ],
    [
      'of a node that is no more',
      { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists', phase: 'Failed' },
      'pods/rejected',
      'node no longer exists',
    ],
  ])('%s', async (_, state, cause, words) => {
    const { causes, diagnoses, exitCode } = await diagnosed(gone(state));
    expect({ first: causes[0], exitCode }).toEqual({ first: cause, exitCode: 1 });
    expect(JSON.stringify(diagnoses[0])).toContain(words);
  });
});

test('an eviction that is over is past, where the node has room again and others serve', async () => {
  const old = gone({
    reason: 'TerminationByKubelet',
    message: LOW_ON_MEMORY,
    phase: 'Failed',
    secondsAgo: 4000,
  });
  const { diagnoses, exitCode } = await diagnosed(old);
  expect(diagnoses).toMatchObject([{ cause: 'memory/node-pressure', severity: 'warning' }]);
  expect(exitCode).toBe(0);
  const pressed = await diagnosed((evidence) => {
    old(evidence);
    const [memory] = evidence.nodes[0]?.status?.conditions ?? [];
    if (memory) memory.status = 'True';
  });
  expect(pressed).toMatchObject({ causes: ['memory/node-pressure'], exitCode: 1 });
});

test.each<[string, Gone]>([
  [
    'an eviction for disk, an hour ago',
    { reason: 'TerminationByKubelet', message: LOW_ON_DISK, secondsAgo: 4000 },
  ],
  [
    'asked for by a drain',
    {
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
      phase: 'Running',
      change: ({ metadata }) => (metadata.deletionTimestamp = ago(3)),
    },
  ],
  [
    'for a taint of its node',
    {
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      phase: 'Running',
      change: ({ metadata }) => (metadata.deletionTimestamp = ago(3)),
    },
  ],
  [
    'a condition that is no longer true',
    {
      reason: 'TerminationByKubelet',
      message: LOW_ON_MEMORY,
      change: ({ status }) => status?.conditions?.forEach((each) => (each.status = 'False')),
    },
  ],
])('no cause: %s', async (_, state) => {
  expect(await diagnosed(gone(state))).toMatchObject({ causes: [], exitCode: 0 });
});
