/**
 * Which objects are the backend's: by labels, else by both name forms. A Deployment that is misnamed or mislabelled
 * is still found, so that a check can say what is wrong with it. Pure; lists that could not be read are undefined.
 */
import { printable } from './errors.js';
import {
  acceptedNames,
  allAcceptedNames,
  CHART,
  COMPONENT,
  COMPONENT_LABEL,
  KINDS,
  releasesFromName,
  type Kind,
} from './name-forms.js';
import { choicesOf, describeChoice, type Choice } from './choice.js';
import { referredObjects } from '../kube/effective-environment.js';
import {
  backendOf,
  followReferences,
  likelyBackends,
  urlKeyOf,
  type ContainerShape,
  type ServiceShape,
  type WorkloadShape,
} from './references.js';
import type { ObjectNames, Target } from './target.js';

export interface ObjectIdentity {
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface DeploymentIdentity extends ObjectIdentity {
  /** What it runs, where more than its metadata was read. */
  shape?: WorkloadShape;
}

export interface ServiceIdentity extends ObjectIdentity {
  shape?: ServiceShape;
}

/** A Helm release of the namespace, newest revision. */
export interface InstalledRelease {
  name: string;
  revision?: number;
  /** As Helm's label says: `deployed`, `failed`, `uninstalled`, … */
  status?: string;
  /** The chart's name, where the release was decoded. */
  chart?: string;
  /** The newest revision before this one that was deployed: what `helm rollback` can go back to. */
  previous?: number | undefined;
}

export interface NameInput {
  namespace: string;
  /** `--release`. */
  release?: string;
  /** `--deployment`, or the contract's. */
  deployment?: string;
  /** `--all-releases`. */
  allReleases?: boolean;
  /** Name of the backend's container, where a contract file gives one. */
  container?: string | undefined;
  /** Names that a contract file gives: they are read and accepted, whatever else is there. */
  given?: Partial<ObjectNames>;
  /** undefined: could not be read, which is no proof that there is none. */
  deployments: readonly DeploymentIdentity[] | undefined;
  services: readonly ServiceIdentity[] | undefined;
  configMaps: readonly ObjectIdentity[] | undefined;
  secrets: readonly ObjectIdentity[] | undefined;
  releases: readonly InstalledRelease[] | undefined;
}

/** The part of a target that names decide. */
export type ResolvedNames = Pick<
  Target,
  | 'release'
  | 'releaseNamespace'
  | 'helm'
  | 'names'
  | 'accepted'
  | 'container'
  | 'podLabels'
  | 'otherSecrets'
  | 'urlKey'
  | 'secretKeys'
>;

interface NameProblem {
  kind: 'no-release' | 'release-not-found' | 'deployment-not-found' | 'several-releases';
  /** 2 where another flag helps; 1 where nothing is installed. */
  exitCode: 1 | 2;
  message: string;
  /** The releases to choose from. */
  candidates: string[];
  /** Each backend with the flag that chooses it, where there are several. */
  choices?: Choice[];
}

export type NameResolution = { ok: true; targets: ResolvedNames[] } | { ok: false; problem: NameProblem };

interface Found {
  kind: Kind;
  object: DeploymentIdentity;
  release: string | undefined;
  /** What gave it away; `weak`: labelled as some backend, and the application is mentioned somewhere. */
  by: 'labels' | 'name' | 'weak';
}

const LABEL = {
  name: 'app.kubernetes.io/name',
  component: COMPONENT_LABEL,
  instance: 'app.kubernetes.io/instance',
  partOf: 'app.kubernetes.io/part-of',
  chart: 'helm.sh/chart',
} as const;
const RELEASE_ANNOTATION = 'meta.helm.sh/release-name';
const RELEASE_NAMESPACE_ANNOTATION = 'meta.helm.sh/release-namespace';

/** Resolves the backend's objects of one release, or of each (contract: Kubernetes Resources, Metadata). */
export function resolveNames(input: NameInput): NameResolution {
  const found = KINDS.flatMap((kind) =>
    (objectsOf(input, kind) ?? []).flatMap((object) => classify(kind, object, input.releases ?? [])),
  );
  const wanted = input.deployment ?? input.given?.deployment;
  if (wanted !== undefined && input.deployments !== undefined) return resolveDeployment(input, found, wanted);
  if (input.release !== undefined) return resolveOne(input, found, input.release);

  const releases = findReleases(input, found);
  const [first] = releases;
  if (releases.length === 0) {
    // Without the list of Deployments nothing is proven: the contract's own names are tried.
    if (input.deployments === undefined)
      return { ok: true, targets: [target(input, found, { release: undefined })] };
    return { ok: false, problem: noRelease(input) };
  }
  if (releases.length > 1 && input.allReleases !== true)
    return { ok: false, problem: severalReleases(input, found, releases) };
  const chosen = input.allReleases === true ? releases : releases.filter((each) => each === first);
  return { ok: true, targets: chosen.map((each) => target(input, found, each)) };
}

/** One backend; where it belongs to no release, its Deployment says which one is meant. */
export interface Candidate {
  release: string | undefined;
  deployment?: DeploymentIdentity;
}

function resolveDeployment(input: NameInput, found: Found[], name: string): NameResolution {
  const deployment = input.deployments?.find((each) => each.name === name);
  if (deployment !== undefined) {
    const release = input.release ?? releaseOf('deployment', deployment, input.releases ?? []);
    return { ok: true, targets: [target(input, found, { release, deployment })] };
  }
  const message = `There is no Deployment "${printable(name)}" in namespace "${input.namespace}". ${whatIsThere(input)}`;
  return { ok: false, problem: { kind: 'deployment-not-found', exitCode: 2, message, candidates: [] } };
}

function resolveOne(input: NameInput, found: Found[], release: string): NameResolution {
  const installed = input.releases?.find((each) => each.name === release);
  const isOurs = installed !== undefined && (installed.chart ?? CHART) === CHART && isInstalled(installed);
  const hasObjects = KINDS.some((kind) => pick(input, found, kind, { release }) !== undefined);
  if (isOurs || hasObjects || input.deployments === undefined) {
    return { ok: true, targets: [target(input, found, { release })] };
  }
  const [deployment, ...more] = likelyBackends(
    input.deployments.filter(
      ({ labels, annotations }) => (annotations[RELEASE_ANNOTATION] ?? labels[LABEL.instance]) === release,
    ),
  );
  if (deployment !== undefined && more.length === 0)
    return { ok: true, targets: [target(input, found, { release, deployment })] };
  const candidates = findReleases(input, found).flatMap((each) => each.release ?? []);
  const message = `No ${CHART} backend of release "${printable(release)}" found in namespace "${input.namespace}". ${whatIsThere(input)}`;
  return { ok: false, problem: { kind: 'release-not-found', exitCode: 2, message, candidates } };
}

function findReleases(input: NameInput, found: Found[]): Candidate[] {
  const deployments = found.filter(({ kind, by }) => kind === 'deployment' && by !== 'weak');
  const installed = (input.releases ?? [])
    .filter(
      (each) =>
        isInstalled(each) && (each.chart === undefined ? each.name.includes(CHART) : each.chart === CHART),
    )
    .map((each) => each.name);
  const certain = candidates(deployments, installed);
  if (certain.length > 0) return certain;
  const likely = likelyBackends(input.deployments ?? []);
  if (likely.length > 0)
    return likely.map((deployment) => ({
      release: releaseOf('deployment', deployment, input.releases ?? []),
      deployment,
    }));
  // What is left of a release without its Deployment tells at least which Deployment is missing.
  const others = candidates(
    found.filter(({ kind, by }) => kind !== 'deployment' && by !== 'weak'),
    [],
  ).filter((each) => each.release !== undefined);
  if (others.length > 0) return others;
  // Objects of one backend that nothing ties to a release are one candidate, not one each.
  const weak = found.filter(({ by }) => by === 'weak');
  const [first] = candidates(weak, []);
  return weak.some(({ kind }) => kind === 'deployment') || first?.release !== undefined
    ? candidates(weak, [])
    : weak.length > 0
      ? [{ release: undefined }]
      : [];
}

function candidates(found: Found[], installed: readonly string[]): Candidate[] {
  const named = new Set(found.flatMap(({ release }) => release ?? []));
  const homeless = found.filter(({ release }) => release === undefined).map(({ object }) => object);
  const withoutDeployment = installed.filter((name) => !named.has(name));
  const [only, ...more] = homeless;
  const [release, ...others] = withoutDeployment;
  if (only !== undefined && more.length === 0 && release !== undefined && others.length === 0) {
    // One release lacks its Deployment, one Deployment lacks its release: they belong together.
    return [...[...named].map((name) => ({ release: name })), { release, deployment: only }];
  }
  return [
    ...[...new Set([...named, ...installed])].sort().map((name) => ({ release: name })),
    ...homeless.map((deployment) => ({ release: undefined, deployment })),
  ];
}

function target(input: NameInput, found: Found[], candidate: Candidate): ResolvedNames {
  const release = candidate.release;
  const given = input.given ?? {};
  const accepted = allAcceptedNames(release ?? CHART);
  for (const kind of KINDS) if (given[kind] !== undefined) accepted[kind] = [given[kind]];
  const picked: Record<Kind, DeploymentIdentity | undefined> = {
    deployment: candidate.deployment ?? pick(input, found, 'deployment', candidate),
    service: pick(input, found, 'service', candidate),
    configMap: pick(input, found, 'configMap', candidate),
    secret: pick(input, found, 'secret', candidate),
  };
  // What is missing is expected under the same form as what is there.
  const form =
    KINDS.map((kind) => accepted[kind].indexOf(picked[kind]?.name ?? '')).find((index) => index >= 0) ?? 0;
  const { shape } = picked.deployment ?? {};
  const byName = Object.fromEntries(
    KINDS.flatMap((kind) => (picked[kind] === undefined ? [] : [[kind, picked[kind].name]])),
  ) as Partial<ObjectNames>;
  const referred: Partial<ObjectNames> =
    picked.deployment === undefined || shape === undefined
      ? {}
      : followReferences({
          deployment: { ...picked.deployment, shape },
          others: (input.deployments ?? []).filter((each) => each !== picked.deployment),
          services: input.services,
          configMaps: input.configMaps,
          secrets: input.secrets,
          byName,
          container: input.container,
        });
  const nameOf = (kind: Kind): string =>
    given[kind] ??
    referred[kind] ??
    byName[kind] ??
    // What a contract file describes is expected under its own names, not under another application's.
    accepted[kind][form] ??
    accepted[kind][0] ??
    '';
  const names: ObjectNames = {
    deployment: nameOf('deployment'),
    service: nameOf('service'),
    configMap: nameOf('configMap'),
    secret: nameOf('secret'),
  };
  const otherSecrets = (shape?.containers ?? [])
    .flatMap((container) => referredObjects(container))
    .flatMap(({ kind, name }) => (kind === 'Secret' && name !== names.secret ? [name] : []));
  const container = shape && backendOf(shape, input.container);
  const urlKey = container && urlKeyOf(container, names.secret);
  const releaseNamespace = Object.values(picked)
    .map((object) => object?.annotations[RELEASE_NAMESPACE_ANNOTATION])
    .find((namespace) => namespace !== undefined);
  return {
    release,
    names,
    accepted,
    helm: helmOf(input, release, picked.deployment),
    ...(container !== undefined && { container: container.name }),
    ...podLabelsOf(shape),
    ...(urlKey === undefined ? {} : { urlKey }),
    ...secretKeysOf(container, names.secret),
    ...(otherSecrets.length > 0 ? { otherSecrets } : {}),
    ...(releaseNamespace !== undefined && { releaseNamespace }),
  };
}

/** Where the container takes variables from that are not the Secret's keys of the same name. */
function secretKeysOf(
  container: ContainerShape | undefined,
  secret: string,
): Pick<ResolvedNames, 'secretKeys'> {
  const entries = (container?.env ?? []).flatMap(({ name, valueFrom }): [string, string][] => {
    const { name: from, key } = valueFrom?.secretKeyRef ?? {};
    const isElsewhere = from !== undefined && key !== undefined && (from !== secret || key !== name);
    return isElsewhere ? [[name, `${from}/${key}`]] : [];
  });
  return entries.length === 0 ? {} : { secretKeys: Object.fromEntries(entries) };
}

/** What selects the pods in a command, where the written contract's component label does not. */
function podLabelsOf(shape: WorkloadShape | undefined): Pick<ResolvedNames, 'podLabels'> {
  if (shape === undefined || shape.podLabels[COMPONENT_LABEL] === COMPONENT) return {};
  const labels = Object.entries(shape.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? {} : { podLabels: labels.join(',') };
}

/** The object of a kind that belongs to a candidate, the best name first. */
function pick(
  input: NameInput,
  found: Found[],
  kind: Kind,
  { release }: Candidate,
): ObjectIdentity | undefined {
  const accepted = acceptedNames(kind, release ?? CHART);
  const ofKind = found.filter((each) => each.kind === kind);
  const own = ofKind.filter((each) => each.release === release).map(({ object }) => object);
  const byName = (objects: readonly ObjectIdentity[]): ObjectIdentity | undefined =>
    accepted
      .map((name) => objects.find((object) => object.name === name))
      .find((object) => object !== undefined);
  const homeless = ofKind.filter((each) => each.release === undefined).map(({ object }) => object);
  return (
    byName(own) ??
    byName((objectsOf(input, kind) ?? []).filter((object) => !isOthers(object, release))) ??
    ofKind.find((each) => each.release === release && each.by === 'labels')?.object ??
    own[0] ??
    (kind === 'deployment' ? belongingBackend(input, release) : undefined) ??
    (homeless.length === 1 ? homeless[0] : undefined)
  );
}

/** Helm's annotation says that another release owns it. */
function isOthers({ annotations }: ObjectIdentity, release: string | undefined): boolean {
  return (annotations[RELEASE_ANNOTATION] ?? release) !== release;
}

/** A Deployment of the release that is a backend by its component only: its other labels and its name are wrong. */
function belongingBackend(input: NameInput, release: string | undefined): ObjectIdentity | undefined {
  if (release === undefined) return undefined;
  return input.deployments?.find(
    ({ labels, annotations }) =>
      labels[LABEL.component] === 'backend' &&
      (annotations[RELEASE_ANNOTATION] === release || labels[LABEL.instance] === release),
  );
}

function classify(kind: Kind, object: ObjectIdentity, installed: readonly InstalledRelease[]): Found[] {
  const { name, labels, annotations } = object;
  const release = releaseOf(kind, object, installed);
  const isBackend = labels[LABEL.component] === 'backend';
  if (isBackend && labels[LABEL.name] === CHART) return [{ kind, object, release, by: 'labels' }];
  const hasForm =
    releasesFromName(kind, name).length > 0 ||
    (release !== undefined && acceptedNames(kind, release).includes(name));
  if (hasForm) return [{ kind, object, release, by: 'name' }];
  const texts = [
    name,
    labels[LABEL.instance],
    labels[LABEL.partOf],
    labels[LABEL.chart],
    annotations[RELEASE_ANNOTATION],
  ];
  const isMentioned = texts.some((text) => text?.includes(CHART) === true);
  return isBackend && isMentioned ? [{ kind, object, release, by: 'weak' }] : [];
}

/** Helm's annotation is certain. The instance label may be what is wrong, so the name has a say. */
function releaseOf(
  kind: Kind,
  object: ObjectIdentity,
  installed: readonly InstalledRelease[],
): string | undefined {
  const annotated = object.annotations[RELEASE_ANNOTATION];
  if (annotated !== undefined) return annotated;
  const instance = object.labels[LABEL.instance];
  if (instance !== undefined && acceptedNames(kind, instance).includes(object.name)) return instance;
  const fromName = releasesFromName(kind, object.name);
  return fromName.find((name) => installed.some((each) => each.name === name)) ?? fromName[0] ?? instance;
}

function helmOf(
  input: NameInput,
  release: string | undefined,
  deployment: ObjectIdentity | undefined,
): Target['helm'] {
  const installed = input.releases?.find((each) => each.name === release);
  if (installed === undefined && deployment?.annotations[RELEASE_ANNOTATION] === undefined) return undefined;
  return {
    chart: deployment?.labels[LABEL.chart],
    revision: installed?.revision,
    status: installed?.status,
    ...(installed?.previous !== undefined && { previous: installed.previous }),
  };
}

/** `helm uninstall --keep-history` leaves the release's Secret behind. */
function isInstalled({ status }: InstalledRelease): boolean {
  return status !== 'uninstalled';
}

function objectsOf(input: NameInput, kind: Kind): readonly ObjectIdentity[] | undefined {
  return {
    deployment: input.deployments,
    service: input.services,
    configMap: input.configMaps,
    secret: input.secrets,
  }[kind];
}

function noRelease(input: NameInput): NameProblem {
  const message = `No ${CHART} release found in namespace "${input.namespace}". ${whatIsThere(input)}`;
  return {
    kind: 'no-release',
    exitCode: 1,
    message,
    candidates: (input.releases ?? []).map(({ name }) => name),
  };
}

function severalReleases(input: NameInput, found: Found[], releases: readonly Candidate[]): NameProblem {
  const names = [...new Set(releases.flatMap(({ release }) => release ?? []))];
  const candidates = releases.map((each) => ({
    ...each,
    deployment: each.deployment ?? pick(input, found, 'deployment', each),
  }));
  return {
    kind: 'several-releases',
    exitCode: 2,
    message: describeChoice(input.namespace, candidates),
    candidates: names,
    choices: choicesOf(input.namespace, candidates),
  };
}

function whatIsThere({ releases, deployments }: NameInput): string {
  const sentences = [
    describeList('Helm releases', releases?.filter(isInstalled)),
    describeList('Deployments', deployments),
    'Choose another namespace with -n, or name the release with --release.',
  ];
  return sentences.join(' ');
}

function describeList(what: string, list: readonly { name: string }[] | undefined): string {
  if (list === undefined) return `${what} could not be listed.`;
  return list.length === 0
    ? `It has no ${what}.`
    : `${what} there: ${enumerate(list.map(({ name }) => name))}.`;
}

function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => printable(name));
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}
