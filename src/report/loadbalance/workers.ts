/** The report of `loadbalance --workers`: what each way did, from where, and which pods served. */
import { count } from '../../count.js';
import type { WorkersReport } from '../../load/workers/judge.js';
import { safeJson } from '../escape.js';
import type { Style } from '../style.js';

export interface WorkersHead {
  release: string;
  namespace: string;
  job: string;
  requests: number;
}

export function workersText(report: WorkersReport, head: WorkersHead, { symbols, color }: Style): string {
  const { findings, spread, pods, unattributed, workers, notices } = report;
  const from = new Set(workers.flatMap(({ node }) => node ?? []));
  const lines = [
    `loadbalance ${symbols.separator} ${head.release} in ${head.namespace} ${symbols.separator} ${count(workers.length, 'worker')} on ${count(from.size, 'node')} ${symbols.separator} ${count(head.requests, 'request')} each on every way`,
    '',
  ];
  for (const { status, summary, fix } of findings) {
    lines.push(`  ${status === 'fail' ? color.red(symbols.fail) : color.yellow(symbols.unknown)} ${summary}`);
    if (fix !== undefined) lines.push(`      ${fix}`);
  }
  if (findings.length > 0) lines.push('');
  const nodes = [...from].sort();
  const rows = [
    ['way', 'answered', 'p50', 'p99', ...nodes.map((node) => `from ${node}`)],
    ...spread.map((way) => [
      way.way,
      `${way.good} of ${way.sent}`,
      milliseconds(way.p50),
      milliseconds(way.p99),
      ...nodes.map((node) => {
        const cell = way.from.find((each) => each.node === node);
        return cell === undefined
          ? '-'
          : cell.good === cell.sent
            ? String(cell.sent)
            : `${cell.good} of ${cell.sent}`;
      }),
    ]),
  ];
  lines.push(...aligned(rows), '');
  const served = pods.map(({ pod, node, requests }) => [pod, node ?? '-', String(requests)]);
  lines.push(...aligned([['pod', 'node', 'served'], ...served]));
  if (unattributed > 0) lines.push(`  ${unattributed} answered requests are of no known pod`);
  for (const notice of notices) lines.push('', `  note: ${notice}`);
  const verdict = { 0: 'every way and every pod serves', 1: 'not all of it serves', 3: 'not determined' }[
    report.exitCode
  ];
  return `${[...lines, '', verdict].join('\n')}\n`;
}

export function workersJson(report: WorkersReport, head: WorkersHead, version: string): string {
  const { exitCode, ...rest } = report;
  return safeJson(
    `${JSON.stringify({ tool: 'todo-k8s', version, command: 'loadbalance --workers', exitCode, ...head, ...rest }, null, 2)}\n`,
  );
}

function milliseconds(ms: number | null): string {
  return ms === null ? '-' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
