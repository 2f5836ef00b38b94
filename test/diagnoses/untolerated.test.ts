/** What is said of taints, which the scheduler names up to Kubernetes 1.33 and keeps for itself since. */
import { expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { onNoNode } from './pod-changes.js';

const SINCE = '0/1 nodes are available: 1 node(s) had untolerated taint(s).';
const UNTIL = '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.';
const TAINT = 'the nodes have a taint that the pod does not tolerate';

interface Node {
  taints?: { key: string; value?: string; effect: string }[];
  tolerations?: HealthyEvidence['pods'][number]['spec']['tolerations'];
}

async function told(message: string, { taints = [], tolerations }: Node) {
  const { diagnoses } = await diagnosed((evidence) => {
    onNoNode(message)(evidence);
    for (const { spec } of evidence.pods) spec.tolerations = tolerations;
    const [node] = evidence.nodeRoom.nodes;
    if (node) node.taints = taints;
  });
  const found = diagnoses.find(({ cause }) => cause === 'scheduling/untolerated-taint');
  const fields = found?.evidence.map(({ value }) => value);
  return { says: found?.summary.replace(/^Pods? \S+: /, ''), fields, fix: found?.fix[0]?.command };
}

const GPU = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
const DISK = { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' };

test.each<[string, string, Node, string]>([
  ['named by the scheduler', UNTIL, {}, `${TAINT}: dedicated: gpu.`],
  ['without a value', UNTIL.replace(': gpu', ': '), {}, `${TAINT}: dedicated.`],
  ['named by nobody', SINCE, {}, `${TAINT}; the scheduler does not name it.`],
  [
    'named by nobody, in empty braces',
    UNTIL.replace('dedicated: gpu', ''),
    {},
    `${TAINT}; the scheduler does not name it.`,
  ],
  ['read from the node', SINCE, { taints: [GPU] }, `${TAINT}: dedicated.`],
  [
    'one that the pod tolerates beside it',
    SINCE,
    { taints: [GPU, DISK], tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
    `${TAINT}: ${DISK.key}.`,
  ],
  [
    'tolerated for another value',
    SINCE,
    { taints: [GPU], tolerations: [{ key: 'dedicated', value: 'cpu' }] },
    `${TAINT}: dedicated.`,
  ],
  [
    'one that only makes other nodes preferred',
    SINCE,
    { taints: [{ ...GPU, effect: 'PreferNoSchedule' }] },
    `${TAINT}; the scheduler does not name it.`,
  ],
])('%s', async (_, message, node, says) => {
  expect((await told(message, node)).says).toBe(says);
});

test('a tolerated taint is neither shown nor to be removed', async () => {
  const { fields, fix } = await told(SINCE, {
    taints: [GPU, { key: 'spot', effect: 'NoExecute' }],
    tolerations: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }],
  });
  expect(fields).toContain('spot:NoExecute');
  expect(fields?.join()).not.toContain('dedicated');
  expect(fix).toContain('taint node minikube spot:NoExecute-');
});
