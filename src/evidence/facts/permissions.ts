import { ACCESS, requiredAccess } from '../access.js';
import { mapLimited } from '../concurrency.js';
import { reviewed } from '../border/read.js';
import { flag, list, object, text } from '../border/shape.js';
import type { Access, EvidenceKey, PermissionFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';

const REVIEWS = '/apis/authorization.k8s.io/v1';

/** authorization.k8s.io/v1 ResourceRule. */
interface ResourceRule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
}

interface RulesReview {
  status?: { resourceRules?: ResourceRule[]; incomplete?: boolean };
}

const texts = list(text);

const rulesShape = object<RulesReview>({
  status: object<NonNullable<RulesReview['status']>>({
    resourceRules: list(
      object<ResourceRule>({ verbs: texts, apiGroups: texts, resources: texts, resourceNames: texts }),
    ),
    incomplete: flag,
  }),
});

const accessShape = object<{ status?: { allowed?: boolean } }>({
  status: object<{ allowed?: boolean }>({ allowed: flag }),
});

/**
 * What the user may do of what the facts need: one SelfSubjectRulesReview, and a SelfSubjectAccessReview for each need
 * that a list of rules cannot tell: cluster-scoped ones, and all that seem missing where the list is incomplete.
 */
export async function readPermissions(context: FactContext): Promise<PermissionFacts> {
  const required = requiredAccess(
    context.options.facts ?? (Object.keys(ACCESS) as EvidenceKey[]),
    context.options,
  );
  const clusterScoped = required.filter((access) => access.clusterScoped === true);
  const local = required.filter((access) => access.clusterScoped !== true);
  const [review, missingInCluster] = await Promise.all([
    reviewRules(context),
    denied(context, clusterScoped),
  ]);
  const rules = review.status?.resourceRules ?? [];
  const unlisted = local.filter((access) => !rules.some((rule) => grants(rule, access, context)));
  const incomplete = review.status?.incomplete === true && unlisted.length > 0;
  const missing = incomplete ? await denied(context, unlisted) : unlisted;
  return {
    source: incomplete ? 'access-reviews' : 'rules',
    required,
    missing: required.filter((access) => missing.includes(access) || missingInCluster.includes(access)),
  };
}

async function reviewRules(context: FactContext): Promise<RulesReview> {
  const { target } = context;
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace: target.namespace },
  };
  return reviewed(context, `${REVIEWS}/selfsubjectrulesreviews`, body, rulesShape);
}

/** Those that the server's own authorizer denies. */
async function denied(context: FactContext, accesses: readonly Access[]): Promise<Access[]> {
  const answers = await mapLimited(accesses, 8, (access) => isAllowed(context, access));
  return accesses.filter((_, index) => answers[index] !== true);
}

async function isAllowed(context: FactContext, access: Access): Promise<boolean> {
  const { target } = context;
  const [resource, subresource] = access.resource.split('/');
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        verb: access.verb,
        group: access.group,
        resource,
        ...(subresource !== undefined && { subresource }),
        ...(access.clusterScoped !== true && { namespace: target.namespace }),
        ...(access.verb === 'get' && subresource === undefined && { name: objectName(access, target) }),
      },
    },
  };
  const review = await reviewed(context, `${REVIEWS}/selfsubjectaccessreviews`, body, accessShape);
  return review.status?.allowed === true;
}

/** Whether a rule grants what is needed, as RBAC matches them (wildcards, subresources, resourceNames). */
function grants(rule: ResourceRule, access: Access, { target }: Pick<FactContext, 'target'>): boolean {
  const has = (list: readonly string[] | undefined, item: string) =>
    list?.some((entry) => entry === '*' || entry === item) === true;
  if (!has(rule.verbs, access.verb) || !has(rule.apiGroups, access.group)) return false;
  const [, subresource] = access.resource.split('/');
  const ofAll = subresource === undefined ? undefined : `*/${subresource}`;
  if (
    !has(rule.resources, access.resource) &&
    !(ofAll !== undefined && rule.resources?.includes(ofAll) === true)
  )
    return false;
  if (rule.resourceNames === undefined || rule.resourceNames.length === 0) return true;
  // A rule for single names lets nobody list, and pods' names change with every rollout.
  const name = access.verb === 'get' ? objectName(access, target) : undefined;
  return name !== undefined && rule.resourceNames.includes(name);
}

/** The object that a `get` is for. */
function objectName(access: Access, { names }: FactContext['target']): string | undefined {
  switch (access.resource) {
    case 'deployments':
      return names.deployment;
    case 'services':
      return names.service;
    case 'configmaps':
      return names.configMap;
    case 'secrets':
      return names.secret;
    default:
      return undefined;
  }
}
