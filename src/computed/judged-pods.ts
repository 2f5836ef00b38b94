/** What several trees look up in the same facts. */
import { containerName } from '../contract/target.js';
import type { CheckContext } from '../rule/context.js';
import type { Look } from '../rule/look.js';
import { isActive } from '../kube/pod-state.js';
import { backendOfPod, type ContainerAt } from '../kube/pod-containers.js';
import type { Container, ContainerStatus, Pod } from '../evidence/objects.js';

/** The pods to judge: those that count as replicas, or the one that `--pod` names. */
export function podsToJudge(pods: readonly Pod[], { options }: Pick<Look, 'options'>): Pod[] {
  return pods.filter(
    (pod) => isActive(pod) && (options.pod === undefined || pod.metadata.name === options.pod),
  );
}

/** The backend's container of a pod: the contract's, else the first, as everywhere in the reader. */
export function backendOf(pod: Pod, context: CheckContext): Container | undefined {
  return backendOfPod(pod, containerName(context));
}

/** The backend container's status, and the JSON path at which it stands. */
export function backendStatus(
  pod: Pod,
  context: CheckContext,
): { status: ContainerStatus; path: string } | undefined {
  const name = backendOf(pod, context)?.name;
  const index = pod.status?.containerStatuses?.findIndex((status) => status.name === name) ?? -1;
  const status = pod.status?.containerStatuses?.[index];
  return status && { status, path: `status.containerStatuses[${index}]` };
}

/** `the container` for the application's own, which everything else is about, else by its name. */
export function called({ role, status }: ContainerAt): string {
  if (role === 'backend') return 'the container';
  return `${role === 'init' ? 'init container' : 'container'} ${status.name}`;
}
