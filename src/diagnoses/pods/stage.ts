/** Where the pods stand on their way to running their application, and the answer of a hop about one stage. */
import { stageOf, type Stage } from '../../computed/pod-stage.js';
import type { Pod } from '../../evidence/objects.js';
import { podsToJudge } from '../look.js';
import { good, notReached, type Answer, type CauseFinding, type Look } from '../tree.js';

export type { Stage } from '../../computed/pod-stage.js';
export type { ContainerAt } from '../../kube/pod-containers.js';

/** In the order in which a pod passes them. */
const ORDER = ['unscheduled', 'creating', 'image', 'config', 'init', 'crash', 'running'] as const;

type At<K extends Stage['at']> = Extract<Stage, { at: K }>;

/** Each pod that is to be judged, and where it stands. */
export function stagesOf(pods: readonly Pod[], look: Pick<Look, 'options' | 'context'>): Stage[] {
  return podsToJudge(pods, look).map((pod) => stageOf(pod, look.context));
}

/** The pods that stand at this stage. */
export function standingAt<K extends Stage['at']>(stages: readonly Stage[], at: K): At<K>[] {
  return stages.filter((stage): stage is At<K> => stage.at === at);
}

/**
 * The answer of a hop about one stage: broken where a cause was found, not reached where no pod has come to it.
 * @param passed what to say where all pods that came here got past it
 */
export function answerAt(
  stages: readonly Stage[],
  at: Stage['at'],
  findings: readonly CauseFinding[],
  passed: (pods: number) => string,
): Answer {
  const here = stages.filter((stage) => stage.at === at).length;
  const beyond = stages.filter((stage) => ORDER.indexOf(stage.at) > ORDER.indexOf(at)).length;
  const isBroken = findings.some(({ verdict }) => verdict !== 'inconclusive');
  if (isBroken) return { state: 'broken', detail: `${here} of ${stages.length} pods`, findings };
  if (findings.length > 0) return { state: 'unknown', detail: findings[0]?.summary ?? '', findings };
  if (beyond === 0) return notReached('no pod has come this far');
  return good(passed(beyond));
}
