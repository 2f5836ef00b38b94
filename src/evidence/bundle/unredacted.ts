/** What a bundle does not keep where the values of a Secret could not be read: whatever may quote them. */
import type { EvidenceKey, Observed } from '../evidence.js';
import type { ContainerStatus, Pod } from '../objects.js';
import { unread } from '../observed.js';
import type { Redactor } from '../redaction.js';
import { evidencePath } from './contents.js';
import type { Recording } from './recorder.js';

/** Facts that are free text, or stand on it. */
const TEXTS: readonly EvidenceKey[] = [
  ...(['logs', 'previousLogs', 'otherLogs', 'events', 'health', 'docs', 'tasks'] as const),
  ...(['inPod', 'databaseLadder', 'vantage'] as const),
];

/**
 * The recording without texts from which not every known value could be removed; as it is where all could.
 * @param leftOut gets what is not in it, in words
 */
export function withoutTexts(
  { recording, redactor }: { recording: Recording; redactor: Pick<Redactor, 'unread'> },
  leftOut: string[],
): Recording {
  if (redactor.unread.size === 0) return recording;
  const names = [...redactor.unread].sort().join(', ');
  const reason = `left out of the bundle: the values of Secret ${names} could not be read, so they could not be removed from it`;
  const kept = new Map(recording);
  for (const key of TEXTS) {
    if (kept.get(key)?.ok !== true) continue;
    kept.set(key, unread('not-collected', reason));
    leftOut.push(
      `${evidencePath(key)}: values of Secret ${names} could not be removed (--include-unredacted keeps it)`,
    );
  }
  const pods = kept.get('pods') as Observed<Pod[]> | undefined;
  if (pods?.ok) kept.set('pods', { ...pods, value: pods.value.map(withoutMessages) });
  return kept;
}

/** A container's last words are the end of its log. */
function withoutMessages(pod: Pod): Pod {
  const quiet = (state: ContainerStatus['state']): ContainerStatus['state'] =>
    state?.terminated ? { ...state, terminated: { ...state.terminated, message: undefined } } : state;
  const statuses = (all: ContainerStatus[] | undefined) =>
    all?.map((status) => ({ ...status, state: quiet(status.state), lastState: quiet(status.lastState) }));
  const { status } = pod;
  return {
    ...pod,
    status: status && {
      ...status,
      containerStatuses: statuses(status.containerStatuses),
      initContainerStatuses: statuses(status.initContainerStatuses),
    },
  };
}
