import { podRef, serviceRef } from '../../rule/object-ref.js';
import { text, type Part } from '../../rule/fix.js';
import { defineCheck, failUnlessEmpty, unknown, type CheckContext, type Finding } from '../check.js';
import { isActive } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { absent, failWith } from '../shared.js';
import { changeObject, type PatchStep, patchSteps, pointer } from '../../fixes/commands.js';
import { few } from '../../count.js';

type Message = 'empty' | 'label-missing' | 'label-differs' | 'pod-not-selected' | 'other-pods';
type Labels = Readonly<Record<string, string>>;

export default defineCheck({
  meta: {
    id: 'service/selector-matches',
    title: 'Service selects the backend’s pods and nothing else',
    failureTitle: 'Service does not select exactly the backend’s pods',
    why: 'a pod that is not selected gets no traffic, and a foreign pod that is selected gets the backend’s',
    remedy: selectorFixes,
    severity: 'error',
    reads: ['service', 'deployment', 'pods', 'replicaSets', 'namespacePods'],
    needs: ['service/exists', 'deployment/exists'],
    messages: {
      empty: 'the Service has no selector, so it selects no pods',
      'label-missing': 'the selector asks for {key}={found}, a label that the pods do not have',
      'label-differs': 'the selector asks for {key}={found}, the pods have {key}={expected}',
      'pod-not-selected': 'pod {pod} is not selected: it has {found}',
      'other-pods': 'the selector also matches {number} of something else: {found}',
    },
    contractSection: 'Kubernetes Resources: Service; Access Patterns',
  },
  evaluate({ service, deployment, pods, replicaSets, namespacePods }, { target }) {
    const object = serviceRef(target);
    if (!service) return absent(object);
    const template = deployment?.spec.template.metadata?.labels;
    if (!template) return unknown('the Deployment’s pod labels are not known');
    const selector = service.spec.selector ?? {};
    const findings: Finding<Message>[] = [];
    if (Object.keys(selector).length === 0) {
      const expected = pairs(deployment.spec.selector.matchLabels ?? template);
      return failWith('empty', { expected, found: 'none', field: 'spec.selector' }, object);
    }

    const missed = mismatches(selector, template);
    for (const [key, found] of missed) {
      const expected = labelOf(template, key);
      const messageId = expected === undefined ? 'label-missing' : 'label-differs';
      const data = { key, expected: expected ?? 'absent', found, field: `spec.selector['${key}']` };
      findings.push({ messageId, data, object });
    }

    // Pods of an older revision may be labelled otherwise than the template says.
    const live = pods.filter(isActive);
    const unselected =
      missed.length > 0
        ? []
        : live.filter(({ metadata }) => mismatches(selector, metadata.labels).length > 0);
    for (const { metadata } of unselected) {
      const keys = mismatches(selector, metadata.labels);
      const data = {
        pod: metadata.name,
        expected: keys.map(([key, value]) => `${key}=${value}`).join(', '),
        found: keys.map(([key]) => `${key}=${labelOf(metadata.labels, key) ?? '(absent)'}`).join(', '),
        field: 'metadata.labels',
      };
      findings.push({ messageId: 'pod-not-selected', data, object: podRef(target, metadata.name) });
    }

    // Both lists are read at their own moment: a pod that has come since belongs to a ReplicaSet that is known.
    const own = new Set([...pods, ...replicaSets].map(({ metadata }) => metadata.name));
    const others = namespacePods.filter(
      ({ name, ownerName = '', labels }) =>
        !own.has(name) && !own.has(ownerName) && mismatches(selector, labels).length === 0,
    );
    if (others.length > 0) {
      const lacking =
        missed.length > 0 ? [] : whatTellsApart(selector, deployment.spec.selector.matchLabels, others);
      const data = {
        number: count(others.length, 'pod'),
        expected: 'pods of the Deployment only',
        found: few(others.map(({ name }) => name)),
        field: 'spec.selector',
        ...(lacking.length > 0 && { lacks: pairs(Object.fromEntries(lacking)) }),
      };
      findings.push({ messageId: 'other-pods', data, object });
    }
    const selected =
      live.length === 0 ? 'the pods of the template' : `${live.length} of ${count(live.length, 'pod')}`;
    return failUnlessEmpty(findings, `selects ${selected} and no other`);
  },
});

/** The selector's pairs that the labels do not have. */
function mismatches(selector: Labels, labels: Labels = {}): [key: string, value: string][] {
  return Object.entries(selector).filter(([key, value]) => labelOf(labels, key) !== value);
}

/** Pairs that the selector does not have, and which leave the other pods out; none where the Deployment’s own would match them. */
function whatTellsApart(
  selector: Labels,
  wanted: Labels = {},
  others: readonly { labels?: Labels }[],
): [key: string, value: string][] {
  const isTold = others.every(({ labels }) => mismatches(wanted, labels).length > 0);
  return isTold ? mismatches(wanted, selector) : [];
}

/** A selector may name any key, `constructor` too, which every object has. */
function labelOf(labels: Labels = {}, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function pairs(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/**
 * Removes or sets the labels that findings name. Neither a merge nor an upgrade of the chart takes away a label that
 * was added by hand.
 */
function selectorFixes(context: CheckContext, findings: readonly Finding[]): Part[] {
  const service = context.target.names.service;
  const steps = findings.flatMap(({ messageId, data }): PatchStep[] => {
    const path = pointer(String(data?.field ?? ''));
    if (messageId === 'label-missing') return [{ op: 'remove', path }];
    if (messageId === 'label-differs') return [{ op: 'replace', path, value: data?.expected }];
    if (messageId === 'empty') return [{ op: 'add', path, value: labelsIn(String(data?.expected)) }];
    // Of several labels that are missing, each is added: what stands there already stays.
    return Object.entries(labelsIn(String(data?.lacks ?? ''))).map(([key, value]) => ({
      op: 'add',
      path: pointer(`spec.selector['${key}']`),
      value,
    }));
  });
  if (steps.length > 0) return changeObject(context, patchSteps('service', service, steps));
  const isTaken = findings.some(({ messageId }) => messageId === 'other-pods');
  return [
    text(
      isTaken
        ? 'The other pods have the same labels: give them other ones where they are made.'
        : `Make the selector of Service ${service} equal the Deployment’s matchLabels.`,
    ),
  ];
}

/** The labels of `a=b, c=d`. */
function labelsIn(written: string): Labels {
  const found = written.split(', ').filter((pair) => pair !== '');
  return Object.fromEntries(
    found.map((pair): [string, string] => [
      pair.slice(0, pair.indexOf('=')),
      pair.slice(pair.indexOf('=') + 1),
    ]),
  );
}
