/** The scheduler's answer, `0/3 nodes are available: 1 Insufficient memory, 2 node(s) had …`, taken apart. */
import { NO_NODE_AVAILABLE } from '../vocabulary/kubelet.js';
import { NO_CLAIM, NO_NODE, type SchedulerMeaning } from '../vocabulary/scheduler.js';

export interface SchedulerReason {
  /** Nodes that it excludes. */
  nodes: number;
  /** `scheduling/other`: in words that are not known here. */
  cause: SchedulerMeaning | 'scheduling/other';
  /** As the scheduler wrote it, without the count. */
  text: string;
}

export interface SchedulerAnswer {
  total: number;
  /** What excludes most nodes first; of two that exclude as many, the one that is not by design. */
  reasons: SchedulerReason[];
}

/** Longest part of a message that is looked at: one clause for each reason, not for each node. */
const LONGEST = 4000;

/** Taints that keep nodes free say less than words that nobody knows. */
const BEFORE_LAST = NO_NODE.length - 1.5;

/** @returns undefined where the message is not the scheduler's */
export function parseSchedulerMessage(message: string): SchedulerAnswer | undefined {
  const head = NO_NODE_AVAILABLE.says.exec(message);
  if (!head) {
    const early = message.slice(0, LONGEST);
    return NO_CLAIM.test(early)
      ? { total: 0, reasons: [{ nodes: 0, cause: 'scheduling/volume', text: early.trim() }] }
      : undefined;
  }
  // What follows says whether evicting others would help, which it never does here: noise.
  const [body = ''] = message
    .slice(head[0].length, head[0].length + LONGEST)
    .split(/ ?(?:no new claims to deallocate|preemption:)/, 1);
  const reasons: SchedulerReason[] = [];
  for (const clause of clauses(body)) {
    const counted = /^(\d{1,6}) (.*)$/.exec(clause);
    const nodes = counted ? Number(counted[1]) : Number(head[1]);
    const text = counted?.[2] ?? clause;
    const cause = NO_NODE.find(({ says }) => says.test(text))?.means ?? 'scheduling/other';
    reasons.push({ nodes, cause, text });
  }
  const rank = ({ cause }: SchedulerReason) =>
    cause === 'scheduling/other' ? BEFORE_LAST : NO_NODE.findIndex(({ means }) => means === cause);
  reasons.sort((a, b) => b.nodes - a.nodes || rank(a) - rank(b));
  return { total: Number(head[1]), reasons };
}

/** Splits at commas that stand outside of braces, which hold a taint. */
function clauses(body: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let index = 0; index <= body.length; index += 1) {
    const character = body[index];
    if (character === '{') depth += 1;
    else if (character === '}') depth = Math.max(0, depth - 1);
    if (index < body.length && (character !== ',' || depth > 0)) continue;
    const clause = body.slice(begin, index).trim().replace(/\.$/, '');
    if (clause !== '') found.push(clause);
    begin = index + 1;
  }
  return found;
}
