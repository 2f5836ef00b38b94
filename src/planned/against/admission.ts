/** What the API server's admission makes of the pods: quotas, limit ranges and Pod Security of the namespace. */
import { count } from '../../count.js';
import { parseQuantity } from '../../kube/quantity.js';
import type { Container } from '../../evidence/objects.js';
import { text } from '../../rule/fix.js';
import { newPods } from './pods.js';
import { securityProblems } from './pod-security.js';
import { deploymentOf, rawPodSpec, type Limits, type Problem, type Rule } from './rule.js';

const NANO = 1_000_000_000n;
const amount = (quantity: string | undefined): bigint => parseQuantity(quantity ?? '0') ?? 0n;

/** What an object of a namespace's LimitRanges fills in where a container says nothing. */
function withDefaults(
  { resources }: Container,
  ranges: readonly Limits[],
): Required<Pick<Container, 'resources'>>['resources'] {
  const own = ranges.flatMap(({ limits }) => limits).filter(({ type }) => type === 'Container');
  const limits = Object.assign({}, ...own.map((each) => each.default ?? {}), resources?.limits) as Record<
    string,
    string
  >;
  const requests = Object.assign(
    {},
    // A limit that is there stands for a request that is not.
    resources?.limits ?? {},
    ...own.map((each) => each.defaultRequest ?? each.default ?? {}),
    resources?.limits ?? {},
    resources?.requests,
  ) as Record<string, string>;
  return { limits, requests };
}

/** Names of a quota's resources that are about a pod's containers. */
const OF_CONTAINERS: ReadonlyMap<string, ['requests' | 'limits', string]> = new Map(
  Object.entries<['requests' | 'limits', string]>({
    'requests.cpu': ['requests', 'cpu'],
    'requests.memory': ['requests', 'memory'],
    cpu: ['requests', 'cpu'],
    memory: ['requests', 'memory'],
    'limits.cpu': ['limits', 'cpu'],
    'limits.memory': ['limits', 'memory'],
  }),
);

const COUNTED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    services: 'Service',
    'count/services': 'Service',
    secrets: 'Secret',
    'count/secrets': 'Secret',
    configmaps: 'ConfigMap',
    'count/configmaps': 'ConfigMap',
    'count/deployments.apps': 'Deployment',
  }),
);

