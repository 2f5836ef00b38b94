/** Each row recognises its own example, and no row before it does. */
import { expect, test } from '@jest/globals';
import { endedPods } from '../../src/computed/ended-pods.js';
import type { KubernetesEvent, Pod } from '../../src/evidence/objects.js';
import { POD_ENDS } from '../../src/vocabulary/pod-end.js';

const now = Date.parse('2026-02-09T14:05:00Z');

function failed(reason: string, message: string, minutesAgo = 1, name = 'p'): Pod {
  const creationTimestamp = new Date(now - minutesAgo * 60_000).toISOString();
  return {
    metadata: { name, creationTimestamp },
    spec: { containers: [] },
    status: { phase: 'Failed', reason, message },
  };
}

test.each(POD_ENDS)('$example', (row) => {
  expect(POD_ENDS.find(({ says }) => says.test(row.example))).toBe(row);
});

test.each([
  ['Evicted', 'Container backend exceeded its local ephemeral storage limit "64Mi". ', 'ephemeral-full'],
  [
    'Evicted',
    'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 2Mi.',
    'ephemeral-full',
  ],
  ['Evicted', 'The node had condition: [DiskPressure]. ', 'evicted'],
  ['Evicted', '', 'evicted'],
  ['OutOfcpu', 'Pod was rejected: Node didn’t have enough resource: cpu', 'rejected'],
  ['NodePorts', 'Pod was rejected: Predicate NodePorts failed: node(s) didn’t have free ports', 'rejected'],
  ['UnexpectedAdmissionError', 'Allocate failed due to no devices, which is unexpected', 'rejected'],
  ['SomethingNewInKubernetes', 'words', 'rejected'],
])('%s: %s', (reason, message, means) => {
  expect(endedPods([failed(reason, message)], [], { now })).toMatchObject([{ means, reason, message }]);
});

test('a storm is one statement, with the newest pod first; what ended long ago is history', () => {
  const pods = [
    failed('Evicted', 'a', 5, 'old'),
    failed('Evicted', 'b', 1, 'new'),
    failed('Evicted', 'c', 60, 'ancient'),
  ];
  const [group, ...others] = endedPods(pods, [], { now });
  expect(others).toEqual([]);
  expect(group?.pods.map(({ metadata }) => metadata.name)).toEqual(['new', 'old']);
  expect(group?.message).toBe('b');
});

test('a pod whose containers ended by themselves is told by what they say', () => {
  const pod = failed('', '');
  delete pod.status?.reason;
  expect(endedPods([pod], [], { now })).toEqual([]);
});

/** As the kubelet leaves a pod that it evicted, and whose process ended well when it was asked to. */
function endedWell(uid: string, minutesAgo = 1): Pod {
  const pod = failed('', '', minutesAgo, uid);
  return { ...pod, metadata: { ...pod.metadata, uid }, status: { phase: 'Succeeded' } };
}

const evicted = (uid: string, message = 'Pod ephemeral local storage usage exceeds …'): KubernetesEvent => ({
  metadata: { name: `${uid}.1` },
  involvedObject: { kind: 'Pod', name: uid, uid },
  type: 'Warning',
  reason: 'Evicted',
  message,
});

test.each([
  ['ephemeral-full', 'Pod ephemeral local storage usage exceeds the total limit of containers 4Mi. '],
  ['ephemeral-full', 'Usage of EmptyDir volume "cache" exceeds the limit "10Mi". '],
  ['evicted', 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. '],
  ['evicted', ''],
])('an evicted pod that ended well is told by its event: %s, %s', (means, message) => {
  const pods = [endedWell('a')];
  expect(endedPods(pods, [evicted('a', message)], { now })).toMatchObject([
    { means, reason: 'Evicted', message, pods },
  ]);
});

test.each([
  ['no event', [endedWell('a')], []],
  ['another pod’s event', [endedWell('a')], [evicted('b')]],
  ['another event', [endedWell('a')], [{ ...evicted('a'), reason: 'Killing' }]],
  ['a pod that goes on', [{ ...endedWell('a'), status: { phase: 'Running' } }], [evicted('a')]],
  ['long ago', [endedWell('a', 60)], [evicted('a')]],
])('%s: nothing', (_, pods, events) => {
  expect(endedPods(pods, events, { now })).toEqual([]);
});

test('what the status says counts more than the event, and both are one storm', () => {
  const pods = [endedWell('a', 3), failed('Evicted', 'The node was low on resource: memory.', 2, 'b')];
  const events = [evicted('a', 'The node was low on resource: pids.'), evicted('b', 'words of another time')];
  expect(endedPods(pods, events, { now })).toMatchObject([
    { means: 'evicted', message: 'The node was low on resource: memory.', pods: [pods[1], pods[0]] },
  ]);
});
