/** A session over what would be installed: manifests or a chart in place of a cluster. */
import type { CheckContext } from '../rule/context.js';
import type { CheckMeta } from '../checks/check.js';
import { printable } from '../contract/errors.js';
import type { HelmRelease } from '../contract/helm-release.js';
import type { CheckResult } from '../engine/report.js';
import { discover, discoverEverywhere, readStored } from '../evidence/discovery.js';
import type { EvidenceReader } from '../evidence/evidence.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import type { ReaderOptions } from '../evidence/live-reader.js';
import { PlannedClient } from '../planned/client.js';
import { readManifestTexts } from '../planned/files.js';
import { beforeItRuns, onlyRunning } from '../planned/judged.js';
import { located } from '../planned/locate.js';
import { isOfCluster } from '../planned/objects.js';
import { planOf, renderedTexts, type Plan } from '../planned/plan.js';
import type { Site } from './against.js';
import { backendsOf } from './elsewhere.js';
import type { Release, Session, SessionFlags } from './release.js';
import { UsageError } from './usage-error.js';

/** How a release that is not installed yet is judged. */
export interface Planned {
  /** Why a check cannot be judged before anything runs; undefined: it can. */
  notYet: (meta: CheckMeta) => string | undefined;
  /** Results with the file and line of what they are about. */
  located: (results: readonly CheckResult[]) => CheckResult[];
  /** With --against: whether it would work there. */
  against: ((signal: AbortSignal) => Promise<CheckResult[]>) | undefined;
}

interface PlannedSession {
  client: PlannedClient;
  plan: Plan;
}

/**
 * Reads what would be installed. No cluster is asked, and no kubeconfig read.
 * @throws ManifestError, UsageError where it holds no backend, or several of which none is chosen
 */
async function openPlan(
  flags: SessionFlags,
  site: Site | undefined,
  signal: AbortSignal,
): Promise<PlannedSession> {
  const plan = await planFor(flags, signal);
  const { objects, source } = plan;
  const asked = flags.chart === undefined ? flags : { ...flags, release: undefined };
  const given = new PlannedClient(
    objects,
    source,
    flags.namespace ?? site?.client?.namespace ?? 'default',
    site?.client,
  );
  const namespace = await namespaceOf(given, plan, asked, signal);
  if (namespace === given.namespace) return { client: given, plan };
  const homeless = objects.filter((each) => each.namespace === undefined && !isOfCluster(each));
  if (homeless.length > 0)
    plan.notices.push(
      `${homeless.length} of ${objects.length} objects name no namespace: they are judged as applied with -n ${namespace}`,
    );
  return { client: new PlannedClient(objects, source, namespace, site?.client), plan };
}

async function planFor(flags: SessionFlags, signal: AbortSignal): Promise<Plan> {
  const { chart, release, namespace, values = [], set: sets = [] } = flags;
  if (chart !== undefined) {
    const { planOfChart } = await import('../planned/chart.js');
    return planOfChart({ chart, release, namespace, values, sets }, signal);
  }
  const given = flags.manifests ?? '';
  return planOf(await readManifestTexts(given), `manifests ${given === '-' ? 'from stdin' : given}`);
}

/**
 * What Helm has stored of the release that is installed.
 * @throws UsageError where there is none, several, or it cannot be read
 */
async function planOfStored(
  client: KubernetesClient,
  { release }: Pick<SessionFlags, 'release'>,
  signal: AbortSignal,
): Promise<Plan> {
  const { namespace } = client;
  const [discovery, { decodeHelmRelease, storedManifest }] = await Promise.all([
    discover(client, namespace, signal),
    import('../contract/helm-release.js'),
  ]);
  const { releases } = discovery;
  if (!releases.ok) throw new UsageError(`--from release: ${releases.detail}`, 3);
  const installed = releases.value.filter(({ status }) => status !== 'uninstalled').map(({ name }) => name);
  const name = release ?? (installed.length === 1 ? installed[0] : undefined);
  const choice = installed.map((each) => printable(each)).join(', ');
  if (name === undefined)
    throw new UsageError(
      installed.length === 0
        ? `--from release: Helm has installed nothing in namespace "${namespace}"; --from live describes what is there`
        : `--from release: there are several in namespace "${namespace}": ${choice}. Choose one with --release`,
    );
  const decoded = await readStored(client, name, discovery, signal, (data) => ({
    release: decodeHelmRelease(data),
    manifest: storedManifest(data),
  }));
  if (!decoded.ok) throw new UsageError(`--from release: ${decoded.detail}`, 3);
  if (decoded.value === undefined)
    throw new UsageError(
      `--from release: Helm has no release "${printable(name)}" in namespace "${namespace}"${choice === '' ? '' : `; there are: ${choice}`}`,
    );
  const source = `release ${name}`;
  const texts = renderedTexts(decoded.value.manifest, source);
  return { ...planOf(texts, source), hasLines: false, release: decoded.value.release, releaseName: name };
}

