/** Hop: did the scheduler find a node for each pod? */
import { parseQuantity } from '../../kube/quantity.js';
import { podRef } from '../../checks/shared.js';
import type { NodeRoom } from '../../evidence/deep-facts.js';
import type { KubernetesEvent, Pod } from '../../evidence/objects.js';
import type { EvidenceItem, Fix } from '../diagnosis.js';
import { change, resourcesArguments, setValues, show } from '../fixes.js';
import { backendOf } from '../look.js';
import { parseSchedulerMessage, type SchedulerReason } from '../parse/scheduler.js';
import { eventItem, eventsAbout, field, observed } from '../seen.js';
import { rulesOf } from '../../causes/index.js';
import { findingsOf } from '../step.js';
import { defineHop, type CauseFinding, type Look } from '../tree.js';
import { answerAt, stagesOf, standingAt } from './stage.js';
import { kubectl, word } from '../../rule/command.js';

/** Seconds that the scheduler may take before a pod without an answer of it is worth a word. */
const GRACE_SECONDS = 10;
const MEBIBYTE = 1024 * 1024;
/** Nodes that are listed. */
const NODES_SHOWN = 3;

type SchedulingLook = Look<'events' | 'nodeRoom'>;

export const scheduledHop = defineHop({
  id: 'scheduled',
  asks: 'Did the scheduler find a node for each pod?',
  reads: ['pods'],
  consults: ['events', 'nodeRoom'],
  needs: ['deployment'],
  rulesOut: ['scheduling'],
  ask({ pods }, look) {
    const stages = stagesOf(pods, look);
    const told = findingsOf(rulesOf('scheduling/'), { pods }, look);
    const known = new Set(told.flatMap(({ pods: names = [] }) => names));
    const findings = [
      ...told,
      ...standingAt(stages, 'unscheduled').flatMap(({ pod, message }) =>
        known.has(pod.metadata.name) ? [] : whyUnscheduled(pod, message, look),
      ),
    ];
    return answerAt(stages, 'unscheduled', findings, (count) => `${count} on a node`);
  },
});

function whyUnscheduled(pod: Pod, condition: string, look: SchedulingLook): CauseFinding[] {
  const { context, options } = look;
  const events = look.maybe('events');
  const [event] = events.ok ? eventsAbout(events.value, pod.metadata, ['FailedScheduling'], options) : [];
  const message = condition === '' ? (event?.message ?? '') : condition;
  const answer = parseSchedulerMessage(message);
  const [main] = answer?.reasons ?? [];
  if (!answer || !main) {
    const age = (context.now - Date.parse(pod.metadata.creationTimestamp ?? '')) / 1000;
    return message === '' && age < GRACE_SECONDS ? [] : [unclearWhy(pod, message, event, look)];
  }
  // A node that lacks both CPU and memory is counted for each: both must be fixed.
  const alike = answer.reasons.filter(
    ({ cause, nodes }) => nodes === main.nodes && cause.startsWith('scheduling/insufficient'),
  );
  const roots = main.cause.startsWith('scheduling/insufficient') ? alike : [main];
  return roots.map((reason) => {
    const others = answer.reasons.filter((other) => !roots.includes(other));
    return finding(pod, reason, { others, total: answer.total, message, event }, look);
  });
}

interface Told {
  others: readonly SchedulerReason[];
  total: number;
  message: string;
  event: KubernetesEvent | undefined;
}

function finding(pod: Pod, reason: SchedulerReason, told: Told, look: SchedulingLook): CauseFinding {
  const { context } = look;
  const object = podRef(context.target, pod.metadata.name);
  const room = look.maybe('nodeRoom');
  const nodes = room.ok ? room.value.nodes : [];
  const { what, evidence, fix } = EXPLAIN[reason.cause]?.(pod, reason, nodes, look) ?? {
    what: reason.text,
    evidence: [],
    fix: [],
  };
  const rest =
    told.others.length > 0
      ? ` The other nodes: ${told.others.map(({ nodes: n, text }) => `${n} ${text}`).join(', ')}.`
      : '';
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return {
    cause: reason.cause,
    verdict: 'confirmed',
    object,
    pods: [pod.metadata.name],
    summary: `{pods}: ${what}.${rest}`,
    evidence: [
      condition
        ? field(
            object,
            "status.conditions[type='PodScheduled'].message",
            told.message,
            condition.lastTransitionTime,
          )
        : observed('scheduler', object, told.message),
      ...evidence,
      ...(told.event && told.event.message !== told.message ? [eventItem(told.event, context.target)] : []),
    ],
    fix,
    ruledOut: ['preemption'],
  };
}

interface Explained {
  what: string;
  evidence: EvidenceItem[];
  fix: Fix[];
}

type Explain = (
  pod: Pod,
  reason: SchedulerReason,
  nodes: readonly NodeRoom[],
  look: SchedulingLook,
) => Explained;

