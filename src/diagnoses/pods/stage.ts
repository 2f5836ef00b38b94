/** How far a pod has come on its way to running: the first thing that it has not got past. */
import type { Container, ContainerState, ContainerStatus, Pod } from '../../evidence/objects.js';
import { podsToJudge } from '../look.js';
import { good, notReached, type Answer, type CauseFinding, type Look } from '../tree.js';

type Terminated = NonNullable<ContainerState['terminated']>;

/** In the order in which a pod passes them. */
const ORDER = ['unscheduled', 'creating', 'image', 'config', 'crash', 'running'] as const;

export type Stage = { pod: Pod } & (
  | { at: 'unscheduled'; message: string }
  /** On its node, and none of its containers was made yet. */
  | { at: 'creating' }
  | { at: 'image'; container: ContainerAt; reason: string; message: string }
  | { at: 'config'; container: ContainerAt; reason: string; message: string }
  | { at: 'crash'; container: ContainerAt; ended: Terminated; state: 'state' | 'lastState' }
  | { at: 'running' }
);

/** A container with its status and the JSON path of it. */
export interface ContainerAt {
  spec: Container | undefined;
  status: ContainerStatus;
  path: string;
}

type At<K extends Stage['at']> = Extract<Stage, { at: K }>;

const IMAGE_REASONS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
];
const START_REASONS = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];

/** Each pod that is to be judged, and where it stands. */
export function stagesOf(pods: readonly Pod[], look: Pick<Look, 'options'>): Stage[] {
  return podsToJudge(pods, look).map(stageOf);
}

function stageOf(pod: Pod): Stage {
  const { spec, status = {} } = pod;
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' || spec.nodeName === undefined) {
    return { pod, at: 'unscheduled', message: scheduled?.message ?? '' };
  }
  const groups = [
    ['initContainerStatuses', spec.initContainers ?? []],
    ['containerStatuses', spec.containers],
  ] as const;
  let made = 0;
  for (const [group, specs] of groups) {
    for (const [index, container] of (status[group] ?? []).entries()) {
      const found: ContainerAt = {
        spec: specs.find(({ name }) => name === container.name),
        status: container,
        path: `status.${group}[${index}]`,
      };
      const stage = containerStage(pod, found, group === 'initContainerStatuses');
      if (stage) return stage;
      made += 1;
    }
  }
  return made > 0 ? { pod, at: 'running' } : { pod, at: 'creating' };
}

/** undefined: the container does what it should. */
function containerStage(pod: Pod, container: ContainerAt, isInit: boolean): Stage | undefined {
  const { state, lastState } = container.status;
  if (state?.running) return undefined;
  if (state?.terminated) {
    if (isInit && state.terminated.exitCode === 0) return undefined;
    return { pod, at: 'crash', container, ended: state.terminated, state: 'state' };
  }
  const { reason = '', message = '' } = state?.waiting ?? {};
  if (IMAGE_REASONS.includes(reason)) return { pod, at: 'image', container, reason, message };
  // A command that is not in the image: the container was made, and could not be started.
  const ended = lastState?.terminated;
  if (ended) return { pod, at: 'crash', container, ended, state: 'lastState' };
  if (START_REASONS.includes(reason)) return { pod, at: 'config', container, reason, message };
  return { pod, at: 'creating' };
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
