/** Which pods run on which node. */
import type { Pod } from '../evidence/objects.js';
import { grouped, memoised } from './memo.js';

const byNode = memoised((pods: readonly Pod[]) => grouped(pods, ({ spec }) => spec.nodeName));

export function podsOn(pods: readonly Pod[], node: string): readonly Pod[] {
  return byNode(pods).get(node) ?? [];
}
