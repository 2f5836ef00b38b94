/** Pods that have ended for good: one finding for each, and one for all of a reason where there are very many. */
import { podRef } from '../../rule/object-ref.js';
import { few } from '../../count.js';
import type { Target } from '../../contract/target.js';
import type { Pod } from '../../evidence/objects.js';
import { grouped } from '../../computed/memo.js';
import { byText, madeAt } from '../../text-order.js';
import type { Finding } from '../check.js';

export const ENDED_MESSAGES = {
  refused: '{pod} has ended for good ({found}{detail}), and no pod of its revision is ready',
  finished: '{pod} has ended for good ({found}{detail}) and was left behind',
  'refused-many':
    '{number} pods have ended for good, and none of their revision is ready: {found}{detail}; the newest are {newest}',
  'finished-many':
    '{number} pods have ended for good and were left behind: {found}{detail}; the newest are {newest}',
};

type Message = keyof typeof ENDED_MESSAGES;

/** Pods of one reason that are told one by one: a node that refuses each new pod has refused dozens within a minute. */
const MOST_TOLD = 5;

/**
 * @param pods that are in phase Failed or Succeeded
 * @param again those of them that meet the same again and again: the others were replaced
 * @param suffix how a message goes on behind the reason
 */
export function endedFindings(
  pods: readonly Pod[],
  again: ReadonlySet<Pod>,
  target: Target,
  suffix: (message: string | undefined) => string,
): { refused: Finding<Message>[]; finished: Finding<Message>[] } {
  const told = (kind: 'refused' | 'finished', all: readonly Pod[]) =>
    [...grouped(all, reasonOf).values()].flatMap((alike): Finding<Message>[] => {
      if (alike.length <= MOST_TOLD)
        return alike.map((pod) => ({
          messageId: kind,
          ...aboutPod(pod, target, suffix),
        }));
      const newest = [...alike].sort((a, b) => byText(madeAt(b), madeAt(a)));
      const [last] = newest;
      if (last === undefined) return [];
      const { data, object } = aboutPod(last, target, suffix);
      const names = few(newest.map(({ metadata }) => metadata.name));
      return [{ messageId: `${kind}-many`, data: { ...data, number: alike.length, newest: names }, object }];
    });
  return {
    refused: told(
      'refused',
      pods.filter((pod) => again.has(pod)),
    ),
    finished: told(
      'finished',
      pods.filter((pod) => !again.has(pod)),
    ),
  };
}

function aboutPod(pod: Pod, target: Target, suffix: (message: string | undefined) => string) {
  const { name } = pod.metadata;
  const detail = suffix(pod.status?.message);
  return {
    data: { pod: name, expected: 'Running', found: reasonOf(pod), field: 'status.phase', detail },
    object: podRef(target, name),
  };
}

function reasonOf({ status = {} }: Pod): string {
  return status.reason ?? status.phase ?? '';
}
