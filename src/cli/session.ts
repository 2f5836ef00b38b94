/** From flags to what is verified: the cluster, its releases, each one's contract, and how to observe it. */
import path from 'node:path';
import { CHECKS } from '../checks/index.js';
import type { Contract } from '../contract/contract.js';
import type { Choice } from '../contract/choice.js';
import { resolveNames, type NameInput, type ResolvedNames } from '../contract/names.js';
import { resolveContract, type ResolvedContract } from '../contract/resolve.js';
import type { Target } from '../contract/target.js';
import { identityShape } from '../evidence/border/pod-shape.js';
import { understand } from '../evidence/border/read.js';
import { mapLimited } from '../evidence/concurrency.js';
import { discover, type Discovery } from '../evidence/discovery.js';
import type { HelmRelease } from '../contract/helm-release.js';
import type { EvidenceKey, EvidenceReader, Observed } from '../evidence/evidence.js';
import { clientOptions } from './client-options.js';
import { createKubernetesClient } from '../evidence/kubernetes/create-client.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import { createLiveReader, type ReaderOptions } from '../evidence/live-reader.js';
import { allOf, createRedactor, unreadNotices, type Redactor } from '../evidence/redaction.js';
import { SharedClient } from '../evidence/shared-client.js';
import type { LoadPlan } from '../load/plan.js';
import type { ReplaySource } from '../engine/report.js';
import type { BundleRun } from '../evidence/bundle/manifest.js';
import { Recorder } from '../evidence/bundle/recorder.js';
import type { CheckContext } from '../checks/check.js';
import type { Shell } from '../rule/command.js';
import { targetArguments, targetOptions } from './command-line.js';
import { installedRelease, plannedRelease, releaseFacts } from './installed-release.js';
import type { Planned } from './planned.js';
import { projectContract } from './project-file.js';
import { backendNamespaces, lookElsewhere } from './elsewhere.js';
import { UsageError } from './usage-error.js';
import { givenNames, withOpenNames, writtenContract } from './written-contract.js';
import { sanitizeLine } from '../evidence/sanitize.js';
import { printedLine } from '../report/printed.js';
import { writeStderr } from '../report/write.js';

/** Releases that are looked at side by side. */
export const CONCURRENT_RELEASES = 6;

/** What the shared flags hold once oclif has parsed them. */
export interface SessionFlags {
  namespace?: string;
  context?: string;
  kubeconfig?: string;
  as?: string;
  'as-group'?: string[];
  'request-timeout': number;
  lab?: string;
  release?: string;
  deployment?: string;
  'all-releases': boolean;
  'all-namespaces'?: boolean;
  values?: string[];
  contract?: string;
  /** False: a todo-k8s.yaml above the working directory is no contract. */
  projectFile?: false;
  set?: string[];
  /** Flags that were not given, with where they come from; variables that are nearly settings. */
  defaults?: string[];
  stray?: string[];
  /** The project's file, where the contract is from there. */
  project?: string | undefined;
  url?: string;
  via?: string;
  exec: boolean;
  verbose?: boolean;
  /** What would be installed, in place of a cluster: a file, a folder, or - for standard input. */
  manifests?: string;
  /** A chart to render, in place of a cluster; `values` and `set` are Helm's then. */
  chart?: string;
  /** With `manifests` or `chart`: where it would be applied, `live` or a bundle. */
  against?: string;
  /** What Helm has stored of the installed release, in place of what is there now. */
  stored?: boolean;
  /** A bundle to read in place of a cluster. */
  from?: string;
  /** A bundle to write. */
  record?: string;
  /** Newest lines of each log that the bundle keeps. */
  'log-lines'?: number;
}

