/**
 * API paths: what they ask for in RBAC's words, and a guard that no name can change where a path leads.
 */
import type { Access } from '../evidence.js';
import { KubernetesError } from './client.js';

/** One request as the user would say it, and the permission that it needs. */
export interface Call {
  /** Such as `list deployments.apps in namespace "default"`. */
  action: string;
  access: Access;
}

const DNS_1123_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The name, when it is one that Kubernetes could have given (DNS-1123 subdomain, at most 253 characters).
 * @throws KubernetesError `failed`
 */
export function checkedName(name: string): string {
  if (name.length > 253 || !DNS_1123_SUBDOMAIN.test(name)) {
    throw new KubernetesError(
      'failed',
      `${JSON.stringify(name.slice(0, 80))} is not a name that Kubernetes allows.`,
    );
  }
  return name;
}

/** Path of a pod's subresource such as `log`. @throws KubernetesError for names that are none */
export function podSubresource(pod: { namespace: string; name: string }, subresource: string): string {
  return `/api/v1/namespaces/${checkedName(pod.namespace)}/pods/${checkedName(pod.name)}/${subresource}`;
}

/**
 * What a path such as `/apis/apps/v1/namespaces/default/deployments/x` asks for.
 * @throws KubernetesError when a segment is not a DNS-1123 name, so that no name can leave its place in the path
 */
export function describePath(verb: string, path: string): Call {
  if (!path.startsWith('/')) throw new KubernetesError('failed', `"${path}" is not an API path.`);
  const segments = path.slice(1).split('/').map(checkedName);
  const [root] = segments;
  const resourceAt = root === 'api' ? 2 : root === 'apis' ? 3 : segments.length;
  if (segments.length <= resourceAt) {
    // Discovery, /version, /livez: RBAC knows these as nonResourceURLs.
    return { action: `read ${path}`, access: { verb, group: '', resource: path, clusterScoped: true } };
  }
  const group = root === 'apis' ? (segments[1] ?? '') : '';
  const rest = segments.slice(resourceAt);
  const namespaced = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name, subresource] = namespaced ? rest.slice(2) : rest;
  const kind = `${resource}${subresource === undefined ? '' : `/${subresource}`}`;
  const access: Access = { verb, group, resource: kind };
  // Reading across namespaces needs a ClusterRole even where the resource lives in namespaces.
  if (!namespaced) access.clusterScoped = true;
  const subject = `${kind}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` "${name}"`}`;
  const place = namespaced ? ` in namespace "${rest[1] ?? ''}"` : '';
  return { action: `${verb} ${subject}${place}`, access };
}

const PROXY_PREFIX =
  /^\/api\/v1\/namespaces\/([^/]+)\/(services|pods)\/(?:(https?):)?([^/:]+)(?::([a-z0-9-]{1,63}))?\/proxy(\/.*)?$/;

/**
 * The call of a path through the API server's proxy, such as
 * `/api/v1/namespaces/default/services/backend:8000/proxy/api/health?x=1`.
 * @throws KubernetesError for a path that is none, or that could climb out of `/proxy/`
 */
export function describeProxyPath(path: string): Call {
  const match = PROXY_PREFIX.exec(path);
  const [, namespace = '', kind = '', , name = '', , inner = ''] = match ?? [];
  const [innerPath = ''] = inner.split('?', 1);
  const climbs = innerPath.split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part));
  if (match === null || climbs || !/^[\x21-\x22\x24-\x7e]*$/.test(inner)) {
    throw new KubernetesError('failed', 'The path is not one of the API server’s pod or Service proxy.');
  }
  checkedName(namespace);
  checkedName(name);
  return {
    action: `get ${kind}/proxy "${name}" in namespace "${namespace}"`,
    access: { verb: 'get', group: '', resource: `${kind}/proxy` },
  };
}

/** `?a=1&b=2`, percent-encoded; absent values are left out, lists repeat their key. Empty when nothing is left. */
export function query(
  parameters: Record<string, string | number | boolean | readonly string[] | undefined>,
): string {
  const pairs = Object.entries(parameters).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const values = typeof value === 'object' ? value : [String(value)];
    return values.map((item) => `${encodeURIComponent(key)}=${encodeURIComponent(item)}`);
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
