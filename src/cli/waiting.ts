/** What is told while a session opens: what is asked, and for how long once that is long. Only on a terminal. */
import path from 'node:path';
import { sanitizeLine } from '../evidence/sanitize.js';
import { createProgress, type Progress } from '../report/progress.js';
import type { SessionFlags } from './release.js';
import { openSession } from './session.js';
import { streamStyle } from './stream-style.js';

/** Flags of a command that opens a session, and of how it speaks. */
export type Waiting = Partial<Pick<SessionFlags, 'from' | 'manifests' | 'chart' | 'lab' | 'context'>> & {
  'request-timeout'?: number | undefined;
  verbose?: boolean;
  color?: boolean;
  ascii?: boolean;
};

/** What is waited for, and, of a cluster that does not answer, how long each call may take. */
export function asked({ from, manifests, chart, lab, context, ...flags }: Waiting): string {
  if (from !== undefined) return `reading ${sanitizeLine(path.basename(from))}`;
  if (manifests !== undefined) return 'reading the manifests';
  if (chart !== undefined) return 'rendering the chart';
  if (lab !== undefined) return 'starting the lab';
  const name = context === undefined ? '' : ` of context ${sanitizeLine(context)}`;
  const limit = flags['request-timeout'];
  return `asking the cluster${name}${limit === undefined ? '' : `, at most ${limit / 1000} s a call`}`;
}

/** @returns undefined where nobody would see it, or where lines of --verbose are written there */
export function createWaiting(flags: Waiting): Progress | undefined {
  const { env, stderr } = process;
  return createProgress(
    stderr,
    stderr.isTTY && !flags.verbose,
    streamStyle(stderr, flags),
    env,
    asked(flags),
  );
}

/** @throws as `openSession` does */
export async function openSessionAloud(
  flags: SessionFlags & Waiting,
  signal: AbortSignal,
): ReturnType<typeof openSession> {
  const waiting = createWaiting(flags);
  return openSession(flags, signal).finally(() => waiting?.stop());
}
