/** What the ledgers of all workers say together: by the node they sent from, by way, and by the pod that served. */
import { OUTCOME_WORDS } from '../../computed/load-tally.js';
import { count } from '../../count.js';
import type { HttpOutcome } from '../../evidence/outcomes.js';
import { Histogram } from '../../stats/buckets.js';
import { byText } from '../../text-order.js';
import { mergeCounts, responsesOf, sumOf, type WayCounts, type WorkerResult } from './result.js';
import type { WorkerSpec } from './spec.js';

/** A worker, and what came of it. */
export interface WorkerSeen {
  worker: number;
  pod?: string;
  node?: string;
  result?: WorkerResult;
  /** Why there is no result. */
  missing?: string;
}

/** One way, from one node or from all of them. */
export interface WayReport {
  way: string;
  url: string;
  sent: number;
  good: number;
  problems: { what: string; requests: number }[];
  p50: number | null;
  p99: number | null;
}

export interface WorkersReport {
  spread: (WayReport & { from: { node: string; sent: number; good: number }[] })[];
  pods: { pod: string; node: string | undefined; requests: number }[];
  /** Responses that no pod is known of. */
  unattributed: number;
  workers: {
    worker: number;
    pod: string | undefined;
    node: string | undefined;
    missing: string | undefined;
  }[];
  /** With the node whose port it is about, where it is about one; `fix` is a command that shows more. */
  findings: { status: 'fail' | 'unknown'; summary: string; node?: string; fix?: string }[];
  notices: string[];
  /** 0 every way and every pod served, 1 one did not, 3 it could not be determined. */
  exitCode: 0 | 1 | 3;
}

/**
 * @param ready the backend's pods that were ready, with their nodes
 * @param inLogs responses by pod that the pods' access logs show, for those whose response names none
 * @param nodes names of the cluster's nodes
 */
export function judgeWorkers(
  spec: WorkerSpec,
  workers: readonly WorkerSeen[],
  ready: readonly { name: string; node: string | undefined }[],
  inLogs: ReadonlyMap<string, number>,
  nodes: readonly string[],
): WorkersReport {
  const done = workers.filter(({ result }) => result !== undefined);
  const spread = spec.ways.map((way, index) => {
    const cells = done.map(({ node = 'unknown', result }) => ({
      node,
      counts: result?.ways[index] ?? mergeCounts([]),
    }));
    const from = [...new Set(cells.map(({ node }) => node))].sort(byText).map((node) => {
      const counts = mergeCounts(cells.filter((cell) => cell.node === node).map((cell) => cell.counts));
      return { node, sent: sumOf(counts.outcomes), good: goodOf(counts) };
    });
    const url = `http://${way.host.includes(':') ? `[${way.host}]` : way.host}:${way.port}`;
    return { ...wayReport(way.name, url, mergeCounts(cells.map(({ counts }) => counts))), from };
  });
  const all = mergeCounts(done.flatMap(({ result }) => result?.ways ?? []));
  const byPod = new Map<string, number>(ready.map(({ name }) => [name, 0]));
  for (const [pod, requests] of [...all.pods, ...inLogs]) byPod.set(pod, (byPod.get(pod) ?? 0) + requests);
  const nodeOf = new Map(ready.map(({ name, node }) => [name, node]));
  const pods = [...byPod]
    .map(([pod, requests]) => ({ pod, node: nodeOf.get(pod), requests }))
    .sort((a, b) => byText(a.pod, b.pod));
  const unattributed = Math.max(0, responsesOf(all) - sumOf([...byPod]));
  const findings = [
    ...spread.flatMap((way, index) => ofWay(way, spec.ways[index]?.node)),
    ...pods
      .filter(({ requests }) => requests === 0 && unattributed === 0 && responsesOf(all) > 0)
      .map(({ pod }) => ({
        status: 'fail' as const,
        summary: `pod ${pod} is ready and served none of ${count(responsesOf(all), 'answered request')}`,
      })),
    ...workers
      .filter(({ missing }) => missing !== undefined)
      .map(({ worker, missing = '' }) => ({
        status: 'unknown' as const,
        summary: `worker ${worker} has no result: ${missing}`,
      })),
  ];
  const used = new Set(done.map(({ node }) => node));
  const unused = nodes.filter((node) => !used.has(node));
  return {
    spread,
    pods,
    unattributed,
    workers: workers.map(({ worker, pod, node, missing }) => ({ worker, pod, node, missing })),
    findings,
    notices:
      unused.length === 0
        ? []
        : [`nothing was sent from ${count(unused.length, 'node')}: ${unused.join(', ')}`],
    exitCode: exitCodeOf(findings, responsesOf(all)),
  };
}

function exitCodeOf(findings: WorkersReport['findings'], responses: number): 0 | 1 | 3 {
  if (findings.some(({ status }) => status === 'fail')) return 1;
  return findings.length > 0 || responses === 0 ? 3 : 0;
}

/** A node port at which nobody answers is its node's; one that fails from some nodes only, of the way between them. */
function ofWay(way: WorkersReport['spread'][number], node: string | undefined): WorkersReport['findings'] {
  const { url, sent, good, from } = way;
  if (sent === 0 || good === sent) return [];
  const what = node === undefined ? `the Service’s address ${url}` : `node ${node}, port ${url}`;
  const why = way.problems.map(({ what: words, requests }) => `${words} ${requests}×`).join(', ');
  const failing = from.filter((each) => each.good < each.sent).map((each) => each.node);
  const where = failing.length === from.length ? 'from every node' : `from ${failing.join(', ')} alone`;
  const summary =
    good === 0
      ? `${what} answers nobody: ${why}, ${where}`
      : `${what}: ${sent - good} of ${sent} requests failed (${why}), ${where}`;
  return [{ status: 'fail', summary, ...(node !== undefined && { node }) }];
}

function isGood(what: string): boolean {
  return /^response [123]/.test(what);
}

function goodOf({ outcomes }: WayCounts): number {
  return sumOf(outcomes.filter(([what]) => isGood(what)));
}

function wayReport(way: string, url: string, counts: WayCounts): WayReport {
  const times = new Histogram();
  for (const [bucket, requests] of counts.total)
    for (let each = 0; each < requests; each += 1) times.add(bucket);
  const quantile = (q: number, support: number) =>
    times.count < support ? null : Math.round(times.quantile(q) * 1000) / 1000;
  const problems = counts.outcomes
    .filter(([what]) => !isGood(what))
    .map(([what, requests]) => ({ what: wordsOf(what), requests }))
    .sort((a, b) => b.requests - a.requests);
  return {
    way,
    url,
    sent: sumOf(counts.outcomes),
    good: goodOf(counts),
    problems,
    p50: quantile(0.5, 1),
    p99: quantile(0.99, 100),
  };
}

function wordsOf(what: string): string {
  const [outcome = '', status = ''] = what.split(' ');
  return outcome === 'response'
    ? `HTTP ${status}`
    : OUTCOME_WORDS[outcome as Exclude<HttpOutcome, 'response'>];
}
