/** What the API server says about itself: groups, versions and resource types, in both forms that clients ask for. */
import { KUBERNETES_VERSION } from '../cluster-objects.js';
import { apiVersion, INSTALLED_GROUPS, qualified, RESOURCES, type ResourceType } from './resources.js';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export interface DiscoveryAnswer {
  body: object;
  contentType: string;
}

/** The answer to GET /version. */
export function versionInfo(gitVersion = KUBERNETES_VERSION): object {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    gitVersion,
    gitTreeState: 'clean',
    goVersion: 'go1.24.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

/**
 * @param segments of the path, beginning with `api` or `apis`
 * @param types those that this lab serves
 * @returns undefined when the path is not one of discovery
 */
export function discover(
  segments: readonly string[],
  accept: string,
  types: readonly ResourceType[],
): DiscoveryAnswer | undefined {
  const [root, ...rest] = segments;
  const aggregated =
    rest.length === 0 && accept.includes('g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  if (aggregated) return { body: groupDiscoveryList(root === 'api', types), contentType: AGGREGATED };
  const body = root === 'api' ? core(rest, types) : named(rest, types);
  return body && { body, contentType: 'application/json' };
}

/**
 * The types of a lab; without metrics-server its group is not there.
 * @param others objects by type: of a group that has to be installed, the types that it has, if only an empty list
 */
export function servedTypes(
  metrics: boolean,
  others: Readonly<Record<string, unknown>> = {},
): readonly ResourceType[] {
  return RESOURCES.filter((type) => {
    if (type.group === 'metrics.k8s.io') return metrics;
    return !INSTALLED_GROUPS.has(type.group) || qualified(type) in others;
  });
}

function core(rest: string[], types: readonly ResourceType[]): object | undefined {
  if (rest.length === 0) {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  }
  return rest.length === 1 && rest[0] === 'v1' ? resourceList('', 'v1', types) : undefined;
}

function named(rest: string[], types: readonly ResourceType[]): object | undefined {
  const groups = groupNames(types);
  const [group, version] = rest;
  if (group === undefined) {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((name) => apiGroup(name, types)) };
  }
  if (!groups.includes(group)) return undefined;
  if (rest.length === 1) return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group, types) };
  return rest.length === 2 && version === versionOf(group, types)
    ? resourceList(group, version, types)
    : undefined;
}

function groupNames(types: readonly ResourceType[]): string[] {
  return [...new Set(types.map(({ group }) => group))].filter((group) => group !== '');
}

/** Each group has one version here. */
function versionOf(group: string, types: readonly ResourceType[]): string {
  return types.find((type) => type.group === group)?.version ?? '';
}

function apiGroup(name: string, types: readonly ResourceType[]) {
  const version = versionOf(name, types);
  const entry = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [entry], preferredVersion: entry };
}

function resourceList(group: string, version: string, types: readonly ResourceType[]): object {
  const resources = types
    .filter((type) => type.group === group)
    .flatMap(
      ({
        plural,
        singular,
        namespaced,
        kind,
        verbs,
        shortNames = [],
        categories = [],
        subresources = [],
      }) => [
        {
          name: plural,
          singularName: singular,
          namespaced,
          kind,
          verbs,
          ...(shortNames.length > 0 ? { shortNames } : {}),
          ...(categories.length > 0 ? { categories } : {}),
        },
        ...subresources.map((sub) => ({
          name: `${plural}/${sub.name}`,
          singularName: '',
          namespaced,
          kind: sub.kind,
          verbs: sub.verbs,
        })),
      ],
    );
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersion({ group, version }),
    resources,
  };
}

function groupDiscoveryList(coreOnly: boolean, types: readonly ResourceType[]): object {
  const groups = coreOnly ? [''] : groupNames(types);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: [
        {
          version: group === '' ? 'v1' : versionOf(group, types),
          freshness: 'Current',
          resources: types.filter((type) => type.group === group).map(resourceDiscovery),
        },
      ],
    })),
  };
}

function resourceDiscovery(type: ResourceType): object {
  const {
    group,
    version,
    kind,
    plural,
    singular,
    namespaced,
    verbs,
    shortNames,
    categories,
    subresources = [],
  } = type;
  const scope = namespaced ? 'Namespaced' : 'Cluster';
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope,
    singularResource: singular,
    verbs,
    shortNames,
    categories,
    subresources: subresources.map((sub) => ({
      subresource: sub.name,
      responseKind: { group, version, kind: sub.kind },
      verbs: sub.verbs,
    })),
  };
}
