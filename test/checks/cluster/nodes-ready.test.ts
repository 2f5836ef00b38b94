import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/cluster/nodes-ready.js';
import type { Condition, Node } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const node = (name: string, ...conditions: Condition[]): Node => ({
  metadata: { name },
  status: { conditions },
});
const READY: Condition = { type: 'Ready', status: 'True' };
const LOST: Condition = {
  type: 'Ready',
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
};

describe('cluster/nodes-ready', () => {
  test('passes when every node is Ready', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: '1 node Ready' });
  });

  test('fails on a cluster without nodes', () => {
    const judged = judge(check, ({ nodes }) => (nodes.length = 0));
    expect(judged).toMatchObject({ status: 'fail', ids: ['none'] });
  });

  test('fails on a lost node that carries backend pods, in the condition’s own words', () => {
    const judged = judge(check, ({ nodes }) =>
      nodes.splice(0, 1, node('minikube', LOST), node('other', READY)),
    );
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-ready'] });
    expect(judged.messages).toEqual([
      'node minikube is not Ready (Unknown: NodeStatusUnknown: Kubelet stopped posting node status.); it carries 2 backend pods',
    ]);
  });

  test('only warns of a lost node that carries none, while another is Ready', () => {
    const judged = judge(check, ({ nodes }) => nodes.push(node('spare', LOST)));
    expect(judged).toMatchObject({ status: 'warn', ids: ['not-ready'] });
    expect(judged.messages[0]).toMatch(/it carries no backend pod$/);
  });

  test('fails when no node is Ready, whatever it carries', () => {
    const judged = judge(check, (evidence) => {
      evidence.pods = [];
      evidence.nodes.splice(0, 1, node('minikube', { type: 'Ready', status: 'False' }));
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-ready'] });
  });

  test('warns of pressure and of a cordoned node', () => {
    const judged = judge(check, ({ nodes }) => {
      const pressure = {
        type: 'MemoryPressure',
        status: 'True',
        message: 'kubelet has insufficient memory available',
      };
      const nodeUnderPressure = node('minikube', pressure, READY);
      nodes.splice(0, 1, { ...nodeUnderPressure, spec: { unschedulable: true } });
    });
    expect(judged).toMatchObject({ status: 'warn', ids: ['pressure', 'cordoned'] });
    expect(judged.messages[0]).toContain('MemoryPressure: kubelet has insufficient memory available');
  });

  test('a node without status is not Ready; it does not crash', () => {
    const judged = judge(check, ({ nodes }) => nodes.splice(0, 1, { metadata: { name: 'new' } } as never));
    expect(judged).toMatchObject({ status: 'fail', findings: [{ data: { found: 'no Ready condition' } }] });
  });

  test('a pod that is ending is not counted', () => {
    const judged = judge(check, ({ nodes, pods }) => {
      nodes.splice(0, 1, node('minikube', LOST), node('other', READY));
      for (const pod of pods) pod.metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged.status).toBe('warn');
  });
});
