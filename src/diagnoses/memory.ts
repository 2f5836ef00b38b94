/** High memory use and what it ends in (contract: Troubleshooting, High Memory Usage). */
import { rulesOf } from '../causes/index.js';
import { count } from '../count.js';
import { few } from '../count.js';
import { memoryKillOf } from '../computed/memory-kill.js';
import { evictedForMemory, mebibytes, memoriesOf, signedMebibytes } from '../computed/memory.js';
import { CLUSTER_HOP } from './cluster.js';
import { backendOf, podsToJudge } from '../computed/judged-pods.js';
import { deploymentHop } from './pods/deployment.js';
import { defineStep } from './step.js';
import { broken, good, notReached, skipped, unclear, unreadable, type Tree } from './tree.js';

const limitStep = defineStep({
  id: 'limit',
  asks: 'Is the container’s memory bounded?',
  reads: ['pods'],
  needs: ['cluster'],
  rulesOut: [],
  rules: rulesOf('memory/no-limit'),
  answer({ pods }, look, findings) {
    const judged = podsToJudge(pods, look);
    if (judged.length === 0) return notReached('there is no pod');
    const limits = judged.map((pod) => backendOf(pod, look.context)?.resources?.limits?.memory ?? 'none');
    return good(`limit ${[...new Set(limits)].join(', ')}`, { findings });
  },
});

const killedStep = defineStep({
  id: 'killed',
  asks: 'Was a container, or a process in it, killed for its memory use?',
  proves: ['pods/no-oom'],
  reads: ['pods'],
  consults: ['cgroup', 'metrics'],
  needs: ['cluster'],
  rulesOut: ['OOMKilled'],
  rules: rulesOf('memory/oom-killed', 'memory/limit-too-low', 'memory/leak', 'memory/child-killed'),
  answer({ pods }, look, found) {
    const judged = podsToJudge(pods, look);
    if (judged.length === 0) return notReached('there is no pod');
    // Growth that has killed nothing yet is the last step's.
    const growing = new Set(judged.flatMap((pod) => (isGrowing(pod, look) ? [pod.metadata.name] : [])));
    const kills = found.filter(
      ({ cause, pods: [name = ''] = [] }) => cause !== 'memory/leak' || !growing.has(name),
    );
    if (kills.length === 0) return good(`no kill in ${count(judged.length, 'pod')}`);
    return broken(`${kills.length} of ${count(judged.length, 'pod')} killed`, kills);
  },
});

const nodeStep = defineStep({
  id: 'node',
  asks: 'Did the node run out of memory?',
  reads: ['pods'],
  consults: ['nodes'],
  needs: ['cluster'],
  rulesOut: ['node pressure'],
  rules: rulesOf('memory/node-pressure'),
  answer({ pods }, { maybe }, findings) {
    const nodes = maybe('nodes');
    if (findings.length === 0) return nodes.ok ? good('no pressure') : unreadable(nodes);
    const evicted = evictedForMemory(pods).length;
    return broken(evicted > 0 ? `${count(evicted, 'pod')} evicted` : 'MemoryPressure', findings);
  },
});

const usageStep = defineStep({
  id: 'usage',
  asks: 'How much of its limit does each container use?',
  reads: ['pods'],
  consults: ['metrics', 'cgroup'],
  needs: ['cluster'],
  rulesOut: ['memory use near the limit'],
  rules: rulesOf('metrics/', 'memory/pool-too-large', 'memory/near-limit', 'memory/skewed'),
  answer({ pods }, look, findings) {
    const known = memoriesOf(podsToJudge(pods, look), look);
    if (known.length === 0) return notReached('no container runs');
    const missing = known.filter(({ memory }) => !memory.usage);
    if (missing.length > 0) {
      const names = few(missing.map(({ pod }) => pod.metadata.name));
      const { unread, access } = missing[0]?.memory ?? {};
      return unclear(`the memory use of ${names} is not known: ${unread ?? ''}`, findings, access);
    }
    return good(known.map(({ memory }) => mebibytes(memory.usage?.bytes ?? 0)).join(', '), { findings });
  },
});

const trendStep = defineStep({
  id: 'trend',
  asks: 'Does memory use grow?',
  reads: ['pods'],
  consults: ['metrics', 'cgroup'],
  needs: ['cluster'],
  rulesOut: ['leak'],
  rules: rulesOf('memory/leak'),
  answer({ pods }, look, found) {
    const { trend } = look.options;
    if (!trend) return skipped('not observed: --observe 30s');
    if (Object.keys(trend).length === 0)
      return unclear('memory use could not be read often enough to tell whether it grows');
    const growing = new Set(pods.flatMap((pod) => (isGrowing(pod, look) ? [pod.metadata.name] : [])));
    const findings = found.filter(({ pods: [name = ''] = [] }) => growing.has(name));
    const paces = Object.values(trend).map(
      ({ bytesPerSecond }) => `${signedMebibytes(bytesPerSecond * 60)}/min`,
    );
    return findings.length > 0 ? broken(paces.join(', '), findings) : good(paces.join(', '));
  },
});

/** Its memory use grows, and that has killed nothing. */
function isGrowing(
  pod: Parameters<typeof memoryKillOf>[0],
  look: Parameters<typeof memoryKillOf>[1],
): boolean {
  return look.options.trend?.[pod.metadata.name]?.growing === true && !memoryKillOf(pod, look);
}

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
  hops: [CLUSTER_HOP, deploymentHop, limitStep, killedStep, nodeStep, usageStep, trendStep],
};
