/** `todo-k8s fleet -o json`: the rows of the table, worst first, and what they come to. */
import { jsonDocument } from './json.js';
import { worstFirst, type Row } from './releases.js';

type FleetRelease = Row & { startedAt: string | null; stale: boolean };

export function renderFleetJson(rows: readonly FleetRelease[], version: string, exitCode: number): string {
  const releases = worstFirst(rows).map((row) => ({
    context: row.context,
    namespace: row.namespace,
    release: row.release,
    status: row.status,
    stale: row.stale,
    startedAt: row.startedAt,
    passed: row.passed,
    asked: row.asked,
    failed: row.failed,
    problem: row.problem === '' ? null : row.problem,
    next: row.next ?? null,
  }));
  const tool = { name: 'todo-k8s', version };
  return jsonDocument({ schemaVersion: 1, tool, command: 'fleet', exitCode, releases });
}
