/** The releases that are meant, each with its contract and how to observe it. */
import type { Choice } from '../contract/choice.js';
import { uninstalledOf, type NameInput } from '../contract/found-objects.js';
import { uninstalledThere } from '../contract/name-problems.js';
import type { HelmRelease } from '../contract/helm-release.js';
import { findFrontend } from '../contract/frontend.js';
import { resolveNames, type ResolvedNames } from '../contract/names.js';
import { resolveContract } from '../contract/resolve.js';
import type { Target } from '../contract/target.js';
import { identityShape } from '../evidence/border/pod-shape.js';
import { understand } from '../evidence/border/read.js';
import { Recorder } from '../evidence/bundle/recorder.js';
import { mapLimited } from '../evidence/concurrency.js';
import { discover, type Discovery } from '../evidence/discovery.js';
import type { EvidenceReader, Observed } from '../evidence/evidence.js';
import type { ReaderOptions } from '../evidence/fact-context.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import { elapsed } from '../kube/pod-state.js';
import { createLiveReader } from '../evidence/live-reader.js';
import { createRedactor, unreadNotices } from '../evidence/redaction.js';
import { sanitizeLine } from '../evidence/sanitize.js';
import { revisionsTogether, secretsTogether, type Together } from '../evidence/read-together.js';
import { SharedClient } from '../evidence/shared-client.js';
import type { LoadPlan } from '../load/plan.js';
import { askAhead } from './ask-ahead.js';
import { lookElsewhere, lookForOtherKinds } from './elsewhere.js';
import { plannedRelease, installedRelease, releaseFacts } from './installed-release.js';
import { type SessionFlags, type Session, CONCURRENT_RELEASES, type Release, shellFor } from './release.js';
import { isInShard } from './shard.js';
import { UsageError } from './usage-error.js';
import { writtenContract, givenNames, withOpenNames } from './written-contract.js';

/** Milliseconds between two clocks that are worth a word. */
const CLOCKS_APART_MS = 30_000;

/** What a run over many releases shares. */
export interface Many {
  client: SharedClient;
  /** What there is in a namespace, found once for all of its releases. */
  discover: (namespace: string, signal: AbortSignal) => Promise<Discovery>;
}

