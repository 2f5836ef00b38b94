/** What the objects of a namespace say of themselves: whose backend they are, and by what that is known. */
import { type Kind, COMPONENT_LABEL, acceptedNames, CHART, releasesFromName } from './name-forms.js';
import type { WorkloadShape, ServiceShape } from './references.js';
import type { ObjectNames } from './target.js';

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

export interface Found {
  kind: Kind;
  object: DeploymentIdentity;
  release: string | undefined;
  /** What gave it away; `weak`: labelled as some backend, and the application is mentioned somewhere. */
  by: 'labels' | 'name' | 'weak';
}

export const LABEL = {
  name: 'app.kubernetes.io/name',
  component: COMPONENT_LABEL,
  instance: 'app.kubernetes.io/instance',
  partOf: 'app.kubernetes.io/part-of',
  chart: 'helm.sh/chart',
} as const;

export const RELEASE_ANNOTATION = 'meta.helm.sh/release-name';
/** One backend; where it belongs to no release, its Deployment says which one is meant. */
export interface Candidate {
  release: string | undefined;
  deployment?: DeploymentIdentity;
}

/** The object of a kind that belongs to a candidate, the best name first. */
export function pick(
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

export function classify(
  kind: Kind,
  object: ObjectIdentity,
  installed: readonly InstalledRelease[],
): Found[] {
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
export function releaseOf(
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

/** `helm uninstall --keep-history` leaves the release's Secret behind. */
export function isInstalled({ status }: InstalledRelease): boolean {
  return status !== 'uninstalled';
}

/** Those of which Helm keeps nothing but its history. */
export function uninstalledOf({ releases = [] }: Pick<NameInput, 'releases'>): InstalledRelease[] {
  return releases.filter((each) => !isInstalled(each) && each.name.includes(CHART));
}

export function objectsOf(input: NameInput, kind: Kind): readonly ObjectIdentity[] | undefined {
  return {
    deployment: input.deployments,
    service: input.services,
    configMap: input.configMaps,
    secret: input.secrets,
  }[kind];
}
