/** Containers of the release's hooks that came to no good end: Helm leaves their pods until it applies the hook again. */
import { byText, madeAt } from '../text-order.js';
import type { UnfinishedHook } from '../contract/helm-release.js';
import { podShape } from './border/pod-shape.js';
import { listObjects } from './border/read.js';
import { namespaced, type FactContext } from './fact-context.js';
import { KubernetesError } from './kubernetes/client.js';
import type { ContainerStatus, Pod } from './objects.js';

/** Helm stops at the first hook that fails. */
const MOST_HOOKS = 3;

/** Of the newest pod of each hook. Where nobody may list pods, or they are gone, there are none. */
export async function hookContainers(context: FactContext): Promise<{ pod: string; container: string }[]> {
  const { namespace, releaseNamespace = namespace } = context.target;
  const release = await context.observe('release');
  // Helm applies hooks in the namespace of the release, and logs are read in that of the objects.
  if (!release.ok || releaseNamespace !== namespace) return [];
  const hooks = (release.value.hooks ?? []).filter(({ kind }) => /^(Job|Pod)$/.test(kind));
  const pods = await Promise.all(hooks.slice(0, MOST_HOOKS).map((hook) => newestPod(context, hook)));
  return pods.flatMap((pod) =>
    pod === undefined
      ? []
      : telling(pod).map(({ name: container }) => ({ pod: pod.metadata.name, container })),
  );
}

async function newestPod(context: FactContext, { kind, name }: UnfinishedHook): Promise<Pod | undefined> {
  const query =
    kind === 'Job' ? { labelSelector: `job-name=${name}` } : { fieldSelector: `metadata.name=${name}` };
  try {
    const pods = await listObjects(context, namespaced(context, 'pods'), podShape, query);
    return pods.sort((a, b) => byText(madeAt(b), madeAt(a)))[0];
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    return undefined;
  }
}

/** Those that failed; where none did, those that run. */
function telling({ status }: Pod): ContainerStatus[] {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const failed = all.filter(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  return failed.length > 0 ? failed : all.filter(({ state }) => state?.running !== undefined);
}
