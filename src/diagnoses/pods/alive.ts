/** Step: do the containers stay alive? */
import type { CauseId } from '../../causes/catalogue.js';
import { rulesOf } from '../../causes/index.js';
import { endedBySigkill } from '../../causes/memory/child-killed.js';
import { containerName } from '../../contract/target.js';
import { count } from '../../count.js';
import type { Pod } from '../../evidence/objects.js';
import { containersOf, troubleOfContainer } from '../../kube/pod-containers.js';
import { defineStep, findingsOf } from '../step.js';
import { broken, good, notReached, unclear, type CauseFinding } from '../tree.js';
import { endsOf, type EndLook } from '../../computed/container-ends.js';
import { podByPod, podsAt } from './stage.js';
import { stagesOf, standingAt } from '../../computed/pod-stage.js';

/** What a kill at the memory limit comes from. */
const MEMORY_KILLS = rulesOf('memory/oom-killed', 'memory/limit-too-low', 'memory/leak');
/** Of any container of a pod, wherever its application stands. */
const OF_CONTAINERS = rulesOf('container/');

/** Containers that run, and do not do what they should. */
const STANDING: ReadonlySet<CauseId> = new Set(['container/idle-command', 'container/init-hanging']);

export const aliveHop = defineStep({
  id: 'alive',
  asks: 'Do the containers stay alive?',
  proves: ['pods/restarts'],
  reads: ['pods'],
  consults: ['cgroup', 'metrics'],
  needs: ['deployment'],
  rulesOut: ['crash', 'restart by the kubelet'],
  rules: [
    ...rulesOf('crash/', 'image/wrong-architecture', 'node/restarted', 'evidence/unreadable'),
    endedBySigkill,
  ],
  about: podsAt('crash', 'init', 'running'),
  answer(facts, look, ofEnds) {
    const { pods } = facts;
    const stages = stagesOf(pods, look);
    const findings = [
      ...podByPod([...memoryKills(pods, look), ...ofEnds], pods),
      ...findingsOf(OF_CONTAINERS, { pods }, look),
    ];
    if (findings.length > 0) {
      const ended = podsOf(findings.filter((finding) => isOfEnd(finding, pods, look)));
      const of = count(stages.length, 'pod');
      const detail = ended > 0 ? `${ended} of ${of} ended` : `${podsOf(findings)} of ${of} at a standstill`;
      return findings.every(({ verdict }) => verdict === 'inconclusive')
        ? unclear(detail, findings)
        : broken(detail, findings);
    }
    const running = standingAt(stages, 'running').length;
    return running === 0
      ? notReached('no pod has come this far')
      : good(`no restart in ${count(running, 'pod')}`);
  },
});

/** Not of a container that waits for ever, was never made, or is only not ready. */
function isOfEnd({ cause, pods: names = [] }: CauseFinding, pods: readonly Pod[], look: EndLook): boolean {
  if (STANDING.has(cause)) return false;
  const { context } = look;
  return (
    !cause.startsWith('container/') ||
    pods.some(
      (pod) =>
        names.includes(pod.metadata.name) &&
        containersOf(pod, containerName(context)).some(
          (container) => troubleOfContainer(container, context.now)?.kind === 'ended',
        ),
    )
  );
}

function podsOf(findings: readonly CauseFinding[]): number {
  return new Set(findings.flatMap(({ pods: names = [] }) => names)).size;
}

function memoryKills(pods: readonly Pod[], look: EndLook): CauseFinding[] {
  const killed = endsOf(pods, look).filter(({ means }) => means === 'memory');
  return findingsOf(MEMORY_KILLS, { pods: killed.map(({ pod }) => pod) }, look);
}
