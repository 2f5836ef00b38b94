/** High memory use and what it ends in (contract: Troubleshooting, High Memory Usage). */
import { ago, ending, isTerminating } from '../checks/pod-state.js';
import { count, podRef } from '../checks/shared.js';
import type { Pod } from '../evidence/objects.js';
import { CLUSTER_HOP } from './cluster.js';
import { advise, setValues } from './fixes.js';
import { backendOf, backendStatus, podsToJudge } from './look.js';
import { broken, defineHop, good, notReached, type CauseFinding, type Look, type Tree } from './tree.js';

const LIMIT = 'backend.resources.limits.memory';

const limit = defineHop({
  id: 'limit',
  asks: 'Is the container’s memory bounded?',
  reads: ['deployment', 'pods'],
  needs: ['cluster'],
  rulesOut: [],
  ask({ pods }, look) {
    const judged = podsToJudge(pods, look);
    if (judged.length === 0) return notReached('there is no pod');
    const findings: CauseFinding[] = [];
    const limits = new Set<string>();
    for (const pod of judged) {
      const container = backendOf(pod, look.context);
      const found = container?.resources?.limits?.memory;
      if (found !== undefined) {
        limits.add(found);
        continue;
      }
      findings.push(noLimit(pod, look));
    }
    return limits.size === 0 ? good('none', { findings }) : good([...limits].join(', '), { findings });
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
    evidence: [
      {
        source: 'spec',
        object,
        field: 'spec.containers[].resources.limits.memory',
        value: 'not set',
        at: null,
      },
    ],
    fix: [
      setValues(
        context,
        `Limit it to ${value}, as the contract has it.`,
        [`${LIMIT}=${value}`],
        `set resources deployment ${context.target.names.deployment} --limits=memory=${value}`,
      ),
    ],
  };
}

const killed = defineHop({
  id: 'killed',
  asks: 'Was a container killed for its memory use?',
  reads: ['pods'],
  needs: ['cluster'],
  rulesOut: ['OOMKilled'],
  ask({ pods }, look) {
    const judged = podsToJudge(pods, look);
    if (judged.length === 0) return notReached('there is no pod');
    const findings = judged.flatMap((pod) => oomKilled(pod, look));
    if (findings.length === 0) return good(`no kill in ${count(judged.length, 'pod')}`);
    return broken(`${findings.length} of ${count(judged.length, 'pod')} killed`, findings);
  },
});

function oomKilled(pod: Pod, { context }: Look): CauseFinding[] {
  const found = backendStatus(pod, context);
  if (!found) return [];
  const { status, path } = found;
  const state = status.state?.terminated ? 'state' : 'lastState';
  const ended = status[state]?.terminated;
  if (ended?.reason !== 'OOMKilled') return [];
  const { name } = pod.metadata;
  const object = podRef(context.target, name);
  const limit = backendOf(pod, context)?.resources?.limits?.memory ?? 'none';
  const when = ended.finishedAt ? `, last ${ago(ended.finishedAt, context.now)}` : '';
  return [
    {
      cause: 'memory/oom-killed',
      verdict: 'confirmed',
      object,
      pods: [name],
      summary: `{pods}: the kernel killed the container because it needed more than its memory limit of ${limit}.`,
      evidence: [
        {
          source: 'status',
          object,
          field: `${path}.${state}.terminated`,
          value: `${ending(ended)}; ${count(status.restartCount, 'restart')}${when}`,
          at: ended.finishedAt ?? null,
        },
      ],
      fix: [
        advise(
          'Raise the limit to the peak use + 20 %.',
          `kubectl -n ${context.target.namespace} top pod ${name} --containers`,
        ),
      ],
    },
  ];
}

const node = defineHop({
  id: 'node',
  asks: 'Did the node run out of memory?',
  reads: ['pods'],
  consults: ['nodes'],
  needs: ['cluster'],
  rulesOut: ['node pressure'],
  ask({ pods }, look) {
    const { context } = look;
    const evicted = pods.filter(
      (pod) =>
        !isTerminating(pod) && pod.status?.reason === 'Evicted' && /memory/i.test(pod.status.message ?? ''),
    );
    const nodes = look.maybe('nodes');
    const pressed = (nodes.ok ? nodes.value : []).filter(({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'MemoryPressure' && value === 'True'),
    );
    const names = [
      ...new Set([
        ...pressed.map(({ metadata }) => metadata.name),
        ...evicted.flatMap(({ spec }) => spec.nodeName ?? []),
      ]),
    ];
    if (names.length === 0) {
      return nodes.ok ? good('no pressure, no eviction') : { state: 'unknown', detail: nodes.detail };
    }
    return broken(
      evicted.length > 0 ? `${count(evicted.length, 'pod')} evicted` : 'MemoryPressure',
      names.map((name): CauseFinding => {
        const object = { kind: 'Node', name };
        const condition = pressed
          .find(({ metadata }) => metadata.name === name)
          ?.status?.conditions?.find(({ type }) => type === 'MemoryPressure');
        const gone = evicted.filter(({ spec }) => spec.nodeName === name);
        return {
          cause: 'memory/node-pressure',
          verdict: 'confirmed',
          object,
          summary: `Node ${name} is short of memory${gone.length > 0 ? `, and the kubelet evicted ${count(gone.length, 'pod')} of the backend` : ''}. It is the node that is full, not the container.`,
          evidence: [
            ...(condition
              ? [
                  {
                    source: 'status',
                    object,
                    field: "status.conditions[type='MemoryPressure']",
                    value: [condition.status, condition.message].filter(Boolean).join(': '),
                    at: condition.lastTransitionTime ?? null,
                  },
                ]
              : []),
            ...gone.slice(0, 2).map((pod) => ({
              source: 'status',
              object: podRef(context.target, pod.metadata.name),
              field: 'status.message',
              value: pod.status?.message ?? 'Evicted',
              at: null,
            })),
          ],
          fix: [advise('See what uses the node’s memory.', `kubectl describe node ${name}`)],
        };
      }),
    );
  },
});

export const MEMORY: Tree = {
  topic: 'memory',
  checks: [
    'cluster/reachable',
    'cluster/nodes-ready',
    'deployment/exists',
    'deployment/resources',
    'pods/no-oom',
    'pods/restarts',
  ],
  hops: [CLUSTER_HOP, limit, killed, node],
};
