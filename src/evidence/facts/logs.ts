import { containerName } from '../../contract/target.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapLimited } from '../concurrency.js';
import type { LogLine, Observed, PodLog } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { parseLog } from '../log-lines.js';
import { partOptions, TAIL_LINES } from '../log-parts.js';
import { failedForPod, now, unread } from '../observed.js';
import type { ContainerStatus, Pod } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';
import { chosenFirst, CONCURRENT_PODS, MAX_PODS, notSampled } from './sample.js';

/** Milliseconds to wait for the load run that has the same logs read; one that cannot end must not cost the logs. */
const LOAD_RUN_MS = 5000;

/**
 * Seconds between a container's start and its first line, above which that line cannot be trusted to be the first:
 * the kubelet gives the current log file only, which after a rotation begins in the middle.
 */
const FIRST_LINE_SECONDS = 30;

type LogValue = Extract<PodLog['log'], { ok: true }>['value'];

/** The current log of each pod's backend container: its beginning and its end. */
export async function readLogs(context: FactContext): Promise<PodLog[]> {
  const [pods] = await Promise.all([context.read('pods'), context.secretsKnown()]);
  if (context.logParts !== undefined) await loadRun(context);
  const chosen = chosenFirst(pods);
  const others = notSampled(chosen.length);
  return mapLimited(chosen, CONCURRENT_PODS, async (pod, index) => ({
    pod: pod.metadata.name,
    log: index < MAX_PODS ? await readLog(context, pod) : others,
  }));
}

/** The load run, where there is one: what it reads of the logs to find its requests need not be read again. */
async function loadRun(context: FactContext): Promise<void> {
  if (!context.isUnderWay('distribution')) return;
  const over = new AbortController();
  const waiting = sleep(LOAD_RUN_MS, undefined, { signal: over.signal });
  await Promise.race([context.observe('distribution'), waiting.catch(() => undefined)]);
  over.abort();
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
  { client, logParts, target, signal }: FactContext,
  name: string,
  container: string,
  previous: boolean,
): Promise<{ lines: LogLine[]; gap: boolean }> {
  const pod = { namespace: target.namespace, name, container };
  const read = (lines?: number) => {
    if (previous) return client.logs(pod, { ...partOptions(lines), previous }, signal);
    return logParts?.take(pod, lines, signal) ?? client.logs(pod, partOptions(lines), signal);
  };
  const head = await read();
  const first = parseLog(head.text, head.truncated);
  if (!head.truncated) return { lines: first, gap: false };
  for (const tailLines of TAIL_LINES) {
    const tail = await read(tailLines);
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
