/** Hooks of containers that failed, by the kubelet's events. */
import { containerName } from '../../contract/target.js';
import type { ContainerState, KubernetesEvent, Pod } from '../../evidence/objects.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { eventsAbout } from '../../computed/events-of.js';
import { eventTime } from '../../kube/events.js';
import { shorten } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { containersOf, HOOK_ERROR, recoveredSince, STABLE_MS } from '../../kube/pod-containers.js';

export interface FailedHook {
  pod: Pod;
  /** undefined: the container's status alone tells of it. */
  event: KubernetesEvent | undefined;
  /** JSON path of that status. */
  path: string;
  hook: 'postStart' | 'preStop';
  container: string;
  /** What the kubelet says of it; empty where it says nothing. */
  words: string;
}

const HOOKS = { FailedPostStartHook: 'postStart', FailedPreStopHook: 'preStop' } as const;

/** The newest failure of each hook of each container within the last ten minutes; not where the container has recovered. */
export function hooksFailed(pods: readonly Pod[], look: Look<'events'>): FailedHook[] {
  const events = look.maybe('events');
  const { context, options } = look;
  return podsToJudge(pods, look).flatMap((pod) => {
    const found = new Map<string, FailedHook>();
    const all = containersOf(pod, containerName(context));
    const told = events.ok ? eventsAbout(events.value, pod.metadata, Object.keys(HOOKS), options) : [];
    for (const event of told) {
      const hook = HOOKS[event.reason as keyof typeof HOOKS];
      const container = /\{(.+)\}$/.exec(event.involvedObject.fieldPath ?? '')?.[1] ?? '';
      const isOld = context.now - Date.parse(eventTime(event) ?? '') >= STABLE_MS;
      const { status, path = '' } = all.find((each) => each.status.name === container) ?? {};
      if (isOld || !status || recoveredSince(status, context.now) !== undefined) continue;
      const key = `${hook} ${container}`;
      if (!found.has(key))
        found.set(key, { pod, event, path, hook, container, words: wordsOf(event, status.state?.waiting) });
    }
    for (const { status, path } of all) {
      const { name, state } = status;
      const key = `postStart ${name}`;
      if (state?.waiting?.reason !== HOOK_ERROR || found.has(key)) continue;
      const words = wordsOf(undefined, state.waiting);
      found.set(key, { pod, event: undefined, path, hook: 'postStart', container: name, words });
    }
    return [...found.values()];
  });
}

/** The event's message; newer kubelets only say there that it failed, and why in the container's status. */
function wordsOf(event: KubernetesEvent | undefined, waiting: ContainerState['waiting']): string {
  const message = event?.message ?? '';
  const status = waiting?.reason === HOOK_ERROR ? waiting.message : undefined;
  const words = (status?.replace(/^.* failed - error: /s, '') ?? message).replaceAll(/\\n|\n/g, ' ').trim();
  return /^P(?:ostStart|reStop)Hook failed\.?$/.test(words) ? '' : shorten(words).replace(/[.]$/, '');
}
