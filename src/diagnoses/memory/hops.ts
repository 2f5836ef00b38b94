/** The memory topic's hops: bounded, killed, the node, in use, growing. */
import { isTerminating } from '../../checks/pod-state.js';
import { count, few, podRef, podSelector } from '../../checks/shared.js';
import { podsOn } from '../../computed/pods-on.js';
import type { Pod } from '../../evidence/objects.js';
import { change, resourcesArguments, run, see, setValues, show } from '../fixes.js';
import { backendOf, backendStatus, podsToJudge } from '../look.js';
import { field, observed } from '../seen.js';
import {
  broken,
  defineHop,
  good,
  notReached,
  skipped,
  unclear,
  type CauseFinding,
  type Look,
  type MemoryTrend,
} from '../tree.js';
import { largest, mebibytes, memoryOf, recommended, type MemoryAmounts, type MemoryLook } from './amounts.js';
import { memoryKill } from './kill.js';
import { childKill, poolTooLarge } from './inside.js';
import { minikube, todoK8s } from '../../rule/command.js';

const LIMIT = 'backend.resources.limits.memory';
/** Contract: Resource Limits, "observed usage + 20% buffer": at four fifths of the limit the buffer begins. */
const NEAR = 0.8;
const MEBIBYTE = 1024 * 1024;
/** One pod uses so many times what the others do, and so many bytes more, before it is called skewed. */
const SKEW = { factor: 2, bytes: 128 * MEBIBYTE };

export const limitHop = defineHop({
  id: 'limit',
  asks: 'Is the container’s memory bounded?',
  reads: ['pods'],
  needs: ['cluster'],
  rulesOut: [],
  ask({ pods }, look) {
    const judged = podsToJudge(pods, look);
    if (judged.length === 0) return notReached('there is no pod');
    const limits = judged.map((pod) => ({
      pod,
      limit: backendOf(pod, look.context)?.resources?.limits?.memory,
    }));
    const findings = limits.filter(({ limit }) => limit === undefined).map(({ pod }) => noLimit(pod, look));
    const found = [...new Set(limits.map(({ limit }) => limit ?? 'none'))];
    return good(found.join(', '), { findings });
  },
});

function noLimit(pod: Pod, { context }: Look): CauseFinding {
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const value = context.contract.backend.resources.limits.memory;
  return {
    cause: 'memory/no-limit',
    verdict: 'confirmed',
    object,
    pods: [name],
    summary: '{pods}: the container may use all the memory of its node.',
    evidence: [field(object, 'spec.containers[].resources.limits.memory', 'not set')],
    fix: [
      setValues(
        context,
        `Limit it to ${value}, as the contract has it.`,
        [`${LIMIT}=${value}`],
        resourcesArguments(context, 'limits', 'memory', value),
      ),
    ],
  };
}

export const killedHop = defineHop({
  id: 'killed',
  asks: 'Was a container, or a process in it, killed for its memory use?',
  proves: ['pods/no-oom'],
  reads: ['pods'],
  consults: ['cgroup', 'metrics', 'events'],
  needs: ['cluster'],
  rulesOut: ['OOMKilled'],
  ask({ pods }, look) {
    const judged = podsToJudge(pods, look);
    if (judged.length === 0) return notReached('there is no pod');
    const findings = judged.flatMap((pod) => memoryKill(pod, look) ?? childKill(pod, look) ?? []);
    if (findings.length === 0) return good(`no kill in ${count(judged.length, 'pod')}`);
    return broken(`${findings.length} of ${count(judged.length, 'pod')} killed`, findings);
  },
});