export const ADMISSION_RULES: readonly Rule[] = [
  {
    id: 'install/quota',
    title: 'The namespace’s quota has room',
    failureTitle: 'The namespace’s quota has no room',
    why: 'pods beyond a ResourceQuota are not created, and one that demands requests or limits refuses pods without them',
    reads: ['quotas', 'limits', 'deployment', 'existing'],
    fix: () => [text('Ask for less, run fewer replicas, or have the quota raised.')],
    judge(planned, { quotas, limits, deployment, existing }) {
      const needed = newPods(planned, deployment);
      const { containers } = planned.deployment.spec.template.spec;
      const complete = containers.map((container) => withDefaults(container, limits));
      const problems: Problem[] = [];
      for (const { name, hard, used, isScoped } of quotas) {
        if (isScoped) continue;
        for (const [resource, most] of Object.entries(hard)) {
          const left = amount(most) - amount(used[resource]);
          const of = OF_CONTAINERS.get(resource);
          const problem = (message: string, data: Problem['data'] = {}) =>
            problems.push({ message: `quota ${name}: ${message}`, object: deploymentOf(planned), data });
          if (of !== undefined) {
            const [kind, what] = of;
            const bare = complete.findIndex((each) => each[kind]?.[what] === undefined);
            if (bare >= 0) {
              problem(
                `demands ${resource} of every container, and ${containers[bare]?.name ?? ''} has none`,
                {
                  expected: `${kind}.${what}`,
                  found: 'none',
                  field: `spec.template.spec.containers[${bare}].resources.${kind}`,
                },
              );
              continue;
            }
            const each = complete.reduce((sum, { [kind]: own }) => sum + amount(own?.[what]), 0n);
            if (each * BigInt(needed) > left)
              problem(
                `${resource} is ${most}, ${used[resource] ?? '0'} of it used: ${count(needed, 'pod')} more would exceed it`,
                {
                  expected: `${resource} within ${most}`,
                  found: `${used[resource] ?? '0'} used, ${count(needed, 'pod')} more`,
                  field: `spec.template.spec.containers[0].resources.${kind}`,
                },
              );
          } else if ((resource === 'pods' || resource === 'count/pods') && BigInt(needed) * NANO > left)
            problem(
              `${most} pods are allowed, ${used[resource] ?? '0'} are there: ${count(needed, 'pod')} more would exceed it`,
              {
                expected: `at most ${most} pods`,
                found: `${used[resource] ?? '0'}, and ${needed} more`,
                field: 'spec.replicas',
              },
            );
          else if (COUNTED.has(resource)) {
            const kind = COUNTED.get(resource);
            const fresh = planned.objects.filter(
              (object) =>
                object.kind === kind &&
                !existing.some((one) => one.kind === kind && one.name === object.name),
            );
            if (BigInt(fresh.length) * NANO > left)
              problem(
                `${most} ${resource.replace('count/', '')} are allowed, ${used[resource] ?? '0'} are there, and ${fresh.length} more would come`,
              );
          }
        }
      }
      return {
        problems,
        fact:
          quotas.length === 0
            ? 'the namespace has no quota'
            : `${quotas.map(({ name }) => name).join(', ')} has room for ${count(needed, 'pod')} more`,
      };
    },
  },
  {
    id: 'install/limit-range',
    title: 'Requests and limits are within the namespace’s LimitRange',
    failureTitle: 'Requests or limits are outside of the namespace’s LimitRange',
    why: 'a pod with a container outside of the range is not created',
    reads: ['limits'],
    fix: () => [text('Set requests and limits within the range.')],
    judge(planned, { limits: ranges }) {
      const problems: Problem[] = [];
      for (const [index, container] of planned.deployment.spec.template.spec.containers.entries()) {
        const own = withDefaults(container, ranges);
        for (const { name, limits } of ranges)
          for (const { type, max = {}, min = {} } of limits) {
            if (type !== 'Container') continue;
            const problem = (
              resource: string,
              kind: string,
              message: string,
              found: string,
              expected: string,
            ) =>
              problems.push({
                message: `LimitRange ${name}: ${message}`,
                object: deploymentOf(planned),
                data: {
                  expected,
                  found,
                  field: `spec.template.spec.containers[${index}].resources.${kind}.${resource}`,
                },
              });
            for (const [resource, most] of Object.entries(max)) {
              const found = own.limits?.[resource];
              if (found === undefined)
                problem(
                  resource,
                  'limits',
                  `container ${container.name} has no ${resource} limit, and at most ${most} is allowed`,
                  'none',
                  `at most ${most}`,
                );
              else if (amount(found) > amount(most))
                problem(
                  resource,
                  'limits',
                  `the ${resource} limit of container ${container.name} is ${found}, at most ${most} is allowed`,
                  found,
                  `at most ${most}`,
                );
            }
            for (const [resource, least] of Object.entries(min)) {
              const found = own.requests?.[resource];
              if (found === undefined || amount(found) < amount(least))
                problem(
                  resource,
                  'requests',
                  `container ${container.name} requests ${found ?? 'no'} ${resource}, at least ${least} is demanded`,
                  found ?? 'none',
                  `at least ${least}`,
                );
            }
          }
      }
      return {
        problems,
        fact:
          ranges.length === 0
            ? 'the namespace has no LimitRange'
            : `within ${ranges.map(({ name }) => name).join(', ')}`,
      };
    },
  },
  {
    id: 'install/pod-security',
    title: 'Pod Security of the namespace lets the pods in',
    failureTitle: 'Pod Security of the namespace refuses the pods',
    why: 'what its level forbids is not created: the Deployment is there, and no pod',
    reads: ['namespace'],
    fix: () => [
      text(
        'Set the security context that it demands; the namespace’s label pod-security.kubernetes.io/enforce says the level.',
      ),
    ],
    judge(planned, { namespace }) {
      const own = planned.objects.find(
        ({ kind, name }) => kind === 'Namespace' && name === planned.namespace,
      );
      const labels = own?.object.metadata.labels ?? namespace?.labels ?? {};
      const level = labels['pod-security.kubernetes.io/enforce'] ?? 'privileged';
      const problems =
        level === 'baseline' || level === 'restricted'
          ? securityProblems(rawPodSpec(planned), level).map(({ message, field }): Problem => ({
              message: `${level}: ${message}`,
              object: deploymentOf(planned),
              data: { field: `spec.template.spec${field}` },
            }))
          : [];
      return {
        problems,
        fact: `enforces ${level}`,
      };
    },
  },
];
