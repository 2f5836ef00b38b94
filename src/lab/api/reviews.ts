/** Who may do what: RBAC over the lab's one Role, and the reviews that tell a client about it. */
import type { PolicyRule } from '../world.js';
import { badRequest, type Attributes } from './status.js';

/** The name that the lab's token stands for. */
export const USER = 'lab';
const GROUPS = ['lab', 'system:authenticated'];
const NON_RESOURCE_URLS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

export function allowed(role: readonly PolicyRule[], { verb, group, resource }: Attributes): boolean {
  return role.some(
    (rule) =>
      rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
  );
}

/** The answer to a review of this kind. @throws ApiError 400 when the body is not such a review */
export function review(kind: string, body: unknown, role: readonly PolicyRule[]): object {
  const spec = isRecord(body) && isRecord(body.spec) ? body.spec : {};
  const own = isRecord(body) ? body.kind : undefined;
  if (own !== kind) throw badRequest(`the object provided is unrecognized: expected kind ${kind}`);
  const answer = (apiVersion: string, status: object) => ({ kind, apiVersion, metadata: {}, spec, status });
  if (kind === 'SelfSubjectReview') {
    return answer('authentication.k8s.io/v1', { userInfo: { username: USER, groups: GROUPS } });
  }
  if (kind === 'SelfSubjectAccessReview') return answer('authorization.k8s.io/v1', accessStatus(spec, role));
  return answer('authorization.k8s.io/v1', {
    resourceRules: role.filter(({ resources }) => resources.length > 0),
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: NON_RESOURCE_URLS }],
    incomplete: false,
  });
}

function accessStatus(spec: Record<string, unknown>, role: readonly PolicyRule[]): object {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isRecord(nonResourceAttributes)) {
    return decision(nonResourceAttributes.verb === 'get' && isOpen(text(nonResourceAttributes.path)));
  }
  if (!isRecord(resourceAttributes)) {
    throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const subresource = text(resourceAttributes.subresource);
  const resource = text(resourceAttributes.resource);
  return decision(
    allowed(role, {
      verb: text(resourceAttributes.verb),
      group: text(resourceAttributes.group),
      resource: subresource === '' ? resource : `${resource}/${subresource}`,
      name: undefined,
      namespace: undefined,
    }),
  );
}

function decision(isAllowed: boolean): object {
  return isAllowed
    ? { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "lab"' }
    : { allowed: false };
}

function isOpen(path: string): boolean {
  return NON_RESOURCE_URLS.some((url) =>
    url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : path === url,
  );
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
