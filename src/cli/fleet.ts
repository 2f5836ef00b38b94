/** The published results of one or several clusters; a cluster that cannot be asked is a row, and not the end. */
import { mapLimited } from '../evidence/concurrency.js';
import { KubernetesError, type ConnectionFlags } from '../evidence/kubernetes/client.js';
import { createKubernetesClient } from '../evidence/kubernetes/create-client.js';
import { sanitizeLine } from '../evidence/sanitize.js';
import { aged, unseen, type FleetRow } from '../publish/fleet.js';
import { NoReportsError, readReports } from '../publish/read-reports.js';
import type { Listed } from './releases-file.js';
import { UsageError } from './usage-error.js';

/** Clusters that are asked at a time. */
const CONCURRENT_CLUSTERS = 4;
/** Namespaces of one cluster that are asked at a time, where all of them at once may not be. */
const CONCURRENT_NAMESPACES = 6;

export interface FleetInput {
  connection: ConnectionFlags;
  contexts: readonly string[] | undefined;
  /** A file that names releases, or - for standard input. */
  releasesFrom: string | undefined;
  namespace: string | undefined;
  isEverywhere: boolean;
  /** As the label says it. */
  command: string;
  selector: string | undefined;
  /** Milliseconds. */
  maxAgeMs: number;
}

/** @throws UsageError, ContractError, KubeconfigError: what is wrong before a cluster is asked */
export async function readFleet(input: FleetInput, signal: AbortSignal): Promise<FleetRow[]> {
  const { connection, contexts, releasesFrom } = input;
  if (contexts?.some((each) => each.trim() === ''))
    throw new UsageError('--contexts: the name of a context is empty');
  const listed =
    releasesFrom === undefined
      ? undefined
      : await (await import('./releases-file.js')).readReleasesFile(releasesFrom);
  const clusters = new Set<string | undefined>(
    listed?.map(({ context }) => context ?? connection.context) ?? contexts ?? [connection.context],
  );
  const parts = await mapLimited([...clusters], CONCURRENT_CLUSTERS, (context) => {
    const here = listed?.filter((each) => (each.context ?? connection.context) === context);
    return ofCluster({ ...input, connection: { ...connection, context } }, here, signal);
  });
  return parts.flat();
}

async function ofCluster(
  { connection, namespace, isEverywhere, command, selector, maxAgeMs }: FleetInput,
  listed: readonly Listed[] | undefined,
  signal: AbortSignal,
): Promise<FleetRow[]> {
  const client = await createKubernetesClient(connection, process.env);
  const context = sanitizeLine(client.context);
  const where = isEverywhere || listed !== undefined ? undefined : (namespace ?? client.namespace);
  /** undefined: of all namespaces. @throws KubernetesError, NoReportsError */
  const rowsIn = async (place: string | undefined): Promise<FleetRow[]> => {
    const found = await readReports(client, { namespace: place, command, selector }, signal);
    const now = Date.now();
    return found.map((row) => aged({ ...row, context }, maxAgeMs, now));
  };
  try {
    return await rowsIn(where).then(
      (rows) => (listed === undefined ? rows : chosen(rows, listed, context)),
      (error: unknown) => {
        if (listed === undefined || !isForbidden(error)) throw error;
        return inEachNamespace(listed, context, rowsIn);
      },
    );
  } catch (error) {
    if (!(error instanceof KubernetesError || error instanceof NoReportsError)) throw error;
    return [unseen({ context, namespace: where ?? '-', release: '-' }, sanitizeLine(error.message), false)];
  } finally {
    await client.close();
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof KubernetesError && error.why === 'forbidden';
}

/** Whoever may not list all namespaces may have a Role in each of those that the list names; what is refused there, too, is unknown. */
async function inEachNamespace(
  listed: readonly Listed[],
  context: string,
  rowsIn: (namespace: string) => Promise<FleetRow[]>,
): Promise<FleetRow[]> {
  const namespaces = [...new Set(listed.map(({ namespace }) => namespace))];
  const parts = await mapLimited(namespaces, CONCURRENT_NAMESPACES, async (namespace) => {
    const here = listed.filter((each) => each.namespace === namespace);
    try {
      return chosen(await rowsIn(namespace), here, context);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      const { message } = error as KubernetesError;
      return here.map(({ release, deployment = '-' }) =>
        unseen({ context, namespace, release: release ?? deployment }, sanitizeLine(message), true),
      );
    }
  });
  return parts.flat();
}

/** Of a list each release has its row. */
function chosen(rows: readonly FleetRow[], listed: readonly Listed[], context: string): FleetRow[] {
  const byName = new Map(rows.map((row) => [`${row.namespace}/${row.release}`, row]));
  return listed.map(({ namespace, release, deployment = '-' }) => {
    const name = release ?? deployment;
    return (
      byName.get(`${namespace}/${name}`) ??
      unseen({ context, namespace, release: name }, 'no Report of it is published', true)
    );
  });
}