export const pressureHop = defineHop({
  id: 'node',
  asks: 'Did the node run out of memory?',
  reads: ['pods'],
  consults: ['nodes'],
  needs: ['cluster'],
  rulesOut: ['node pressure'],
  ask({ pods }, { context, maybe }) {
    const evicted = pods.filter(
      (pod) =>
        !isTerminating(pod) && pod.status?.reason === 'Evicted' && /memory/i.test(pod.status.message ?? ''),
    );
    const nodes = maybe('nodes');
    const pressed = (nodes.ok ? nodes.value : []).flatMap(({ metadata, status }) => {
      const condition = status?.conditions?.find(({ type }) => type === 'MemoryPressure');
      return condition?.status === 'True' ? [{ name: metadata.name, condition }] : [];
    });
    const conditions = new Map(pressed.map(({ name, condition }) => [name, condition]));
    const names = [
      ...new Set([...pressed.map(({ name }) => name), ...evicted.flatMap(({ spec }) => spec.nodeName ?? [])]),
    ];
    if (names.length === 0) return nodes.ok ? good('no pressure') : unclear(nodes.detail);
    const findings = names.map((name): CauseFinding => {
      const object = { kind: 'Node', name };
      const condition = conditions.get(name);
      const gone = podsOn(evicted, name);
      const words =
        gone.length > 0 ? `, and the kubelet evicted ${count(gone.length, 'pod')} of the backend` : '';
      return {
        cause: 'memory/node-pressure',
        verdict: 'confirmed',
        object,
        summary: `Node ${name} ${condition ? 'is' : 'was'} short of memory${words}: it is the node that is full, not the container.`,
        evidence: [
          ...(condition
            ? [
                field(
                  object,
                  "status.conditions[type='MemoryPressure']",
                  [condition.status, condition.message].filter(Boolean).join(': '),
                  condition.lastTransitionTime,
                ),
              ]
            : []),
          ...gone
            .slice(0, 2)
            .map((pod) =>
              field(
                podRef(context.target, pod.metadata.name),
                'status.message',
                pod.status?.message ?? 'Evicted',
              ),
            ),
        ],
        fix: [
          show(
            context,
            'See what uses the node’s memory, and move it elsewhere or limit it.',
            `describe node ${name}`,
            null,
          ),
          ...(gone.length > 0
            ? [
                run(
                  context,
                  'Then remove what the eviction left behind.',
                  `delete pods --field-selector=status.phase=Failed -l ${podSelector(context)}`,
                ),
              ]
            : []),
        ],
        ruledOut: ['the container’s own limit'],
      };
    });
    return broken(
      evicted.length > 0 ? `${count(evicted.length, 'pod')} evicted` : 'MemoryPressure',
      findings,
    );
  },
});

export const usageHop = defineHop({
  id: 'usage',
  asks: 'How much of its limit does each container use?',
  reads: ['pods'],
  consults: ['metrics', 'cgroup', 'configMap'],
  needs: ['cluster'],
  rulesOut: ['memory use near the limit'],
  ask({ pods }, look) {
    const running = podsToJudge(pods, look).filter(
      (pod) => backendStatus(pod, look.context)?.status.state?.running !== undefined,
    );
    if (running.length === 0) return notReached('no container runs');
    const known = running.map((pod) => ({ pod, memory: memoryOf(pod, look) }));
    const findings = [...metricsFindings(look), ...nearLimit(known, look), ...skewed(known, look)];
    const missing = known.filter(({ memory }) => !memory.usage);
    if (missing.length > 0) {
      const names = few(missing.map(({ pod }) => pod.metadata.name));
      return unclear(`the memory use of ${names} is not known: ${missing[0]?.memory.unread ?? ''}`, findings);
    }
    const words = known.map(({ memory }) => mebibytes(memory.usage?.bytes ?? 0)).join(', ');
    return good(words, { findings });
  },
});

/** One finding for all pods near their limit: one limit must suit them all. */
function nearLimit(
  pods: readonly { pod: Pod; memory: MemoryAmounts }[],
  look: MemoryLook & Look<'configMap'>,
): CauseFinding[] {
  const { context } = look;
  const near = pods.flatMap(({ pod, memory }) => {
    const { usage, limit } = memory;
    return usage && limit !== undefined && usage.bytes >= NEAR * limit
      ? [{ pod, ...memory, usage, limit }]
      : [];
  });
  const [first] = near;
  if (!first) return [];
  const refs = near.map(({ pod }) => podRef(context.target, pod.metadata.name));
  const value = recommended(Math.max(...near.map(({ peak, usage }) => peak ?? usage.bytes)));
  const shares = near.map(({ usage, limit }) => `${Math.round((usage.bytes / limit) * 100)} %`);
  return [
    ...near.flatMap(({ pod }) => poolTooLarge(pod, look) ?? []),
    {
      cause: 'memory/near-limit',
      verdict: 'confirmed',
      object: podRef(context.target, first.pod.metadata.name),
      pods: near.map(({ pod }) => pod.metadata.name),
      summary: `{pods}: the container uses ${shares.join(' and ')} of its memory limit of ${first.limitText ?? ''}.`,
      evidence: near.flatMap(({ usage, peak, limitText = '' }, index) => {
        const object = refs[index] ?? null;
        const highest = peak === undefined ? '' : `, peak ${mebibytes(peak)}`;
        return object
          ? [
              observed(`${usage.source} memory`, object, `${mebibytes(usage.bytes)}${highest}`, usage.at),
              field(object, 'spec.containers[].resources.limits.memory', limitText),
            ]
          : [];
      }),
      fix: [
        setValues(
          context,
          `Raise the limit to the peak + 20 %: ${value}.`,
          [`${LIMIT}=${value}`],
          resourcesArguments(context, 'limits', 'memory', value),
        ),
        see('See first whether it grows.', todoK8s(context, 'doctor memory --observe 30s')),
      ],
    },
  ];
}

