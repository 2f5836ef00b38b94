import { seconds } from '../clock.js';
import { minikubeNode } from '../cluster-objects.js';
import { podAt } from '../mishaps.js';
import { defineScenario } from '../scenario.js';

const NODE = 'minikube-m02';
const ADDRESS = '192.168.49.3';

export default defineScenario({
  title: 'A node is lost, and one of the two pods with it',
  story:
    'The kubelet of minikube-m02 stopped reporting two minutes ago. The pod on it no longer counts as ready; in three ' +
    'minutes it will be replaced.',
  expect: {
    fail: ['cluster/nodes-ready', 'deployment/rollout-complete', 'pods/ready'],
    unknown: ['functional/database-logs', 'network/service-dns', 'network/database-egress'],
  },
  world(world) {
    const since = seconds(world.now - 120_000);
    const node = minikubeNode(world.now, ADDRESS, NODE);
    for (const condition of node.status?.conditions ?? []) {
      Object.assign(condition, {
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: since,
      });
    }
    node.spec = { ...node.spec, taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] };
    world.nodes.push(node);
    world.lostNodes.add(NODE);
    const { object } = podAt(world, 1);
    object.spec.nodeName = NODE;
    // The node controller marks the pod; the container's own status is what the kubelet said last.
    const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready) Object.assign(ready, { status: 'False', lastTransitionTime: since });
    Object.assign(object.status ?? {}, { hostIP: ADDRESS, hostIPs: [{ ip: ADDRESS }] });
  },
});
