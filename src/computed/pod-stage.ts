/** How far a pod has come on its way to running its application: the first thing that it has not got past. */
import type { Look } from '../rule/look.js';
import { podsToJudge } from './judged-pods.js';
import { memoisedBy } from './memo.js';
import { containerName } from '../contract/target.js';
import type { CheckContext } from '../rule/context.js';
import type { Pod } from '../evidence/objects.js';
import {
  containersOf,
  troubleOfContainer,
  type ContainerAt,
  type Terminated,
} from '../kube/pod-containers.js';

export type Stage = { pod: Pod } & (
  | { at: 'unscheduled'; message: string }
  /** On its node, and none of its containers was made yet. */
  | { at: 'creating' }
  | { at: 'image'; container: ContainerAt; reason: string; message: string }
  | { at: 'config'; container: ContainerAt; reason: string; message: string }
  /** A container that starts before the application's has not done its work. */
  | { at: 'init'; container: ContainerAt }
  | { at: 'crash'; container: ContainerAt; ended: Terminated; state: 'state' | 'lastState' }
  | { at: 'running' }
);

export function stageOf(pod: Pod, context: Pick<CheckContext, 'contract' | 'target' | 'now'>): Stage {
  const { spec, status = {} } = pod;
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' || spec.nodeName === undefined) {
    return { pod, at: 'unscheduled', message: scheduled?.message ?? '' };
  }
  const containers = containersOf(pod, containerName(context));
  if (containers.length === 0) return { pod, at: 'creating' };
  const backend = containers.find(({ role }) => role === 'backend');
  const stages = containers.flatMap(
    (container) => containerStage(pod, container, backend, context.now) ?? [],
  );
  const own = stages.find((stage) => 'container' in stage && stage.container === backend);
  const [first] = stages;
  if (own) return own;
  if (first) return first;
  return backend?.status.state?.running ? { pod, at: 'running' } : { pod, at: 'creating' };
}

/** undefined: the container does what it should, or what it does keeps no other one from starting. */
function containerStage(
  pod: Pod,
  container: ContainerAt,
  backend: ContainerAt | undefined,
  now: number,
): Stage | undefined {
  const trouble = troubleOfContainer(container, now);
  if (trouble === undefined) return undefined;
  const isFirst = container.role === 'init' || container.path.startsWith('status.init');
  const isBackend = container === backend;
  switch (trouble.kind) {
    case 'image': {
      const { reason, message } = trouble;
      // The application's image is its own, whichever container meets it first.
      const isOwn = container.spec?.image !== undefined && container.spec.image === backend?.spec?.image;
      if (isBackend || isOwn) return { pod, at: 'image', container, reason, message };
      break;
    }
    case 'config': {
      const { reason, message } = trouble;
      return { pod, at: 'config', container, reason, message };
    }
    case 'ended':
      if (isBackend && !container.status.state?.running)
        return { pod, at: 'crash', container, ended: trouble.ended, state: trouble.state };
      break;
    default:
  }
  const blocks = isFirst && backend?.status.state?.running === undefined;
  const isDone = container.status.state?.terminated?.exitCode === 0;
  return blocks && !isDone && container.role !== 'backend' ? { pod, at: 'init', container } : undefined;
}

type At<K extends Stage['at']> = Extract<Stage, { at: K }>;

/** Each pod that is to be judged, and where it stands. */
export const stagesOf = memoisedBy((pods: readonly Pod[], look: Pick<Look, 'options' | 'context'>): Stage[] =>
  podsToJudge(pods, look).map((pod) => stageOf(pod, look.context)),
);

/** The pods that stand at this stage. */
export function standingAt<K extends Stage['at']>(stages: readonly Stage[], at: K): At<K>[] {
  return stages.filter((stage): stage is At<K> => stage.at === at);
}
