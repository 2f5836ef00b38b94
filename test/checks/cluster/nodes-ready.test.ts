import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/cluster/nodes-ready.js';
import type { Condition, Node, Toleration } from '../../../src/evidence/objects.js';
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

  test.each([['gone'], ['minikube-m02'], ['Minikube']])(
    'does not know of a pod on node %s, which is not listed',
    (name) => {
      const judged = judge(check, ({ pods }) => Object.assign(pods[0]?.spec ?? {}, { nodeName: name }));
      expect(judged.status).toBe('unknown');
      expect(judged.text).toContain(`on ${name}`);
    },
  );

  test('does not know of pods on several nodes that are not listed, and names each', () => {
    const judged = judge(check, ({ pods }) =>
      pods.forEach(({ spec }, index) => Object.assign(spec, { nodeName: `lost-${index}` })),
    );
    expect(judged.status).toBe('unknown');
    expect(judged.text).toMatch(/on lost-0, .* on lost-1/);
  });

  test('a listed node that is not Ready outweighs one that is not listed', () => {
    const judged = judge(check, ({ nodes, pods }) => {
      nodes.splice(0, 1, node('minikube', { type: 'Ready', status: 'False' }));
      Object.assign(pods[0]?.spec ?? {}, { nodeName: 'gone' });
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-ready'] });
  });

  test('a pod that is not scheduled, or about to go, is on no node that matters', () => {
    const judged = judge(check, ({ pods: [first, second] }) => {
      delete first?.spec.nodeName;
      Object.assign(second?.spec ?? {}, { nodeName: 'gone' });
      Object.assign(second?.metadata ?? {}, { deletionTimestamp: '2026-02-09T14:00:00Z' });
    });
    expect(judged.status).toBe('pass');
  });

  const evict = (taint: { key: string; value?: string; effect: string }, ...tolerations: Toleration[]) =>
    judge(check, ({ nodes: [minikube], pods }) => {
      if (minikube) minikube.spec = { taints: [taint] };
      for (const pod of pods) pod.spec.tolerations = tolerations;
    });

  test.each([
    [{ key: 'maintenance', effect: 'NoExecute' }, []],
    [{ key: 'maintenance', value: 'now', effect: 'NoExecute' }, [{ key: 'maintenance', value: 'later' }]],
    [
      { key: 'example.com/drain', effect: 'NoExecute' },
      [
        {
          key: 'example.com/drain',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
      ],
    ],
    [{ key: 'a', effect: 'NoExecute' }, [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }]],
    // Set by hand, whoever has the prefix.
    [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }, []],
    [{ key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoExecute' }, []],
  ])('fails on a node that evicts the pods: %j', (taint, tolerations) => {
    const judged = evict(taint, ...tolerations);
    expect(judged).toMatchObject({ status: 'fail', ids: ['evicting'] });
    expect(judged.messages[0]).toContain('it carries 2 backend pods');
  });

  test.each([
    [{ key: 'a', effect: 'NoSchedule' }, []],
    // The node's own condition tells it.
    [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }, []],
    [{ key: 'a', value: 'b', effect: 'NoExecute' }, [{ key: 'a', value: 'b' }]],
    [{ key: 'a', value: 'b', effect: 'NoExecute' }, [{ key: 'a', operator: 'Exists' }]],
    [{ key: 'a', effect: 'NoExecute' }, [{ operator: 'Exists' }]],
  ])('passes where pods are not evicted: %j', (taint, tolerations) => {
    expect(evict(taint, ...tolerations).status).toBe('pass');
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
