/** Where the pods stand on their way to running their application, and the answer of a hop about one stage. */
import { stagesOf, type Stage } from '../../computed/pod-stage.js';
import type { Look } from '../../rule/look.js';
import type { Pod } from '../../evidence/objects.js';
import { good, notReached, type Answer, type CauseFinding } from '../tree.js';

/** In the order in which a pod passes them. */
const ORDER = ['unscheduled', 'creating', 'image', 'config', 'init', 'crash', 'running'] as const;

/** The pods that stand at one of these stages: those that a step's rules are asked about. */
export function podsAt(...at: Stage['at'][]) {
  return <F extends { pods: readonly Pod[] }>(facts: F, look: Pick<Look, 'options' | 'context'>): F => ({
    ...facts,
    pods: stagesOf(facts.pods, look).flatMap((stage) => (at.includes(stage.at) ? [stage.pod] : [])),
  });
}

/** Findings pod by pod, in the order of the pods. */
export function podByPod(findings: readonly CauseFinding[], pods: readonly Pod[]): CauseFinding[] {
  const place = new Map(pods.map(({ metadata }, index) => [metadata.name, index]));
  const placeOf = ({ pods: [name = ''] = [] }: CauseFinding) => place.get(name) ?? -1;
  return findings.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/**
 * The answer of a step about one stage: broken where a cause was found, not reached where no pod has come to it.
 * @param passed what to say where all pods that came here got past it
 */
export function answerAt(
  { pods }: { pods: readonly Pod[] },
  look: Pick<Look, 'options' | 'context'>,
  at: Stage['at'],
  found: readonly CauseFinding[],
  passed: (pods: number) => string,
): Answer {
  const stages = stagesOf(pods, look);
  const here = stages.filter((stage) => stage.at === at).length;
  const beyond = stages.filter((stage) => ORDER.indexOf(stage.at) > ORDER.indexOf(at)).length;
  const findings = podByPod(found, pods);
  const isBroken = findings.some(({ verdict }) => verdict !== 'inconclusive');
  if (isBroken) return { state: 'broken', detail: `${here} of ${stages.length} pods`, findings };
  if (findings.length > 0) return { state: 'unknown', detail: findings[0]?.summary ?? '', findings };
  if (beyond === 0) return notReached('no pod has come this far');
  return good(passed(beyond));
}
