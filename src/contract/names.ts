/**
 * Which objects are the backend's: by labels, else by both name forms. A Deployment that is misnamed or mislabelled
 * is still found, so that a check can say what is wrong with it. Pure; lists that could not be read are undefined.
 */
import { printable } from './errors.js';
import { allAcceptedNames, CHART, COMPONENT, COMPONENT_LABEL, KINDS, type Kind } from './name-forms.js';
import { referredObjects } from '../kube/effective-environment.js';
import {
  backendOf,
  followReferences,
  likelyBackends,
  urlKeyOf,
  type ContainerShape,
  type WorkloadShape,
} from './references.js';
import type { ObjectNames, Target } from './target.js';
import {
  classify,
  isInstalled,
  LABEL,
  objectsOf,
  pick,
  RELEASE_ANNOTATION,
  releaseOf,
  type Candidate,
  type DeploymentIdentity,
  type Found,
  type NameInput,
} from './found-objects.js';
import { noRelease, severalReleases, whatIsThere, type NameProblem } from './name-problems.js';

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

export type NameResolution = { ok: true; targets: ResolvedNames[] } | { ok: false; problem: NameProblem };
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

function helmOf(
  input: NameInput,
  release: string | undefined,
  deployment: DeploymentIdentity | undefined,
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
