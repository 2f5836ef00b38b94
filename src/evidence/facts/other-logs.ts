import { containerName } from '../../contract/target.js';
import { containersOf, troubleOfContainer, type ContainerAt } from '../../kube/pod-containers.js';
import { mapLimited } from '../concurrency.js';
import type { OtherContainerLog } from '../deep-facts.js';
import type { FactContext } from '../fact-context.js';
import { hookContainers } from '../hook-containers.js';
import type { Pod } from '../objects.js';
import { failedForPod, now } from '../observed.js';
import { readLines } from './logs.js';
import { chosenFirst, CONCURRENT_PODS, MAX_PODS } from './sample.js';

/** Bounds what pods with many containers cost. */
const MOST_LOGS = 40;

/**
 * What containers beside the backend's say that are in trouble: init containers that fail or do not end, sidecars that end or
 * are not ready; and hooks of the release that failed. Where all do what they should, nothing is asked.
 */
export async function readOtherLogs(context: FactContext): Promise<OtherContainerLog[]> {
  const pods = chosenFirst(await context.read('pods')).slice(0, MAX_PODS);
  const wanted = [
    ...(await hookContainers(context)).map((each) => ({ ...each, previous: false })),
    ...pods.flatMap((pod) => logsWanted(pod, containerName(context))),
  ];
  if (wanted.length === 0) return [];
  await context.secretsKnown();
  return mapLimited(wanted.slice(0, MOST_LOGS), CONCURRENT_PODS, (each) => readOne(context, each));
}

interface Wanted {
  pod: string;
  container: string;
  previous: boolean;
}

function logsWanted(pod: Pod, backend: string): Wanted[] {
  if (pod.metadata.deletionTimestamp !== undefined) return [];
  return containersOf(pod, backend).flatMap((each) => {
    const previous = each.role === 'backend' ? undefined : whichRun(each);
    return previous === undefined ? [] : [{ pod: pod.metadata.name, container: each.status.name, previous }];
  });
}

/** Whether the words stand in the log of the run before; undefined where no log says anything. */
function whichRun(container: ContainerAt): boolean | undefined {
  const trouble = troubleOfContainer(container, Date.now());
  if (trouble === undefined || trouble.kind === 'image' || trouble.kind === 'config') return undefined;
  // While it waits for its next start, its current log is that of the run that ended.
  return (
    trouble.kind === 'ended' && trouble.state === 'lastState' && container.status.state?.waiting === undefined
  );
}

async function readOne(context: FactContext, wanted: Wanted): Promise<OtherContainerLog> {
  const { pod, container, previous } = wanted;
  try {
    const { lines, gap } = await readLines(context, pod, container, previous);
    return { ...wanted, log: { ok: true, at: now(), value: { lines, gap } } };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const what = `reading the log of container ${container} of pod ${pod}`;
    return { ...wanted, log: failedForPod(error, pod, what, context.hider) };
  }
}
