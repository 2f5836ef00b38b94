/** What was wrong and is over: told as a warning, in the past tense, so that a fix that worked is seen to have worked. */
import { ago, isReady } from '../kube/pod-state.js';
import type { Pod } from '../evidence/objects.js';
import { recoveredSince } from '../kube/pod-containers.js';
import { backendStatus, podsToJudge } from './judged-pods.js';
import { withoutPods, type Told } from '../rule/cause.js';
import type { Look } from '../rule/look.js';

type PastLook = Pick<Look, 'context' | 'options'>;

/**
 * When the pod's application had recovered from its last end: RFC 3339. Undefined while it may end again, and while any pod is
 * not ready: then the trouble goes on, if not here.
 */
export function overSince(pod: Pod, pods: readonly Pod[], look: PastLook): string | undefined {
  const status = backendStatus(pod, look.context)?.status;
  const since = status && recoveredSince(status, look.context.now);
  return since !== undefined && podsToJudge(pods, look).every(isReady) ? since : undefined;
}

/**
 * @param since RFC 3339, when it was over
 * @param fix what is worth doing all the same
 */
export function asPast<T extends Told>(
  finding: T,
  since: string,
  { context }: Pick<Look, 'context'>,
  fix: Told['fix'] = [],
): T {
  const what = withoutPods(finding.summary);
  return {
    ...finding,
    severity: 'warning',
    past: true,
    summary: `{pods}: recovered ${ago(since, context.now)}, and is Ready since then. How the run before came to its end: ${what}`,
    fix,
  };
}
