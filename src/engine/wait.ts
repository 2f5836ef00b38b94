import { imageProblem, type ImageProblem } from '../computed/image-problem.js';
import type { Pod } from '../evidence/objects.js';

/** Waiting reasons that no amount of waiting ends (kubelet: pkg/kubelet/images, kuberuntime). */
const STUCK = new Set([
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** Of a pull: the registry has answered, and will answer the same again. */
const NO_IMAGE: ReadonlySet<ImageProblem> = new Set(['not-found', 'pull-denied', 'wrong-architecture']);

/**
 * The first pod in a state that cannot heal by itself, so that `--wait` need not.
 * A crash loop ends when what it waits for comes back; it is given up only after five restarts. A pull that the
 * registry denied or that names no image is given up at once, one that merely failed to connect is not.
 * @returns the pod and its state in the kubelet's words, or undefined
 */
export function cannotHeal(pods: readonly Pod[]): { pod: string; reason: string } | undefined {
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp) continue;
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    for (const { state, restartCount } of statuses) {
      const waiting = state?.waiting;
      if (!waiting?.reason) continue;
      const message = waiting.message ?? '';
      const problem = imageProblem(waiting.reason, message);
      const noImage = problem !== undefined && NO_IMAGE.has(problem);
      const crashes = waiting.reason === 'CrashLoopBackOff' && restartCount >= 5;
      if (STUCK.has(waiting.reason) || noImage || crashes) {
        return { pod: pod.metadata.name, reason: message ? `${waiting.reason}: ${message}` : waiting.reason };
      }
    }
  }
  return undefined;
}