/** One pod that uses far more than each of the others: only the one that uses most can be it. */
function skewed(
  pods: readonly { pod: Pod; memory: MemoryAmounts }[],
  { context }: MemoryLook,
): CauseFinding[] {
  const used = pods.flatMap(({ pod, memory }) => (memory.usage ? [{ pod, bytes: memory.usage.bytes }] : []));
  const own = largest(used.map(({ bytes }) => bytes));
  const pod = used.find(({ bytes }) => bytes === own)?.pod;
  const others = used.flatMap((each) => (each.pod === pod ? [] : [each.bytes]));
  const most = largest(others);
  if (pod === undefined || own === undefined || most === undefined) return [];
  if (own < SKEW.factor * most || own - most < SKEW.bytes) return [];
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  return [
    {
      cause: 'memory/skewed',
      verdict: 'likely',
      object,
      pods: [name],
      summary: `{pods}: the container uses ${mebibytes(own)}, the other${others.length === 1 ? '' : 's'} at most ${mebibytes(most)}: more traffic, or something that it keeps.`,
      evidence: [
        observed('memory', object, `${mebibytes(own)} here, ${others.map(mebibytes).join(', ')} elsewhere`),
      ],
      fix: [see('See whether traffic is spread evenly.', todoK8s(context, 'loadbalance'))],
      wouldConfirm: `an uneven spread in ${todoK8s(context, 'loadbalance')}, or growth in ${todoK8s(context, 'doctor memory --observe 30s')}`,
    },
  ];
}

function metricsFindings({ context, maybe }: MemoryLook): CauseFinding[] {
  const metrics = maybe('metrics');
  if (!metrics.ok || metrics.value.api.state === 'served' || metrics.value.api.state === 'unread') return [];
  const { state, detail } = metrics.value.api;
  const object = { kind: 'APIService', name: 'v1beta1.metrics.k8s.io' };
  const isMissing = state === 'not-installed';
  return [
    {
      cause: isMissing ? 'metrics/not-installed' : 'metrics/unavailable',
      verdict: 'confirmed',
      object,
      summary: isMissing
        ? 'metrics-server is not installed: kubectl top says nothing; memory use was read from the kubelet or inside the pods.'
        : 'metrics-server is installed and does not answer: it is down, or younger than three minutes.',
      evidence: [observed('GET /apis/metrics.k8s.io/v1beta1', object, detail, metrics.at)],
      fix: [
        isMissing
          ? change('Install it.', minikube(context, 'addons enable metrics-server'))
          : show(
              context,
              'See why it does not answer.',
              'logs deployment/metrics-server --tail=20',
              'kube-system',
            ),
      ],
    },
  ];
}

export const trendHop = defineHop({
  id: 'trend',
  asks: 'Does memory use grow?',
  reads: ['pods'],
  consults: ['metrics', 'cgroup'],
  needs: ['cluster'],
  rulesOut: ['leak'],
  ask({ pods }, look) {
    const { trend } = look.options;
    if (!trend) return skipped('not observed: --observe 30s');
    if (Object.keys(trend).length === 0)
      return unclear('memory use could not be read often enough to tell whether it grows');
    const findings = podsToJudge(pods, look).flatMap((pod) => {
      const line = trend[pod.metadata.name];
      // A kill that growth has led to is told by the hop about kills.
      return line?.growing && !memoryKill(pod, look) ? [growing(pod, line, look)] : [];
    });
    const paces = Object.values(trend).map(({ bytesPerSecond }) => `${signed(bytesPerSecond * 60)}/min`);
    return findings.length > 0 ? broken(paces.join(', '), findings) : good(paces.join(', '));
  },
});

function growing(pod: Pod, line: MemoryTrend, look: MemoryLook): CauseFinding {
  const { context } = look;
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const { limit, limitText } = memoryOf(pod, look);
  const left = limit === undefined ? undefined : (limit - line.lastBytes) / line.bytesPerSecond;
  const until =
    left === undefined || left <= 0
      ? ''
      : `; at this pace it reaches its limit of ${limitText} in ${inWords(left)}`;
  return {
    cause: 'memory/leak',
    // Caches fill up after a start: only time tells whether it ends.
    verdict: 'likely',
    object,
    pods: [name],
    summary: `{pods}: memory use grew by ${mebibytes(line.lastBytes - line.firstBytes)} in ${Math.round(line.seconds)} s${until}.`,
    evidence: [
      observed(
        `${line.samples} samples in ${Math.round(line.seconds)} s`,
        object,
        `${mebibytes(line.firstBytes)} to ${mebibytes(line.lastBytes)}, ${signed(line.bytesPerSecond * 60)} each minute`,
      ),
    ],
    fix: [
      show(
        context,
        'Find what is kept: caches without bound, results that are never dropped.',
        `logs ${name} --tail=100`,
      ),
    ],
    wouldConfirm: `growth that goes on: ${todoK8s(context, 'doctor memory --observe 5m')}`,
  };
}

function signed(bytes: number): string {
  const text = mebibytes(Math.abs(bytes));
  return `${bytes < 0 ? '-' : '+'}${text}`;
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
