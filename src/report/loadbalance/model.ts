/** What every readable format shows of a load run: the same figures, in the same words. */
import type { CheckResult, Report, Status } from '../../engine/report.js';
import type { LoadSection } from '../../load/section.js';
import { gravest } from '../digest.js';

export interface PodRow {
  /** Letter in the order strip. */
  letter: string;
  pod: string;
  /** The end of the name, which tells it apart. */
  short: string;
  /** What is special about it; empty for a pod that was ready all the time. */
  remark: string;
  share: number;
  /** A figure for each of the columns of numbers. */
  counts: string[];
  requests: number;
  /** p50, p90, p99, max as far as the columns are shown; `-` where too few support it. */
  times: string[];
  errors: number;
}

export interface LoadModel {
  load: LoadSection;
  /** Names of the columns of numbers: the requests, and beside them those over one connection where they were sent. */
  counts: string[];
  /** Names of the time columns. */
  times: string[];
  pods: PodRow[];
  /** Requests that are no pod's. */
  others: { what: string; share: number; requests: number; counts: string[] }[];
  /** Lines below the table: what changed, and what a reader must know. */
  notes: string[];
  verdict: { status: Status; words: string };
}

const REMARKS: Record<LoadSection['pods'][number]['state'], string> = {
  steady: '',
  joined: 'joined during the run',
  left: 'left during the run',
  'not-ready': 'not ready',
  foreign: 'not a pod of the Deployment',
};

/** Heads the column of the requests over one connection. */
const KEPT_OPEN = 'kept open';

type KeepAlive = NonNullable<LoadSection['keepAlive']>;

/** @throws Error for a report without a load section */
export function modelOf(report: Report): LoadModel {
  const { load } = report;
  if (!load) throw new Error('the report has no load section');
  const columns = (['p50', 'p90', 'p99', 'max'] as const).filter((column) =>
    load.pods.some(({ latency }) => latency !== null && latency[column] !== null),
  );
  const times: string[] = columns.length > 0 ? [...columns] : ['p50', 'max'];
  const prefix = commonPrefix(load.pods.map(({ pod }) => pod));
  const total = Math.max(1, load.completed);
  const others = [...load.unattributed, ...load.lost].map(({ what, requests }, index) => ({
    what: index < load.unattributed.length ? 'pod unknown' : what,
    share: requests / total,
    requests,
    counts: [String(requests), ...(load.keepAlive === null ? [] : [''])],
  }));
  return {
    load,
    counts: ['requests', ...(load.keepAlive === null ? [] : [KEPT_OPEN])],
    times,
    pods: load.pods.map((pod, index) => ({
      letter: letterOf(index),
      pod: pod.pod,
      short: shortName(pod.pod, prefix),
      remark: pod.judged || pod.state !== 'steady' ? REMARKS[pod.state] : 'out of reach of this way',
      share: pod.share,
      counts: [String(pod.requests), ...(load.keepAlive === null ? [] : [keptOpen(load.keepAlive, pod.pod)])],
      requests: pod.requests,
      times: columns.map((column) => timeOf(pod.latency?.[column] ?? null)),
      errors: pod.errors,
    })),
    others,
    notes: notesOf(load, prefix),
    verdict: verdictOf(report),
  };
}

