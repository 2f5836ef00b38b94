/**
 * Why the API server makes no pod, in the words of its admission plug-ins and of others that it asks: what stands in a
 * ReplicaSet's event FailedCreate and in its condition ReplicaFailure. The first row that fits is what it means.
 */

export type RefusalMeaning =
  | 'quota-exceeded'
  | 'pod-security'
  | 'service-account-missing'
  | 'limit-range'
  | 'policy-denied'
  | 'webhook-unreachable'
  | 'webhook-denied'
  | 'priority-class-missing'
  | 'namespace-terminating'
  | 'invalid-pod';

export interface RefusalWords {
  says: RegExp;
  /** Whose words. */
  by: string;
  means: RefusalMeaning;
  /** As it was printed; the row must be the first that recognises it. */
  example: string;
  /** First group: the object that refuses or is missing. */
  subject?: RegExp;
  /** First group: what is demanded or exceeded. Without it: the whole message. */
  detail?: RegExp;
}

export const REFUSALS: readonly RefusalWords[] = [
  {
    says: /unable to create new content in namespace \S+ because it is being terminated/,
    by: 'NamespaceLifecycle',
    means: 'namespace-terminating',
    example:
      'pods "todo-6d5f9c7b4d-x2x9p" is forbidden: unable to create new content in namespace ux because it is being terminated',
    subject: /in namespace (\S{1,63}) because/,
  },
  {
    says: /exceeded quota/,
    by: 'ResourceQuota',
    means: 'quota-exceeded',
    example:
      'pods "todo-6d5f9c7b4d-x2x9p" is forbidden: exceeded quota: two, requested: pods=1, used: pods=2, limited: pods=2',
    subject: /exceeded quota: ([^,\s]{1,253})/,
    detail: /exceeded quota: [^,\s]{1,253}, (.*)$/,
  },
  {
    says: /failed quota/,
    by: 'ResourceQuota',
    means: 'quota-exceeded',
    example:
      'pods "todo-6d5f9c7b4d-x2x9p" is forbidden: failed quota: compute: must specify limits.cpu for: backend',
    subject: /failed quota: ([^:\s]{1,253})/,
    detail: /failed quota: [^:\s]{1,253}: (.*)$/,
  },
  {
    says: /violates PodSecurity/,
    by: 'PodSecurity',
    means: 'pod-security',
    example:
      'pods "todo-6d5f9c7b4d-x2x9p" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "backend" must set securityContext.runAsNonRoot=true)',
    subject: /violates PodSecurity "([^":]{1,63})/,
    detail: /violates PodSecurity "[^"]{1,100}": (.*)$/,
  },
  {
    says: /error looking up service account|serviceaccount "[^"]{1,253}" not found/,
    by: 'ServiceAccount',
    means: 'service-account-missing',
    example:
      'pods "todo-6d5f9c7b4d-" is forbidden: error looking up service account default/todo: serviceaccount "todo" not found',
    subject: /serviceaccount "([^"]{1,253})" not found/,
  },
  {
    says: /no PriorityClass with name \S+ was found/,
    by: 'Priority',
    means: 'priority-class-missing',
    example: 'pods "todo-6d5f9c7b4d-" is forbidden: no PriorityClass with name todo-critical was found',
    subject: /no PriorityClass with name (\S{1,253}) was found/,
  },
  {
    says: /ValidatingAdmissionPolicy '[^']{1,253}'/,
    by: 'ValidatingAdmissionPolicy',
    means: 'policy-denied',
    example: `pods "todo-6d5f9c7b4d-x2x9p" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'no-latest' denied request: images must not use the tag latest`,
    subject: /ValidatingAdmissionPolicy '([^']{1,253})'/,
    detail: /denied request: (.*)$/,
  },
  {
    says: /unable to validate against any security context constraint/,
    by: 'OpenShift SecurityContextConstraints',
    means: 'policy-denied',
    example:
      'pods "todo-6d5f9c7b4d-" is forbidden: unable to validate against any security context constraint: [provider "restricted-v2": .containers[0].runAsUser: Invalid value: 1001: must be in the ranges: [1000680000, 1000689999]]',
    detail: /security context constraint: (.*)$/,
  },
  {
    // The name says whose webhook it is: a policy engine judges by rules that somebody wrote for this cluster.
    says: /admission webhook "[^"]*(?:gatekeeper|kyverno|kubewarden|warden|polaris|datree|polic)[^"]*" denied the request/i,
    by: 'Gatekeeper, Kyverno, GKE Warden and other policy engines',
    means: 'policy-denied',
    example:
      'admission webhook "validation.gatekeeper.sh" denied the request: [require-owner] you must provide labels: {"owner"}',
    subject: /admission webhook "([^"]{1,253})"/,
    detail: /denied the request:? ?(.*)$/,
  },
  {
    says: /admission webhook "[^"]{1,253}" denied the request/,
    by: 'an admission webhook',
    means: 'webhook-denied',
    example: 'admission webhook "pods.example.com" denied the request: no owner label',
    subject: /admission webhook "([^"]{1,253})"/,
    detail: /denied the request:? ?(.*)$/,
  },
  {
    says: /failed calling webhook|failed to call webhook|no endpoints available for service ".*webhook|conversion webhook for/,
    by: 'the API server, of a webhook that it could not ask',
    means: 'webhook-unreachable',
    example:
      'Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post "https://hook.default.svc:443/?timeout=10s": dial tcp 10.96.7.1:443: connect: connection refused',
    subject: /failed calling webhook "([^"]{1,253})"/,
    detail: /failed to call webhook: (.*)$/,
  },
  {
    says: /(?:maximum|minimum) \S{1,100} usage per |limit to request ratio/,
    by: 'LimitRanger',
    means: 'limit-range',
    example:
      'pods "todo-6d5f9c7b4d-x2x9p" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1Gi',
    detail: /((?:maximum|minimum) \S{1,100} usage per .*|\S{1,100} max limit to request ratio .*)$/,
  },
  {
    says: /^Pod "[^"]{0,253}" is invalid/,
    by: 'validation of the object',
    means: 'invalid-pod',
    example:
      'Pod "todo-6d5f9c7b4d-x2x9p" is invalid: spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
    detail: /is invalid: (.*)$/,
  },
];
