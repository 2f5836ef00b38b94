import { containerName } from '../../contract/target.js';
import { mapLimited } from '../concurrency.js';
import type { LogLine, Observed, PodLog } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { parseLog } from '../log-lines.js';
import { failedForPod, now, unread } from '../observed.js';
import type { ContainerStatus, Pod } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';
import { chosenFirst, CONCURRENT_PODS, MAX_PODS, notSampled } from './sample.js';

/** Bytes from the beginning of a log, where the application tells how it started. */
const HEAD_BYTES = 384 * 1024;

/** Bytes from its end; with the head no more than 1 MiB for a pod. */
const TAIL_BYTES = 640 * 1024;

/** Lines asked for from the end, the fewer the longer they turn out to be. */
const TAIL_LINES = [4000, 400, 40];

/**
 * Seconds between a container's start and its first line, above which that line cannot be trusted to be the first:
 * the kubelet gives the current log file only, which after a rotation begins in the middle.
 */
const FIRST_LINE_SECONDS = 30;

type LogValue = Extract<PodLog['log'], { ok: true }>['value'];

/** The current log of each pod's backend container: its beginning and its end. */
export async function readLogs(context: FactContext): Promise<PodLog[]> {
  const [pods] = await Promise.all([context.read('pods'), context.secretsKnown()]);
  const chosen = chosenFirst(pods);
  const others = notSampled(chosen.length);
  return mapLimited(chosen, CONCURRENT_PODS, async (pod, index) => ({
    pod: pod.metadata.name,
    log: index < MAX_PODS ? await readLog(context, pod) : others,
  }));
}

async function readLog(context: FactContext, pod: Pod): Promise<Observed<LogValue>> {
  const container = backendContainer(pod, containerName(context));
  if (container === undefined) return unread('failed', 'the pod has no container');
  const status = statusOf(pod, container.name);
  const running = status?.state?.running ?? status?.state?.terminated;
  if (running === undefined) return unread('failed', notStarted(container.name, status));
  try {
    const { lines: clean, gap } = await readLines(context, pod.metadata.name, container.name);
    const startedAt = running.startedAt;
    return {
      ok: true,
      at: now(),
      value: { lines: clean, gap, startedAt, fromStart: isFromStart(clean[0], startedAt) },
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { name } = pod.metadata;
    return failedForPod(error, name, `reading the log of pod ${name}`, context.hider);
  }
}

function notStarted(container: string, status: ContainerStatus | undefined): string {
  const reason = status?.state?.waiting?.reason;
  return `container ${container} is not running${reason === undefined ? '' : ` (${reason})`}: it has no current log`;
}

/**
 * The beginning and the end of a container's log, without credentials.
 * @param previous of the run before the current one
 * @throws KubernetesError
 */
export async function readLines(
  context: FactContext,
  name: string,
  container: string,
  previous = false,
): Promise<{ lines: LogLine[]; gap: boolean }> {
  const { lines, gap } = await headAndTail(context, name, container, previous);
  const texts = context.hider.lines(lines.map(({ text }) => text));
  // In place: they are thousands, and nobody else has them.
  for (const [index, line] of lines.entries()) line.text = texts[index] ?? '';
  return { lines, gap };
}

async function headAndTail(
  { client, target, signal }: FactContext,
  name: string,
  container: string,
  previous: boolean,
): Promise<{ lines: LogLine[]; gap: boolean }> {
  const pod = { namespace: target.namespace, name, container };
  const which = previous ? { previous } : {};
  const head = await client.logs(pod, { limitBytes: HEAD_BYTES, ...which }, signal);
  const first = parseLog(head.text, head.truncated);
  if (!head.truncated) return { lines: first, gap: false };
  for (const tailLines of TAIL_LINES) {
    const tail = await client.logs(pod, { limitBytes: TAIL_BYTES, tailLines, ...which }, signal);
    // limitBytes cuts at the end, which is what the tail is read for: fewer lines, then.
    if (tail.truncated && tailLines !== TAIL_LINES.at(-1)) continue;
    return join(first, parseLog(tail.text, tail.truncated));
  }
  return { lines: first, gap: true };
}

/** Both parts without what they have in common; a gap where they have nothing in common. */
function join(head: LogLine[], tail: LogLine[]): { lines: LogLine[]; gap: boolean } {
  const last = head.at(-1);
  const first = tail[0];
  if (last === undefined || first === undefined) return { lines: [...head, ...tail], gap: true };
  // Timestamps of one log are of one form and one zone, so that text order is time order.
  const overlap = first.at <= last.at;
  return {
    lines: overlap ? [...head.filter(({ at }) => at < first.at), ...tail] : [...head, ...tail],
    gap: !overlap,
  };
}

/** Both times are the kubelet's. A log without lines tells nothing about its beginning. */
function isFromStart(first: LogLine | undefined, startedAt: string | undefined): boolean {
  const delay = Date.parse(first?.at ?? '') - Date.parse(startedAt ?? '');
  return delay <= FIRST_LINE_SECONDS * 1000;
}
