/** Pods that the scheduler removed for others of a higher priority, and what is said of the ones that replace them. */
import { expect, test } from '@jest/globals';
import type { PriorityRoom } from '../../src/evidence/deep-facts.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, podEvent, podOf } from '../support/pod-states.js';
import { onNoNode, preempted } from './pod-changes.js';

const BY = 'd1acac1c-a8c0-495f-a944-21f21107c786';
const NO_CPU = '0/1 nodes are available: 1 Insufficient cpu.';

function withPriorities(evidence: HealthyEvidence, ...more: Partial<PriorityRoom>[]): void {
  const [node] = evidence.nodeRoom.nodes;
  if (!node) throw new Error('no node');
  node.priorities = more.map((each) => ({
    priority: 0,
    requested: { cpuMillis: 600, memoryBytes: 256 * 1024 ** 2, pods: 1 },
    newest: { namespace: 'other', name: 'big-1', uid: 'another' },
    ...each,
  }));
}

test('the pod that took the place is named by its UID, with its class, priority and requests', async () => {
  const { diagnoses, causes } = await diagnosed((evidence) => {
    preempted(`Preempted by pod ${BY} on node minikube`)(evidence);
    const big = { namespace: 'other', name: 'big', uid: BY };
    withPriorities(
      evidence,
      { priority: 2_000_000_000, className: 'system-node-critical' },
      { priority: 1000, className: 'high', newest: big },
    );
  });
  expect(causes).toEqual(['scheduling/preempted']);
  expect(diagnoses[0]?.summary).toContain('for pod other/big, whose priority is higher (high, 1000)');
  expect(diagnoses[0]?.evidence.map(({ value }) => value)).toEqual([
    `Preempted by pod ${BY} on node minikube`,
    '0',
    'priority high, 1000: 1 pod requesting 600m of CPU and 256Mi of memory',
  ]);
  expect(diagnoses[0]?.fix.map(({ description }) => description)).toEqual([
    'Make room for 500m of CPU and 512Mi of memory: remove or shrink what took it, or add a node.',
    'To keep the place in future, set priorityClassName in the pod template to a class whose value is at least 1000.',
  ]);
});

test('of a pod that is not named, those that have a higher priority than this one', async () => {
  const { diagnoses } = await diagnosed((evidence) => {
    preempted('Preempted by a pod on node minikube')(evidence);
    Object.assign(podOf(evidence).spec, { priority: -10, priorityClassName: 'low' });
    withPriorities(
      evidence,
      { priority: 2_000_000_000, className: 'system-cluster-critical' },
      { priority: 0 },
      { priority: -10 },
      { priority: -20 },
    );
  });
  expect(diagnoses[0]?.summary).toContain('for a pod of a higher priority (0), and');
  expect(diagnoses[0]?.evidence).toContainEqual(
    expect.objectContaining({ field: 'spec.priority', value: 'low, -10' }),
  );
});

test('its request goes back to the contract’s where it is above it: that heals', async () => {
  const { diagnoses } = await diagnosed((evidence) => {
    preempted(`Preempted by pod ${BY} on node minikube`)(evidence);
    const [container] = podOf(evidence).spec.containers;
    Object.assign(container?.resources?.requests ?? {}, { cpu: '900m' });
  });
  expect(diagnoses[0]?.fix[0]?.command).toContain('requests.cpu=500m');
});

test('as long as the removed pod goes, its own condition says it', async () => {
  const { causes, diagnoses } = await diagnosed((evidence) => {
    onNoNode(NO_CPU)(evidence);
    const pod = podOf(evidence);
    pod.metadata.creationTimestamp = ago(5);
    const leaving = structuredClone(podOf(evidence, 1));
    Object.assign(leaving.metadata, { name: 'todo-6d5f9c7b4d-gone', deletionTimestamp: ago(-20) });
    leaving.status.conditions = [
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        lastTransitionTime: ago(6),
      },
    ];
    evidence.pods.push(leaving);
  });
  expect(causes[0]).toBe('scheduling/preempted');
  expect(diagnoses[0]?.summary).toContain('removed todo-6d5f9c7b4d-gone from node minikube');
});

test.each<[string, (evidence: HealthyEvidence) => void]>([
  [
    'long before the pod was made',
    (evidence) => {
      preempted(`Preempted by pod ${BY} on node minikube`)(evidence);
      podOf(evidence).metadata.creationTimestamp = ago(20);
    },
  ],
  [
    'in other words',
    (evidence) => {
      onNoNode(NO_CPU)(evidence);
      podOf(evidence).metadata.creationTimestamp = ago(300);
      podEvent(evidence, 1, 'Preempted', 'The weather took its place', { secondsAgo: 300 });
    },
  ],
  [
    'of a pod that the API evicted',
    (evidence) => {
      onNoNode(NO_CPU)(evidence);
      const leaving = structuredClone(podOf(evidence, 1));
      Object.assign(leaving.metadata, { name: 'gone', deletionTimestamp: ago(600) });
      leaving.status.conditions = [
        { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' },
      ];
      evidence.pods.push(leaving);
    },
  ],
])('a removal %s is not behind it', async (_, change) => {
  const { causes } = await diagnosed(change);
  expect(causes).not.toContain('scheduling/preempted');
  expect(causes).toContain('scheduling/insufficient-cpu');
});

test('nothing is said where the pod that replaces it has found a place', async () => {
  const { causes } = await diagnosed((evidence) => {
    podEvent(evidence, 1, 'Preempted', `Preempted by pod ${BY} on node minikube`, { secondsAgo: 100 });
  });
  expect(causes).toEqual([]);
});