export async function findReleases(
  client: KubernetesClient,
  flags: SessionFlags,
  options: ReaderOptions,
  signal: AbortSignal,
  namespace = client.namespace,
  planned?: HelmRelease,
  many?: Many,
): Promise<Session> {
  const discovery = await (many?.discover(namespace, signal) ?? discover(client, namespace, signal));
  const input: NameInput = {
    namespace,
    release: flags.release,
    deployment: flags.deployment,
    allReleases: flags['all-releases'],
    deployments: valueOf(discovery.deployments),
    services: valueOf(discovery.services),
    configMaps: valueOf(discovery.configMaps),
    secrets: valueOf(discovery.secrets),
    releases: valueOf(discovery.releases),
  };
  const written = await writtenContract(flags);
  input.given = givenNames(written);
  input.container = written?.backend.container.name;
  const resolution = resolveNames(input);
  const notices: string[] = [];
  let names: ResolvedNames[];
  const isDeployed = ({ names: { deployment } }: ResolvedNames) =>
    input.deployments?.some(({ name }) => name === deployment) !== false;
  if (!(resolution.ok && resolution.targets.some(isDeployed)) && input.deployments !== undefined) {
    const other = await lookForOtherKinds(client, namespace, signal);
    if (other !== undefined) throw new UsageError(other);
  }
  if (resolution.ok) names = resolution.targets.map((each) => withOpenNames(each, written));
  else {
    await requireNamespace(client, namespace, signal);
    if (resolution.problem.kind !== 'several-releases') {
      const elsewhere = await lookElsewhere(client, flags, signal, uninstalledThere(input));
      if (elsewhere !== undefined) throw new UsageError(elsewhere);
    }
    // Who names many is not asked which one is meant.
    const chosen = many ? undefined : await chooseOne(resolution.problem.choices, signal);
    if (chosen !== undefined)
      return findReleases(client, { ...flags, [chosen.flag]: chosen.value }, options, signal, namespace);
    if (resolution.problem.exitCode === 2) throw new UsageError(resolution.problem.message);
    // Nothing is installed: the report says so check by check, for the names that the contract gives.
    notices.push(resolution.problem.message);
    names = fallback(input);
  }
  const gap = unreachable(discovery);
  const identityOf = ({ release, names: { deployment } }: ResolvedNames) => ({
    context: client.context,
    namespace,
    name: release ?? deployment,
  });
  const redactor = createRedactor(
    names.flatMap((each) => [...(Object.values(each.names) as string[]), namespace, client.context]),
  );
  const found = names.length;
  if (resolution.ok) names = names.filter((each) => isInShard(identityOf(each), flags.shard));
  const own = many === undefined && names.length > 1 ? new SharedClient(client) : undefined;
  const shared = many?.client ?? own;
  shared?.readTogether(readTogether(namespace, names, discovery));
  // A plan has nothing to wait for, and what is shared is asked once for all.
  const ahead =
    planned === undefined && shared === undefined ? askAhead(client, flags, input, names) : undefined;
  const clock = () => Date.now() + (client.aheadMs ?? 0);
  notices.push(...clockNotices(client.aheadMs));
  const open = async (each: ResolvedNames): Promise<Release> => {
    const { known, stored, installed } = planned
      ? plannedRelease(planned, discovery)
      : await installedRelease(shared ?? client, namespace, each, {
          discovery,
          isGap: gap !== undefined,
          signal,
        });
    const unread =
      stored && !stored.ok
        ? [
            `the values of the installed Helm release are not known: ${stored.why === 'forbidden' ? 'no permission to read its Secret' : stored.detail}`,
          ]
        : [];
    const resolved = await resolveContract({
      helmRelease: stored?.ok ? stored.value : undefined,
      valuesFiles: flags.values ?? [],
      contractFile: flags.contract,
      sets: flags.set ?? [],
    });
    const recorder = flags.record === undefined ? undefined : new Recorder(flags['log-lines'], clock);
    const target: Target = {
      context: sanitizeLine(client.context),
      server: client.server,
      namespace,
      ...each,
    };
    if (target.helm && installed) Object.assign(target.helm, installed);
    if (target.helm && stored?.ok && stored.value) target.helm.values = stored.value.valuePaths;
    return {
      target,
      contract: resolved.contract,
      resolved,
      notices: [...notices, ...(flags.stray ?? []), ...unread, ...resolved.notices],
      unremoved: () => unreadNotices(redactor),
      observe: (load, contract = resolved.contract) => {
        const live = createLiveReader({
          client: shared ?? ahead ?? client,
          target,
          contract,
          options: {
            ...options,
            isOneOfMany: shared !== undefined,
            frontend: findFrontend(input, each),
            release: releaseFacts(each, stored, known, flags.contract !== undefined),
            load,
            probeTimeoutMs: probeTimeout(options, load),
            onLedger: (ledger) => recorder?.keepLedger(ledger),
          },
          redactor,
        });
        const reader = readerOf(live, gap);
        return recorder?.record(reader) ?? reader;
      },
      now: () => recorder?.now() ?? clock(),
      shell: shellFor(flags, target),
      recorder,
      defaults: [
        ...(flags.defaults ?? []),
        ...(flags.project === undefined || flags.contract === undefined
          ? []
          : [`contract (${flags.project})`]),
      ],
      replayed: undefined,
    };
  };
  const releases = await mapLimited(names, CONCURRENT_RELEASES, open);
  return {
    releases,
    found,
    redactor,
    close: async () => {
      await own?.close();
      await ahead?.close();
    },
  };
}