/** The namespace in which there is a backend, where the objects say it themselves. */
async function namespaceOf(
  client: PlannedClient,
  { objects, source }: Plan,
  flags: SessionFlags,
  signal: AbortSignal,
): Promise<string> {
  const everywhere = await discoverEverywhere(client, signal);
  const deployments = everywhere.ok ? everywhere.value : [];
  const namespaces = [...new Set(deployments.map(({ namespace }) => namespace))].sort();
  const found = namespaces.filter((namespace) => {
    const there = deployments.filter((each) => each.namespace === namespace);
    return backendsOf(namespace, there, flags).length > 0;
  });
  if (found.includes(client.namespace) && (flags.namespace !== undefined || found.length === 1))
    return client.namespace;
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0 && flags.namespace === undefined) return only;
  if (only !== undefined) {
    const where = found.map((each) => printable(each)).join(', ');
    throw new UsageError(
      flags.namespace === undefined
        ? `${source}: there are backends for several namespaces: ${where}. Choose one with -n`
        : `${source}: the backend goes to namespace ${where}, as the objects say, and not to "${flags.namespace}"`,
    );
  }
  throw new UsageError(`${source}: ${whatIsThere(objects, deployments, flags)}`);
}

function whatIsThere(
  objects: Plan['objects'],
  deployments: readonly { name: string }[],
  { deployment, release }: SessionFlags,
): string {
  const names = deployments.map(({ name }) => printable(name)).slice(0, 10);
  const wanted = deployment ?? release;
  const none =
    wanted === undefined
      ? 'no Deployment of a backend is among them'
      : `no backend "${printable(wanted)}" is among them`;
  const kinds = new Map<string, number>();
  for (const { kind } of objects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counted = [...kinds].map(([kind, count]) => `${count} ${printable(kind, 60)}`).slice(0, 10);
  const other = ['StatefulSet', 'DaemonSet'].find((kind) => kinds.has(kind));
  return names.length === 0
    ? `${none} (${counted.join(', ')})${other === undefined ? '' : `. A backend that runs as a ${other} cannot be verified: the written contract demands a Deployment, which takes its pod template as it is`}`
    : `${none}. Deployments there: ${names.join(', ')}. Choose one with --deployment`;
}

/** The same release, judged as what it is: not there yet. */
function plannedRelease(
  release: Release,
  { objects, notices, hasLines }: Plan,
  against?: (release: Release, signal: AbortSignal) => Promise<CheckResult[]>,
): Release {
  const { names, namespace } = release.target;
  const place = { namespace, deployment: names.deployment };
  return {
    ...release,
    notices: [...notices, ...release.notices],
    observe: (load, contract): EvidenceReader =>
      beforeItRuns(release.observe(load, contract), objects, place),
    planned: {
      notYet: ({ id, reads }) => onlyRunning({ id, reads }),
      against: against && ((signal) => against(release, signal)),
      located: (results) => located(results, objects, { namespace, hasLines }),
    },
  };
}

/** What a session is made of, whatever its objects come from. */
interface Parts {
  options: ReaderOptions;
  find: (
    client: KubernetesClient,
    flags: SessionFlags,
    options: ReaderOptions,
    signal: AbortSignal,
    namespace: string,
    planned: HelmRelease | undefined,
  ) => Promise<Session>;
  contextOf: (release: Release) => CheckContext;
}

/** A chart has taken these already: its values say what is expected, as those of an installed release do. */
const TAKEN = { release: undefined, values: undefined, set: undefined };

/** What would be installed, read as a cluster is. @throws ManifestError, UsageError, ContractError, KubeconfigError */
export async function openPlanned(
  flags: SessionFlags,
  { options, find, contextOf }: Parts,
  signal: AbortSignal,
): Promise<Session> {
  const { openSite, judgeAgainst } = await import('./against.js');
  const site = await openSite(flags);
  try {
    const { client, plan } = await openPlan(flags, site, signal);
    const own = plan.release === undefined ? flags : { ...flags, ...TAKEN };
    const session = await find(client, own, options, signal, client.namespace, plan.release);
    const { redactor } = session;
    const against =
      site &&
      ((release: Release, ended: AbortSignal) =>
        judgeAgainst(site, release, plan, { options, redactor, context: contextOf(release) }, ended));
    return {
      ...session,
      releases: session.releases.map((release) => plannedRelease(release, plan, against)),
      close: async () => {
        await session.close();
        await site?.close();
      },
    };
  } catch (error) {
    await site?.close();
    throw error;
  }
}

/** What Helm installed last, by its own record. @throws UsageError where there is none, or it cannot be read */
export async function openStored(
  client: KubernetesClient,
  flags: SessionFlags,
  { options, find }: Parts,
  signal: AbortSignal,
): Promise<Session> {
  const plan = await planOfStored(client, flags, signal);
  const planned = new PlannedClient(plan.objects, plan.source, client.namespace);
  const own = { ...flags, release: undefined };
  const session = await find(planned, own, options, signal, client.namespace, plan.release);
  return { ...session, releases: session.releases.map((release) => plannedRelease(release, plan)) };
}
