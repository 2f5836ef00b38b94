/** The scheduler's answer, `0/3 nodes are available: 1 Insufficient memory, 2 node(s) had …`, taken apart. */
import type { CauseId } from '../causes/index.js';

export interface SchedulerReason {
  /** Nodes that it excludes. */
  nodes: number;
  cause: CauseId;
  /** As the scheduler wrote it, without the count. */
  text: string;
}

export interface SchedulerAnswer {
  total: number;
  /** What excludes most nodes first; of two that exclude as many, the one that is not by design. */
  reasons: SchedulerReason[];
  /** Parts that are not known, in the scheduler's words. */
  unknown: string[];
}

/** Longest part of a message that is looked at: one clause for each reason, not for each node. */
const LONGEST = 4000;

/**
 * By the words of kube-scheduler's plug-ins (pkg/scheduler/framework/plugins), those first that say most: a node that
 * control-plane taints keep free excludes itself on every cluster, so it stands last.
 */
const KINDS: readonly [pattern: RegExp, cause: CauseId][] = [
  [
    /persistentvolumeclaim|PersistentVolume|volume node affinity|volume limits|max volume count/i,
    'scheduling/volume',
  ],
  [
    /node affinity\/selector|node\(s\) didn't match (?:pod )?(?:affinity|anti-affinity|topology)|pod (?:anti-)?affinity|topology spread/i,
    'scheduling/node-selector',
  ],
  [/Insufficient cpu/i, 'scheduling/insufficient-cpu'],
  [/Insufficient memory/i, 'scheduling/insufficient-memory'],
  [/Too many pods/i, 'scheduling/too-many-pods'],
  [/were unschedulable/i, 'scheduling/cordoned'],
  [/untolerated taint/i, 'scheduling/untolerated-taint'],
];

/** @returns undefined where the message is not the scheduler's */
export function parseSchedulerMessage(message: string): SchedulerAnswer | undefined {
  const head = /^\s*0\/(\d{1,6}) nodes are available: ?/.exec(message);
  // Before any node is looked at, a volume claim that is not there ends it.
  if (!head) {
    const early = message.slice(0, LONGEST);
    return /persistentvolumeclaim "[^"]*" (?:not found|is being deleted)/.test(early)
      ? { total: 0, reasons: [{ nodes: 0, cause: 'scheduling/volume', text: early.trim() }], unknown: [] }
      : undefined;
  }
  // What follows says whether evicting others would help, which it never does here: noise.
  const [body = ''] = message
    .slice(head[0].length, head[0].length + LONGEST)
    .split(/ ?(?:no new claims to deallocate|preemption:)/, 1);
  const reasons: SchedulerReason[] = [];
  const unknown: string[] = [];
  for (const clause of clauses(body)) {
    const counted = /^(\d{1,6}) (.*)$/.exec(clause);
    const nodes = counted ? Number(counted[1]) : Number(head[1]);
    const text = counted?.[2] ?? clause;
    const kind = KINDS.find(([pattern]) => pattern.test(text));
    if (kind) reasons.push({ nodes, cause: kind[1], text });
    else unknown.push(clause);
  }
  const rank = ({ cause }: SchedulerReason) => KINDS.findIndex(([, kind]) => kind === cause);
  reasons.sort((a, b) => b.nodes - a.nodes || rank(a) - rank(b));
  return { total: Number(head[1]), reasons, unknown };
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