const EXPLAIN: Partial<Record<SchedulerReason['cause'], Explain>> = {
  'scheduling/insufficient-cpu': (pod, reason, nodes, look) => insufficient('cpu', pod, reason, nodes, look),
  'scheduling/insufficient-memory': (pod, reason, nodes, look) =>
    insufficient('memory', pod, reason, nodes, look),
  'scheduling/untolerated-taint': (_pod, reason, nodes, { context }) => {
    const tainted = nodes.flatMap(({ node, taints }) => taints.map((taint) => ({ node, ...taint })));
    const [first] = tainted;
    const named = /\{([^}]*)\}/.exec(reason.text)?.[1]?.replace(/:\s*$/, '');
    const taint = named ?? first?.key ?? 'that the scheduler does not name';
    return {
      what: `the nodes have a taint that the pod does not tolerate: ${taint}`,
      evidence: tainted
        .slice(0, NODES_SHOWN)
        .map(({ node, key, value, effect }) =>
          field({ kind: 'Node', name: node }, 'spec.taints', `${key}${value ? `=${value}` : ''}:${effect}`),
        ),
      fix: [
        first?.key.startsWith('node.kubernetes.io/')
          ? show(
              context,
              'Kubernetes set the taint because of the node’s state: fix that.',
              `describe node ${first.node}`,
              null,
            )
          : first === undefined
            ? show(context, 'See which taints the nodes have.', 'describe nodes', null)
            : change(
                'Remove the taint, or give the pod template a toleration for it.',
                kubectl(context, `taint node ${first.node} ${first.key}:${first.effect}-`, null),
              ),
      ],
    };
  },
  'scheduling/node-selector': (pod, _reason, nodes, { context }) => {
    const wanted = Object.entries(pod.spec.nodeSelector ?? {});
    const missing = wanted.filter(([key, value]) => nodes.every(({ labels }) => labels[key] !== value));
    const words = (missing.length > 0 ? missing : wanted).map(([key, value]) => `${key}=${value}`).join(', ');
    const object = podRef(context.target, pod.metadata.name);
    const [node] = nodes;
    return {
      what:
        words === ''
          ? 'no node matches its affinity'
          : `no node has the label that the pod asks for: ${words}`,
      evidence: [
        ...(words === '' ? [] : [field(object, 'spec.nodeSelector', words)]),
        ...nodes
          .slice(0, NODES_SHOWN)
          .map(({ node: name, labels }) =>
            field(
              { kind: 'Node', name },
              'metadata.labels',
              wanted.map(([key]) => `${key}=${labels[key] ?? '(absent)'}`).join(', ') ||
                'no label that it asks for',
            ),
          ),
      ],
      fix: [
        ...(words === '' || node === undefined
          ? []
          : [
              change(
                'Give a node the label, or take the selector out of the pod template.',
                kubectl(context, `label node ${node.node} ${words.replaceAll(', ', ' ')}`, null),
              ),
            ]),
        show(
          context,
          'See what it asks for.',
          `get pod ${pod.metadata.name} -o jsonpath='{.spec.nodeSelector}{.spec.affinity}'`,
        ),
      ],
    };
  },
  'scheduling/cordoned': (_pod, _reason, nodes, { context }) => {
    const cordoned = nodes.filter(({ unschedulable }) => unschedulable).map(({ node }) => node);
    const [first] = cordoned;
    return {
      what: `${cordoned.length > 0 ? `node ${cordoned.join(', ')} is` : 'the nodes are'} cordoned and takes no new pods`,
      evidence: cordoned
        .slice(0, NODES_SHOWN)
        .map((name) => field({ kind: 'Node', name }, 'spec.unschedulable', 'true')),
      fix: [
        first === undefined
          ? show(context, 'See which nodes are cordoned.', 'get nodes', null)
          : change('Let it take pods again.', kubectl(context, `uncordon ${first}`, null)),
      ],
    };
  },
  'scheduling/too-many-pods': (_pod, _reason, nodes, { context }) => ({
    what: 'the node already runs as many pods as it may',
    evidence: nodes
      .slice(0, NODES_SHOWN)
      .map(({ node, allocatable, requested }) =>
        field(
          { kind: 'Node', name: node },
          'status.allocatable.pods',
          `${allocatable.pods}, ${requested?.pods ?? '?'} in use`,
        ),
      ),
    fix: [show(context, 'See which pods can go.', 'get pods -A -o wide', null)],
  }),
  'scheduling/volume': (_pod, reason, _nodes, { context }) => {
    const claim = /persistentvolumeclaim "([^"]{1,253})"/.exec(reason.text)?.[1];
    return {
      what:
        claim === undefined
          ? `its volume cannot be had: ${reason.text}`
          : `its volume claim ${claim} does not exist`,
      evidence: [],
      fix: [show(context, 'See which claims there are, and why they are not bound.', 'describe pvc')],
    };
  },
};