/** One release, ready to be observed. */
export interface Release {
  target: Target;
  contract: Contract;
  /** The contract with the origin of each value. */
  resolved: ResolvedContract;
  /** What the user must know about the run itself. */
  notices: string[];
  /** What could not be removed from texts, known once they were read. */
  unremoved: () => string[];
  /**
   * A reader of the state as it is now.
   * @param load requests to send in place of the contract's
   * @param contract says where to look, in place of the release's own
   */
  observe(load?: LoadPlan, contract?: Contract): EvidenceReader;
  /** Milliseconds since the epoch that checks take for now. */
  now(): number;
  /** What leads a pasted command to the same cluster. */
  shell: Shell;
  /** Takes down what is observed, when that was asked for. */
  recorder: Recorder | undefined;
  /** Flags that were not given, with where they come from. */
  defaults?: string[];
  /** Of a bundle: the run that is replayed. */
  replayed: ReplayedRun | undefined;
  /** It is not installed yet; undefined: it runs, or ran. */
  planned?: Planned;
}

/** What a release is judged by. */
export function contextOf(release: Release): CheckContext {
  const { contract, target, shell } = release;
  return { contract, target, shell, now: release.now() };
}

/** The options that lead to a release, also where all of them were asked for. */
export function optionsOf(target: Target, flags: SessionFlags): Record<string, string> {
  const { namespace, release } = target;
  return targetOptions({
    ...flags,
    ...(flags['all-releases'] && { release }),
    ...(flags['all-namespaces'] === true && { namespace, release }),
  });
}

/**
 * What was given on the command line leads elsewhere than the shell's own defaults. A lab is nobody's default, and is
 * gone by the time that a line is pasted: with its context the line fails, and hits no other cluster.
 */
function shellFor(flags: SessionFlags, target: Target): Shell {
  return {
    context: flags.lab === undefined ? flags.context : target.context,
    kubeconfig: flags.lab === undefined ? flags.kubeconfig : undefined,
    own: targetArguments(optionsOf(target, flags)),
  };
}

export interface ReplayedRun extends BundleRun {
  source: ReplaySource;
  /** Milliseconds since the epoch. */
  startedAt: number;
  finishedAt: number;
  /** Its host names, addresses and user names are tokens. */
  pseudonymized: boolean;
}

export interface Session {
  releases: Release[];
  /** Knows every secret that was read in this session. */
  redactor: Redactor;
  close(): Promise<void>;
}

/**
 * Connects, finds the releases and lays the overlays over the contract. A cluster that cannot be asked is no error
 * here: what it would have said is unknown in the report.
 * @throws UsageError, KubeconfigError, ContractError, BundleError
 */
