import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { patchFields } from '../../fixes/commands.js';
import { change, inTemplate, show } from '../../fixes/described.js';
import type { NodeSelectorRequirement } from '../../evidence/pod-parts.js';
import type { CheckContext } from '../../rule/context.js';
import type { Fix } from '../../rule/diagnosis.js';
import { kubectl } from '../../rule/command.js';
import { NODES_SHOWN, noNodeCause, type NoNode } from './_unscheduled.js';

export default noNodeCause({
  id: 'scheduling/node-selector',
  title: 'No node has the labels that the pod asks for',
  why: 'a node selector or affinity that no node matches leaves the pod pending forever',
  seen: 'PodScheduled is False: didn’t match Pod’s node affinity/selector',
  remedy: 'correct the selector, or label a node',
  what(none) {
    const labels = labelsOf(none);
    if (labels.length > 0)
      return `no node has the label that the pod asks for: ${labels.map(([key, value]) => `${key}=${value}`).join(', ')}`;
    const terms = termsOf(none);
    return `no node matches its affinity${terms.length === 0 ? '' : `: ${terms.map(inWords).join(', ')}`}`;
  },
  shows(none, { context }) {
    const { pod, nodes } = none;
    const labels = labelsOf(none);
    const terms = termsOf(none);
    const wanted = [
      ...new Set([...Object.keys(pod.spec.nodeSelector ?? {}), ...terms.map(({ key }) => key)]),
    ];
    const object = podRef(context.target, pod.metadata.name);
    return [
      ...(labels.length === 0
        ? []
        : [field(object, 'spec.nodeSelector', labels.map(([key, value]) => `${key}=${value}`).join(', '))]),
      ...(terms.length === 0
        ? []
        : [field(object, 'spec.affinity.nodeAffinity', terms.map(inWords).join(', '))]),
      ...nodes
        .slice(0, NODES_SHOWN)
        .map(({ node: name, labels: given }) =>
          field(
            { kind: 'Node', name },
            'metadata.labels',
            wanted.map((key) => `${key}=${given[key] ?? '(absent)'}`).join(', ') ||
              'no label that it asks for',
          ),
        ),
    ];
  },
  fix(none, { context }) {
    return [
      ...labelNode(none, context),
      ...inPodTemplate(none, context),
      show(
        context,
        'See what it asks for.',
        `get pod ${none.pod.metadata.name} -o jsonpath='{.spec.nodeSelector}{.spec.affinity}'`,
      ),
    ];
  },
});

type Label = [key: string, value: string];

/** Each label that no node has; where each of them is somewhere, all that it asks for. */
function labelsOf({ pod, nodes }: NoNode): Label[] {
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  const missing = wanted.filter(([key, value]) => nodes.every(({ labels }) => labels[key] !== value));
  return missing.length > 0 ? missing : wanted;
}

/** What the pod's affinity demands of its node, the alternatives one after the other. */
function termsOf({ pod }: NoNode): NodeSelectorRequirement[] {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (required?.nodeSelectorTerms ?? []).flatMap(({ matchExpressions = [] }) => matchExpressions);
}

function inWords({ key, operator, values = [] }: NodeSelectorRequirement): string {
  return [key, operator, values.join(' or ')].filter(Boolean).join(' ');
}

/** Only a label of the user's own, which no node has in another value: the others say what a node is, and are not true of it. */
function labelNode(none: NoNode, context: CheckContext): Fix[] {
  const [node] = none.nodes;
  const labels = labelsOf(none);
  const isOwn = ([key]: Label) =>
    !/(?:^|\.)(?:kubernetes|k8s)\.io\//.test(key) &&
    none.nodes.every(({ labels: given }) => given[key] === undefined);
  if (node === undefined || labels.length === 0 || !labels.every(isOwn)) return [];
  return [
    change(
      'Give a node the label, or take the selector out of the pod template.',
      kubectl(context, `label node ${node.node} ${labels.map((each) => each.join('=')).join(' ')}`, null),
    ),
  ];
}

/** The value that a node has, where only capitals differ; else nothing is asked for. */
function inPodTemplate(none: NoNode, context: CheckContext): Fix[] {
  const labels = labelsOf(none);
  const nearest = ([key, value]: Label) =>
    none.nodes
      .map(({ labels: given }) => given[key])
      .find((each) => each?.toLowerCase() === value.toLowerCase()) ?? null;
  const selector = labels.map((label): [string, string | null] => [label[0], nearest(label)]);
  const affinity = labels.length === 0 && termsOf(none).length > 0;
  if (selector.length === 0 && !affinity) return [];
  const corrected = selector.filter(([, value]) => value !== null);
  const isCorrected = selector.length > 0 && corrected.length === selector.length;
  return [
    inTemplate(
      context,
      isCorrected
        ? `Ask for what a node has: ${corrected.map((each) => each.join('=')).join(', ')}.`
        : `Take the ${affinity ? 'affinity' : 'selector'} out of the pod template.`,
      patchFields('deployment', context.target.names.deployment, {
        spec: {
          template: {
            spec: affinity
              ? { affinity: { nodeAffinity: null } }
              : { nodeSelector: Object.fromEntries(selector) },
          },
        },
      }),
    ),
  ];
}