/** `6 ms`, `0.4 ms`, `1.25 s`; `-` for what is not known. */
export function timeOf(ms: number | null): string {
  if (ms === null) return '-';
  if (ms >= 999.5) return `${(ms / 1000).toFixed(2)} s`;
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** A part as `40 %`, with a digit more where it is small. */
export function percent(part: number): string {
  const value = part * 100;
  if (value > 0 && value < 0.0001) return 'under 0.0001 %';
  if (value > 0 && value < 0.1) return `${Number(value.toPrecision(1))} %`;
  return value < 10 && value > 0 ? `${Number(value.toFixed(1))} %` : `${Math.round(value)} %`;
}

/** How certain the result is, in a sentence; undefined where there is nothing to be uncertain about. */
export function certainty({ spread, pods }: LoadSection): string | undefined {
  if (spread === null) return undefined;
  const judged = pods.filter((pod) => pod.judged);
  const requests = judged.reduce((sum, pod) => sum + pod.requests, 0);
  // Where a verdict of chance was passed, it says its probability itself.
  if (spread.miss < 1e-6 || spread.verdict === 'unserved' || spread.verdict === 'uneven') return undefined;
  return (
    `${requests} requests miss a healthy one of ${judged.length} pods ${percent(spread.miss)} of the time; ` +
    `${spread.more.requests} requests: ${percent(spread.more.miss)}`
  );
}

/** One line for each check: what was expected or seen, and the fact. */
export function checkLine({ status, title, message }: CheckResult): { text: string; fact: string } {
  return status === 'fail' || status === 'warn'
    ? { text: message, fact: '' }
    : { text: title, fact: message };
}

/** The run in a word or two. */
export function verdictOf(report: Report): LoadModel['verdict'] {
  if (report.interrupted) return { status: 'unknown', words: 'interrupted: a partial result' };
  const status = gravest(report.checks.map((check) => check.status));
  if (status === 'fail') {
    const isSpread = report.checks.some(
      ({ id, status: each }) => each === 'fail' && /answered|spread/.test(id),
    );
    return { status, words: isSpread ? 'not balanced' : 'failed' };
  }
  if (status === 'unknown' || status === 'blocked') return { status: 'unknown', words: 'not decided' };
  const isOne = report.load && report.load.pods.filter(({ judged }) => judged).length < 2;
  const words = isOne ? 'one pod: nothing to balance' : 'balanced';
  return { status, words: status === 'warn' ? `${words}, with warnings` : words };
}

function notesOf(load: LoadSection, prefix: string): string[] {
  const notes = [...load.notes];
  for (const { what, requests } of load.unattributed)
    notes.push(`${requests} requests: pod unknown, because ${what}`);
  if (load.unfinished > 0) {
    const why = {
      requests: '',
      duration: ': the time was up',
      interruption: ': the run was interrupted',
      'no-answer': ': nothing had answered for 30 s',
      'no-route': ': nothing answers',
    }[load.endedBy];
    notes.push(`${load.unfinished} of ${load.requests} requests were not sent or not waited for${why}`);
  }
  const { keepAlive } = load;
  if (keepAlive !== null) {
    notes.push(`${KEPT_OPEN}: ${pinning(keepAlive, prefix)}`);
  }
  return notes;
}

/** What the connection that was kept open did with the requests. */
function pinning({ requests, connections, pods, others }: KeepAlive, prefix: string): string {
  const parts = pods.map((pod) => ({ requests: pod.requests, to: shortName(pod.what, prefix) }));
  if (others > 0) parts.push({ requests: others, to: 'no known pod' });
  const [first, ...more] = parts;
  const where =
    first && more.length === 0
      ? `all ${requests} requests to ${first.to}`
      : `${requests} requests: ${parts.map((part) => `${part.requests} to ${part.to}`).join(', ')}`;
  const took =
    connections === 1
      ? `one connection took ${where}`
      : `${connections} connections, because the server closes them, took ${where}`;
  return `${took}. kube-proxy picks a pod for each connection, not for each request`;
}

/** Requests that a pod served over the connection that was kept open. */
function keptOpen({ pods }: KeepAlive, pod: string): string {
  return String(pods.find(({ what }) => what === pod)?.requests ?? 0);
}

function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(97 + index) : '?';
}

function shortName(pod: string, prefix: string): string {
  return prefix !== '' && pod.startsWith(prefix) ? `…-${pod.slice(prefix.length)}` : pod;
}

/** What all names have in common, up to and with the last hyphen; empty for a single name. */
function commonPrefix(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  if (rest.length === 0) return '';
  let length = first.length;
  for (const name of rest) while (!name.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, first.slice(0, length).lastIndexOf('-') + 1);
}