export async function openSession(given: SessionFlags, signal: AbortSignal): Promise<Session> {
  if (given.from !== undefined) {
    const { openBundleSession } = await import('./bundle-session.js');
    return openBundleSession(given.from, given);
  }
  const project =
    given.projectFile === false || given.contract !== undefined || given.lab !== undefined
      ? undefined
      : await projectContract(process.cwd());
  const flags = {
    ...given,
    contract: given.contract ?? project,
    project: project && path.relative(process.cwd(), project),
  };
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    if (flags.manifests !== undefined || flags.chart !== undefined) {
      const { openPlanned } = await import('./planned.js');
      return await openPlanned(
        flags,
        { options: readerOptions(flags), find: findReleases, contextOf },
        signal,
      );
    }
    let { kubeconfig, url } = flags;
    if (flags.lab !== undefined) {
      const { startLab } = await import('../lab/lab.js');
      const lab = await startLab(flags.lab);
      closers.push(() => lab.close());
      kubeconfig = lab.kubeconfigPath;
      // Each lab has a loopback address of its own on Linux only; elsewhere its port may be another than the contract's.
      if (process.platform !== 'linux' && flags.via === undefined) url ??= lab.url;
    }
    const connected = await createKubernetesClient(clientOptions({ ...flags, kubeconfig }), process.env);
    closers.push(() => connected.close());
    // Until the releases are found nothing secret was read, so there is nothing to redact.
    const found: { redactor?: Redactor } = {};
    const client = flags.verbose
      ? await traced(connected, (line) => found.redactor?.redact(line) ?? line)
      : connected;
    const options = readerOptions({ ...flags, url });
    if (flags.stored) {
      const { openStored } = await import('./planned.js');
      const parts = { options: readerOptions(flags), find: findReleases, contextOf };
      return { ...(await openStored(client, flags, parts, signal)), close };
    }
    const session = flags['all-namespaces']
      ? await findEverywhere(client, flags, options, signal)
      : await findReleases(client, flags, options, signal);
    closers.push(() => session.close());
    found.redactor = session.redactor;
    return { ...session, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function readerOptions(flags: SessionFlags): ReaderOptions {
  return {
    url: flags.url,
    via: flags.via as ReaderOptions['via'],
    exec: flags.exec,
    facts: [...new Set(CHECKS.flatMap(({ meta }) => [...(meta.reads as EvidenceKey[])]))],
    requestTimeoutMs: flags['request-timeout'],
    probeTimeoutMs: flags['request-timeout'],
  };
}

/** The releases of all namespaces that have one: each namespace as if it alone were asked for. */
async function findEverywhere(
  client: KubernetesClient,
  flags: SessionFlags,
  options: ReaderOptions,
  signal: AbortSignal,
): Promise<Session> {
  const namespaces = await backendNamespaces(client, signal);
  const each = { ...flags, 'all-releases': true, release: undefined, deployment: undefined };
  const sessions = await mapLimited(namespaces, CONCURRENT_RELEASES, (namespace) =>
    findReleases(client, each, options, signal, namespace),
  );
  return {
    releases: sessions.flatMap(({ releases }) => releases),
    redactor: allOf(sessions.map(({ redactor }) => redactor)),
    close: async () => {
      for (const each of sessions) await each.close();
    },
  };
}

async function findReleases(
  client: KubernetesClient,
  flags: SessionFlags,
  options: ReaderOptions,
  signal: AbortSignal,
  namespace = client.namespace,
  planned?: HelmRelease,
): Promise<Session> {
  const discovery = await discover(client, namespace, signal);
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
  if (resolution.ok) names = resolution.targets.map((each) => withOpenNames(each, written));
  else {
    await requireNamespace(client, namespace, signal);
    if (resolution.problem.kind !== 'several-releases') {
      const elsewhere = await lookElsewhere(client, flags, signal);
      if (elsewhere !== undefined) throw new UsageError(elsewhere);
    }
    const chosen = await chooseOne(resolution.problem.choices, signal);
    if (chosen !== undefined)
      return findReleases(client, { ...flags, [chosen.flag]: chosen.value }, options, signal, namespace);
    if (resolution.problem.exitCode === 2) throw new UsageError(resolution.problem.message);
    // Nothing is installed: the report says so check by check, for the names that the contract gives.
    notices.push(resolution.problem.message);
    names = fallback(input);
  }
  const gap = unreachable(discovery);
  const redactor = createRedactor(
    names.flatMap((each) => [...(Object.values(each.names) as string[]), namespace, client.context]),
  );
  const shared = names.length > 1 ? new SharedClient(client) : undefined;
  const open = async (each: ResolvedNames): Promise<Release> => {
    const { known, stored, installed } = planned
      ? plannedRelease(planned, discovery)
      : await installedRelease(client, namespace, each, { discovery, isGap: gap !== undefined, signal });
    const unread =
      stored && !stored.ok
        ? [
            `the installed Helm release says nothing of what is expected, because it could not be read: ${stored.detail}`,
          ]
        : [];
    const resolved = await resolveContract({
      helmRelease: stored?.ok ? stored.value : undefined,
      valuesFiles: flags.values ?? [],
      contractFile: flags.contract,
      sets: flags.set ?? [],
    });
    const recorder = flags.record === undefined ? undefined : new Recorder(flags['log-lines']);
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
          client: shared ?? client,
          target,
          contract,
          options: {
            ...options,
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
      now: () => recorder?.now() ?? Date.now(),
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
  return { releases, redactor, close: () => shared?.close() ?? Promise.resolve() };
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

/** The client of --verbose: each call is a line on stderr. */
async function traced(client: KubernetesClient, redact: (line: string) => string): Promise<KubernetesClient> {
  const { tracedClient } = await import('../evidence/kubernetes/traced-client.js');
  return tracedClient(client, (line) => writeStderr(printedLine(redact(line))));
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
  const resolution = resolveNames({ ...input, deployments: undefined });
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
