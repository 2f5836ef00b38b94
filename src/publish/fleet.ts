/** What was published of many releases, as of now: rows with their age, what is too old, what is missing, and the exit code. */
import { elapsed } from '../kube/pod-state.js';
import type { Row } from '../report/releases.js';
import { word } from '../rule/command.js';
import type { PublishedRow } from './read-reports.js';

/** Milliseconds by which another machine's clock may be ahead. */
const CLOCK_SKEW_MS = 5 * 60_000;

export interface FleetRow extends Row {
  /** RFC 3339; null: it does not say. */
  startedAt: string | null;
  /** Longer ago than was asked for, or not told. */
  stale: boolean;
}

/**
 * One result, judged by its age: that a release passed long ago says nothing of now. That it failed stays told.
 * @param maxAgeMs milliseconds
 * @param now milliseconds since the epoch
 */
export function aged(row: PublishedRow, maxAgeMs: number, now: number): FleetRow {
  const { startedAt } = row;
  const ageMs = startedAt === undefined ? undefined : now - startedAt;
  const stale = ageMs === undefined || ageMs > maxAgeMs || ageMs < -CLOCK_SKEW_MS;
  const said = ageMs === undefined ? 'not told' : elapsed(Math.max(0, ageMs / 1000));
  const isFailed = row.status === 'fail';
  return {
    context: row.context,
    namespace: row.namespace,
    release: row.release,
    passed: row.passed,
    asked: row.asked,
    failed: row.failed,
    durationMs: row.durationMs,
    status: stale && !isFailed ? 'unknown' : row.status,
    problem: stale && !isFailed ? `${row.status} ${whenWas(ageMs, said)}, not known since` : row.problem,
    age: stale ? `${said}, stale` : said,
    next: row.status === 'pass' && !stale ? undefined : nextOf(row),
    startedAt: startedAt === undefined ? null : new Date(startedAt).toISOString(),
    stale,
  };
}

function whenWas(ageMs: number | undefined, said: string): string {
  if (ageMs === undefined) return 'at a time that is not told';
  return ageMs < 0 ? 'in the future, by the clock of this machine' : `${said} ago`;
}

/** Something of which nothing is published, or a cluster that could not be asked. */
export function unseen(
  place: Pick<Row, 'context' | 'namespace' | 'release'>,
  problem: string,
  isRelease: boolean,
): FleetRow {
  return {
    ...place,
    status: 'unknown',
    passed: 0,
    asked: 0,
    failed: 0,
    problem,
    durationMs: 0,
    age: '-',
    next: isRelease ? nextOf(place) : undefined,
    startedAt: null,
    stale: true,
  };
}

/** A failure outranks what is not known; nothing at all is not known. */
export function exitCodeOfFleet(rows: readonly FleetRow[]): number {
  if (rows.some(({ status }) => status === 'fail')) return 1;
  return rows.length === 0 || rows.some(({ status }) => status === 'unknown') ? 3 : 0;
}

/** Made here: what stands in an object of a cluster is nothing to be pasted. */
function nextOf({ context, namespace, release }: Pick<Row, 'context' | 'namespace' | 'release'>): string {
  const where = context === 'in-cluster' ? '' : ` --context=${word(context)}`;
  return `todo-k8s verify${where} -n ${word(namespace)} --release=${word(release)}`;
}
