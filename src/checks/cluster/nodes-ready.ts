import { podsOn } from '../../computed/pods-on.js';
import { fix, look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import type { Node } from '../../evidence/objects.js';
import { defineCheck, unknown, type Finding } from '../check.js';
import { isActive } from '../../kube/pod-state.js';
import { mayStay } from '../../kube/taints.js';
import { count, few } from '../../count.js';
import { failOrWarn } from '../shared.js';

type Message = 'none' | 'not-ready' | 'pressure' | 'cordoned' | 'evicting';

/** Conditions whose True is a fault (core/v1 NodeConditionType). */
const FAULTS = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

export default defineCheck({
  meta: {
    id: 'cluster/nodes-ready',
    title: 'Nodes that carry the backend are Ready',
    failureTitle: 'A node is not fit to run the backend',
    why: 'pods on a node that is not Ready get no traffic and are evicted after five minutes',
    remedy: (context) => [
      look(kubectl(context, 'describe nodes', null), 'Conditions say why'),
      ...(context.target.context === 'minikube' ? [fix('minikube start')] : []),
    ],
    severity: 'error',
    reads: ['nodes', 'pods'],
    needs: ['cluster/reachable'],
    messages: {
      none: 'the cluster has no node',
      'not-ready': 'node {node} is not Ready ({found}); it carries {carries}',
      pressure: 'node {node} reports {condition}{detail}; it carries {carries}',
      evicting: 'node {node} evicts pods (taint {taint}, effect NoExecute): it carries {carries}',
      cordoned: 'node {node} is cordoned: no new pod is scheduled to it; it carries {carries}',
    },
    contractSection: 'Troubleshooting: Pod Not Starting; Service Not Accessible',
  },
  evaluate({ nodes, pods }) {
    const ready = nodes.filter((node) => condition(node, 'Ready')?.status === 'True');
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    if (nodes.length === 0) {
      failures.push({
        messageId: 'none',
        data: { expected: 'at least one Ready node', found: 'no node', field: 'items' },
      });
    }
    for (const node of nodes) {
      const object = { kind: 'Node', name: node.metadata.name };
      const carried = podsOn(pods, node.metadata.name).filter(isActive).length;
      const about = {
        node: node.metadata.name,
        carries: carried === 0 ? 'no backend pod' : count(carried, 'backend pod'),
      };
      const state = condition(node, 'Ready');
      if (state?.status !== 'True') {
        const found = [state?.status ?? 'no Ready condition', state?.reason, state?.message]
          .filter(Boolean)
          .join(': ');
        const data = { ...about, expected: 'True', found, field: "status.conditions[type='Ready'].status" };
        // A lost node elsewhere in a big cluster is no fault of this deployment, as long as another can take over.
        const fatal = carried > 0 || ready.length === 0;
        (fatal ? failures : warnings).push({ messageId: 'not-ready', data, object });
      }
      for (const type of FAULTS) {
        const fault = condition(node, type);
        if (fault?.status !== 'True') continue;
        const detail = fault.message ? `: ${fault.message}` : '';
        const field = `status.conditions[type='${type}'].status`;
        const data = { ...about, condition: type, detail, expected: 'False', found: 'True', field };
        warnings.push({ messageId: 'pressure', data, object });
      }
      for (const { key, value, effect } of node.spec?.taints ?? []) {
        const evicted = pods.filter(
          (pod) =>
            isActive(pod) &&
            pod.spec.nodeName === node.metadata.name &&
            !mayStay(pod, { key, value, effect }),
        );
        if (effect !== 'NoExecute' || OF_CONDITIONS.test(key) || evicted.length === 0) continue;
        const taint = value === undefined || value === '' ? key : `${key}=${value}`;
        const carries = count(evicted.length, 'backend pod');
        const data = {
          ...about,
          carries,
          taint,
          expected: 'no such taint',
          found: taint,
          field: 'spec.taints',
        };
        failures.push({ messageId: 'evicting', data, object });
      }
      if (node.spec?.unschedulable) {
        const data = { ...about, expected: 'false', found: 'true', field: 'spec.unschedulable' };
        warnings.push({ messageId: 'cordoned', data, object });
      }
    }
    const known = new Set(nodes.map(({ metadata }) => metadata.name));
    const elsewhere = pods.filter(
      (pod) => isActive(pod) && pod.spec.nodeName !== undefined && !known.has(pod.spec.nodeName),
    );
    if (failures.length === 0 && elsewhere.length > 0) {
      const where = elsewhere.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName ?? ''}`);
      return unknown(`nodes that carry the backend are not among the cluster’s nodes: ${few(where)}`);
    }
    return failOrWarn(failures, warnings, `${count(ready.length, 'node')} Ready`);
  },
});

/** The control plane’s own taints, which follow from conditions that are told as such; others with its prefix are set by hand. */
const OF_CONDITIONS =
  /^node\.kubernetes\.io\/(?:not-ready|unreachable|(?:memory|disk|pid)-pressure|network-unavailable|unschedulable)$/;

function condition(node: Node, type: string) {
  return node.status?.conditions?.find((candidate) => candidate.type === type);
}
