/** What a fact says of one pod, where it is a list with an entry for each. */
import { memoised } from './memo.js';

interface OfPod {
  pod: string;
}

const byPod = memoised((list: readonly OfPod[]) => {
  const index = new Map<string, OfPod>();
  for (const each of list) if (!index.has(each.pod)) index.set(each.pod, each);
  return index;
});

/** The entry of the pod of this name; undefined where the list has none. */
export function ofPod<T extends OfPod>(list: readonly T[], pod: string): T | undefined {
  return byPod(list).get(pod) as T | undefined;
}