/** Clocks that are so far apart that whoever reads the times should know. @param aheadMs of the API server's clock */
function clockNotices(aheadMs = 0): string[] {
  if (Math.abs(aheadMs) < CLOCKS_APART_MS) return [];
  const how = aheadMs > 0 ? 'behind' : 'ahead of';
  return [
    `this machine’s clock is ${elapsed(Math.abs(aheadMs) / 1000)} ${how} the API server’s; what happened when is judged by the server’s`,
  ];
}

/** The Secrets that every release asks for by name. */
function readTogether(
  namespace: string,
  names: readonly ResolvedNames[],
  discovery: Discovery,
): readonly Together[] {
  const releases = new Set(names.flatMap(({ release }) => release ?? []));
  const secrets = names.flatMap(({ names: { secret }, otherSecrets = [] }) => [secret, ...otherSecrets]);
  return [
    ...revisionsTogether(namespace, releases, discovery),
    ...secretsTogether(namespace, secrets, valueOf(discovery.secrets) ?? []),
  ];
}

async function chooseOne(
  choices: readonly Choice[] | undefined,
  signal: AbortSignal,
): Promise<Choice | undefined> {
  if (choices === undefined || !process.stdin.isTTY) return undefined;
  const { choose } = await import('./choose.js');
  const { env, stderr, stdin, stdout } = process;
  return choose(choices, { input: stdin, output: stderr, result: stdout, env }, signal);
}

/** A load run's own bound, where it is the shorter one, also for finding the way. Milliseconds. */
function probeTimeout({ probeTimeoutMs }: ReaderOptions, load: LoadPlan | undefined): number {
  return Math.min(probeTimeoutMs, load?.timeoutMs ?? Infinity);
}

/** A reader that says of every fact of the cluster why it cannot be had, without asking again. */
function readerOf(reader: EvidenceReader, gap: ReturnType<typeof unreachable>): EvidenceReader {
  if (gap === undefined) return reader;
  return {
    // Whether its machine runs is known to Minikube alone.
    read: (key, signal) => (key === 'minikube' ? reader.read(key, signal) : Promise.resolve(gap)),
    close: () => reader.close(),
  };
}

function valueOf<T>(observed: Observed<T>): T | undefined {
  return observed.ok ? observed.value : undefined;
}

/** The names that the contract gives, with what else was found, where no Deployment says which release is meant. */
function fallback(input: NameInput): ResolvedNames[] {
  // Of what was uninstalled and left its history all can be made again.
  const [gone] = uninstalledOf(input);
  const named = input.release === undefined && gone !== undefined && { release: gone.name };
  const resolution = resolveNames({ ...input, ...named, deployments: undefined });
  return resolution.ok ? resolution.targets : [];
}

/**
 * What kept every list from being read, unless it is a matter of permissions: asking again, fact by fact, would
 * only make the user wait for the same answer.
 */
function unreachable({ deployments, services, configMaps, secrets }: Discovery) {
  const lists = [deployments, services, configMaps, secrets];
  return lists.every((list) => !list.ok && list.why !== 'forbidden') && !deployments.ok
    ? deployments
    : undefined;
}

/** @throws UsageError when the namespace is not there, which an empty list does not tell */
async function requireNamespace(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await client
    .get(`/api/v1/namespaces/${encodeURIComponent(namespace)}`, signal)
    // Who may not look at namespaces must take the empty lists for an answer.
    .catch(() => ({}));
  if (found !== undefined) return;
  const all = await client
    .list('/api/v1/namespaces', signal, {
      metadataOnly: true,
      pick: (item) => understand(item, identityShape).value,
    })
    .catch(() => []);
  const names = all.map(({ metadata }) => metadata.name).slice(0, 20);
  throw new UsageError(
    `namespace "${namespace}" does not exist in context "${sanitizeLine(client.context)}"` +
      (names.length > 0 ? `; there are: ${names.join(', ')}` : '') +
      '. Choose one with -n',
  );
}
