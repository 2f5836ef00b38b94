/** A rollout without a surge, or on nodes that are full: the next pod waits for the place of one that goes. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, podEvent, podOf, unscheduled } from '../support/pod-states.js';

const NOISE = ' preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.';

interface Circumstances {
  /** Seconds since the old pod was told to end; undefined: none was. */
  leaving?: number;
  /** Seconds since its container was ended, where it is gone already. */
  gone?: number;
  /** What the new pod asks for. */
  cpu?: string;
  /** That the cluster has. */
  nodes?: number;
}

/** The second pod is of the next revision and on no node; the first one is its older sibling. */
function replaced(words: string, { leaving, gone, cpu = '500m', nodes = 2 }: Circumstances) {
  return (evidence: HealthyEvidence): void => {
    unscheduled(evidence, 1, `0/${nodes} nodes are available: ${words}.${NOISE}`);
    const next = podOf(evidence, 1);
    next.metadata.creationTimestamp = ago(20);
    const [container] = next.spec.containers;
    if (!container) throw new Error('no container');
    container.resources = { ...container.resources, requests: { cpu, memory: '512Mi' } };
    if (leaving !== undefined) {
      const old = structuredClone(podOf(evidence, 0));
      old.metadata = { ...old.metadata, name: 'todo-chatbot-backend-5c8f7d9b6b-o1d1d', uid: 'old' };
      // The API server writes the time at which it is to be gone at the latest.
      old.metadata.deletionTimestamp = ago(leaving - 30);
      evidence.pods.push(old);
    }
    if (gone !== undefined) {
      const event = podEvent(evidence, 0, 'Killing', 'Stopping container backend', { secondsAgo: gone });
      event.type = 'Normal';
      event.involvedObject = {
        kind: 'Pod',
        namespace: 'default',
        name: 'todo-chatbot-backend-5c8f7d9b6b-o1d1d',
      };
    }
    const progress = evidence.deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
    Object.assign(progress ?? {}, { reason: 'ReplicaSetUpdated', lastUpdateTime: ago(20) });
    evidence.deployment.spec.strategy = {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
    };
  };
}

const ROOM: [words: string, cause: string][] = [
  ['1 Insufficient cpu', 'scheduling/insufficient-cpu'],
  ['1 Insufficient memory', 'scheduling/insufficient-memory'],
  ['1 Insufficient cpu, 1 Insufficient memory', 'scheduling/insufficient-cpu'],
  ['1 Too many pods', 'scheduling/too-many-pods'],
  ["1 node(s) didn't match pod anti-affinity rules", 'scheduling/pod-affinity'],
  ["1 node(s) didn't have free ports for the requested pod ports", 'scheduling/other'],
];

describe.each(ROOM)('%s', (words, cause) => {
  test.each<[what: string, circumstances: Circumstances]>([
    ['a pod ends since 5 s', { leaving: 5 }],
    ['a pod is about to be killed', { leaving: 29 }],
    ['a pod has ended, and the scheduler has not tried again', { gone: 8 }],
  ])('is a rollout under way while %s', async (_what, circumstances) => {
    const { causes, exitCode } = await diagnosed(replaced(words, circumstances), { topic: 'pods' });
    expect(causes.filter((each) => each.startsWith('scheduling/'))).toEqual([]);
    expect(causes).toContain('rollout/under-way');
    // The strategy is none of the contract's.
    expect(exitCode).not.toBe(0);
  });

  test.each<[what: string, circumstances: Circumstances]>([
    ['no pod goes', {}],
    ['the pod that goes should have been gone for a minute', { leaving: 95 }],
    ['a pod has ended a minute ago', { gone: 60 }],
  ])('is told where %s', async (_what, circumstances) => {
    const { causes } = await diagnosed(replaced(words, circumstances), { topic: 'pods' });
    expect(causes).toContain(cause);
  });
});

test.each<[Circumstances]>([[{ leaving: 5 }], [{ gone: 5 }]])(
  'it asks for more than what goes gives back: %j',
  async (circumstances) => {
    const change = replaced('1 Insufficient cpu', { ...circumstances, cpu: '4' });
    const { causes } = await diagnosed(change, { topic: 'pods' });
    expect(causes).toContain('scheduling/insufficient-cpu');
  },
);

test.each(["didn't match pod anti-affinity rules", "didn't have free ports for the requested pod ports"])(
  'a pod that stays has the place on the only node, whatever has gone: %s',
  async (words) => {
    const change = replaced(`1 node(s) ${words}`, { gone: 5, nodes: 1 });
    const { causes } = await diagnosed(change, { topic: 'pods' });
    expect(causes.filter((each) => each.startsWith('scheduling/'))).toHaveLength(1);
  },
);

test('another reason beside it is no matter of place', async () => {
  const change = replaced("1 node(s) didn't match Pod's node affinity/selector", { leaving: 5 });
  expect((await diagnosed(change, { topic: 'pods' })).causes).toContain('scheduling/node-selector');
});
