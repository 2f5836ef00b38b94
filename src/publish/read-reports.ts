/** What `--publish report` has put into a cluster, read back: a row for each release. Anybody may have written such an object. */
import { understand } from '../evidence/border/read.js';
import { list, map, name, need, object, text } from '../evidence/border/shape.js';
import { KubernetesError, type KubernetesClient } from '../evidence/kubernetes/client.js';
import type { Row } from '../report/releases.js';
import { REPORT_APIS, type ReportApi } from './report-object.js';

interface Result {
  policy: string;
  result?: string;
  message?: string;
  /** Older versions of the format call it so. */
  description?: string;
  properties?: Record<string, string>;
}

interface Stored {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  results?: Result[];
}

const shape = object<Stored>({
  metadata: need(
    object<Stored['metadata']>({
      name: need(name),
      namespace: text,
      labels: map(text),
      annotations: map(text),
    }),
  ),
  results: list(
    object<Result>({
      policy: need(text),
      result: text,
      message: text,
      description: text,
      properties: map(text),
    }),
  ),
});

/** One published result. */
export interface PublishedRow extends Row {
  /** Name of the object that holds it. */
  object: string;
  /** When that run began, in milliseconds since the epoch; undefined: it does not say. */
  startedAt: number | undefined;
  /** Exit code of that run; undefined: it does not say. */
  exitCode: number | undefined;
}

export interface ReportQuery {
  /** undefined: all. */
  namespace: string | undefined;
  /** The command whose results are meant, as the label says it: `verify`. */
  command: string;
  /** More of a label selector, as kubectl takes it. */
  selector: string | undefined;
}

/** A cluster that has neither kind of object. */
export class NoReportsError extends Error {
  override readonly name = 'NoReportsError';
}

/**
 * The results of one cluster, page by page: of each object only the row is kept.
 * @throws KubernetesError; NoReportsError where the cluster knows no such objects
 */
export async function readReports(
  client: KubernetesClient,
  { namespace, command, selector }: ReportQuery,
  signal: AbortSignal,
): Promise<PublishedRow[]> {
  const labels = ['app.kubernetes.io/managed-by=todo-k8s', `todo-k8s.io/command=${command}`];
  const labelSelector = [...labels, ...(selector === undefined ? [] : [selector])].join(',');
  for (const api of REPORT_APIS) {
    try {
      return await client.list(listPath(api, namespace), signal, {
        labelSelector,
        pick: (item) => rowOfObject(item, client.context),
      });
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.why !== 'not-found') throw error;
    }
  }
  const known = REPORT_APIS.map(({ resource, group }) => `${resource}.${group}`).join(' nor ');
  throw new NoReportsError(`the cluster knows neither ${known}: nothing can have been published there`);
}

function listPath({ group, version, resource }: ReportApi, namespace: string | undefined): string {
  const where = namespace === undefined ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
  return `/apis/${group}/${version}/${where}${resource}`;
}

/** undefined: it cannot be understood, and is no result of this program. */
function rowOfObject(item: unknown, context: string): PublishedRow | undefined {
  const { value, oddities } = understand(item, shape);
  if (value === undefined) return undefined;
  const { labels = {}, annotations = {}, namespace = '', name: objectName } = value.metadata;
  const results = value.results ?? [];
  const checks = results.filter(({ properties }) => properties?.status !== undefined);
  const statusOf = (status: string) => checks.filter(({ properties }) => properties?.status === status);
  const exitCode = wholeNumber(annotations['todo-k8s.io/exit-code']);
  const startedAt = Date.parse(annotations['todo-k8s.io/started-at'] ?? '');
  const failed = statusOf('fail').length;
  const verdictOf = (): Row['status'] => {
    if (failed > 0 || exitCode === 1) return 'fail';
    // What is odd, or says nothing, proves nothing.
    if (oddities.length > 0 || exitCode !== 0 || checks.length === 0) return 'unknown';
    return statusOf('warn').length > 0 ? 'warn' : 'pass';
  };
  return {
    object: objectName,
    context,
    namespace,
    release: labels['todo-k8s.io/release'] ?? '-',
    status: verdictOf(),
    passed: statusOf('pass').length,
    asked: checks.length - statusOf('skip').length,
    failed,
    problem: problemOf(results),
    durationMs: 0,
    next: undefined,
    startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
    exitCode,
  };
}

/** The cause, else the first check that fails, else the first that is not known: as of the run itself. */
function problemOf(results: readonly Result[]): string {
  const cause = results.find(({ properties }) => properties?.verdict !== undefined);
  const first =
    cause ??
    ['fail', 'unknown', 'warn']
      .map((status) => results.find(({ properties }) => properties?.status === status))
      .find((each) => each !== undefined);
  if (first === undefined) return '';
  const [line = ''] = (first.message ?? first.description ?? '').split('\n');
  return `${first.policy}: ${line}`;
}

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,3}$/.test(value) ? Number(value) : undefined;
}
