/** What a resource path of the Kubernetes API names. */
import type { ResourceType } from './resources.js';

export interface ResourcePath {
  type: ResourceType;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  /** What follows a proxy subresource, with its leading slash. */
  rest: string;
}

/** @returns undefined for paths that no resource type has */
export function parsePath(
  segments: readonly string[],
  types: readonly ResourceType[],
): ResourcePath | undefined {
  const [root, ...tail] = segments;
  const [group, version, ...parts] = root === 'api' ? ['', ...tail] : tail;
  const find = (plural: string | undefined, namespaced?: boolean) =>
    types.find(
      (type) =>
        type.group === group &&
        type.version === version &&
        type.plural === plural &&
        (namespaced === undefined || type.namespaced === namespaced),
    );
  const [first, second, third, ...further] = parts;
  if (first === 'namespaces' && second !== undefined && third !== undefined) {
    const type = find(third, true);
    return type && withName(type, second, further);
  }
  const type = find(first);
  return type && withName(type, undefined, parts.slice(1));
}

function withName(
  type: ResourceType,
  namespace: string | undefined,
  parts: string[],
): ResourcePath | undefined {
  const [name, subresource, ...rest] = parts;
  if (type.namespaced && namespace === undefined && name !== undefined) return undefined;
  if (rest.length > 0 && subresource !== 'proxy') return undefined;
  if (subresource !== undefined && !type.subresources?.some((one) => one.name === subresource))
    return undefined;
  return { type, namespace, name, subresource, rest: `/${rest.join('/')}` };
}