/** Names the resource, and on each node how much of it is missing. */
function insufficient(
  resource: 'cpu' | 'memory',
  pod: Pod,
  reason: SchedulerReason,
  nodes: readonly NodeRoom[],
  { context }: SchedulingLook,
): Explained {
  const request = requested(pod, resource);
  const contracted = context.contract.backend.resources.requests[resource];
  const asked = amount(resource, request);
  const key = `backend.resources.requests.${resource}`;
  const open = nodes.filter(({ unschedulable }) => !unschedulable);
  const seen = open.slice(0, NODES_SHOWN).map((node) => {
    const all = resource === 'cpu' ? node.allocatable.cpuMillis : node.allocatable.memoryBytes;
    const used = resource === 'cpu' ? node.requested?.cpuMillis : node.requested?.memoryBytes;
    const object = { kind: 'Node', name: node.node };
    if (used === undefined) return field(object, `status.allocatable.${resource}`, amount(resource, all));
    const free = Math.max(0, all - used);
    const value = `${amount(resource, all)}, ${amount(resource, used)} of it requested: ${amount(resource, free)} free, ${amount(resource, Math.max(0, request - free))} missing`;
    return field(object, `status.allocatable.${resource}`, value);
  });
  // A limit that was raised with it goes back with it.
  const limit = context.contract.backend.resources.limits[resource];
  const given = backendOf(pod, context)?.resources?.limits?.[resource];
  const isLimitAbove = given !== undefined && quantity(resource, given) > quantity(resource, limit);
  const isAboveContract = request > quantity(resource, contracted);
  return {
    what: `the pod requests ${asked} of ${resource === 'cpu' ? 'CPU' : 'memory'}, and ${reason.nodes === 1 ? 'the node has less than that' : `none of ${reason.nodes} nodes has that much`} left`,
    evidence: [
      field(
        podRef(context.target, pod.metadata.name),
        `spec.containers[].resources.requests.${resource}`,
        asked,
      ),
      ...seen,
    ],
    fix: [
      ...(isAboveContract
        ? [
            setValues(
              context,
              `Request what the contract has, ${contracted}.`,
              isLimitAbove
                ? [`${key}=${contracted}`, `backend.resources.limits.${resource}=${limit}`]
                : [`${key}=${contracted}`],
              resourcesArguments(context, 'requests', resource, contracted) +
                (isLimitAbove ? ` --limits=${resource}=${word(limit)}` : ''),
            ),
          ]
        : []),
      show(
        context,
        'See what reserves the node’s room, and free some.',
        `describe node ${open[0]?.node ?? ''}`.trim(),
        null,
      ),
    ],
  };
}

/** Thousandths of a CPU, or bytes, that the pod's containers request together. */
function requested({ spec }: Pod, resource: 'cpu' | 'memory'): number {
  return spec.containers.reduce((sum, { resources }) => {
    // A request that is not given becomes the limit (core/v1 defaults).
    const text = resources?.requests?.[resource] ?? resources?.limits?.[resource];
    return sum + (text === undefined ? 0 : quantity(resource, text));
  }, 0);
}

function quantity(resource: 'cpu' | 'memory', text: string): number {
  const nanos = parseQuantity(text) ?? 0n;
  return resource === 'cpu' ? Number(nanos / 1_000_000n) : Number(nanos / 1_000_000_000n);
}

function amount(resource: 'cpu' | 'memory', value: number): string {
  return resource === 'cpu' ? `${Math.round(value)}m` : `${Math.round(value / MEBIBYTE)}Mi`;
}

/** What the scheduler says in words that are not known here is told as it is; that it says nothing is no cause. */
function unclearWhy(
  pod: Pod,
  message: string,
  event: KubernetesEvent | undefined,
  { context }: SchedulingLook,
): CauseFinding {
  const object = podRef(context.target, pod.metadata.name);
  const told = {
    object,
    pods: [pod.metadata.name],
    evidence: event ? [eventItem(event, context.target)] : [],
    fix: [show(context, 'See its events.', `describe pod ${pod.metadata.name}`)],
  };
  if (message !== '') {
    return {
      ...told,
      cause: 'scheduling/other',
      verdict: 'confirmed',
      summary: `{pods}: the scheduler finds no node for the pod: ${message.replace(/\.$/, '')}.`,
      evidence: [field(object, "status.conditions[type='PodScheduled'].message", message), ...told.evidence],
    };
  }
  return {
    ...told,
    cause: 'evidence/unreadable',
    verdict: 'inconclusive',
    summary: '{pods}: the pod is on no node, and nobody says why: does a scheduler run?',
    symptoms: ['pods/running', 'deployment/rollout-complete'],
  };
}
