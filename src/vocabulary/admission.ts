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
  | 'webhook-invalid-answer'
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
  /** The subject's kind, as kubectl names it, where there is only one such kind. */
  kind?: string;
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
    kind: 'validatingadmissionpolicy',
    detail: /denied request: (.*)$/,
  },
  {
    // Without its kind: the policy dispatcher that MutatingAdmissionPolicy has. Such a policy refuses what it cannot change.
    says: /^(?:\S{1,100} "[^"]{0,253}" is forbidden: )?policy ['"][^'"]{1,253}['"](?: with binding '[^']{1,253}')? denied request: /,
    by: 'MutatingAdmissionPolicy',
    means: 'policy-denied',
    example: `policy 'add-owner' with binding 'add-owner-all' denied request: expression 'object.metadata.labels["team"]' resulted in error: no such key: team`,
    subject: /policy ['"]([^'"]{1,253})['"]/,
    kind: 'mutatingadmissionpolicy',
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
    // What its server or its patch says, and not that nothing could be asked; 503 and 504 are what stands before a server says.
    says: /failed calling webhook "[^"]{1,253}": (?:received (?:invalid|undecodable) |unsupported patch type |failed to call webhook: (?:an error on the server |the server (?:rejected our request|could not find the requested|responded with the status code|has asked for the client|does not allow|has received too many)|Object 'Kind' is missing|couldn't get version\/kind|no kind "|converting \())/,
    by: 'the API server, of a webhook whose answer it cannot use',
    means: 'webhook-invalid-answer',
    example:
      'Internal error occurred: failed calling webhook "pods.example.com": received invalid webhook response: expected response.uid="1e2947ee-ec75-44a6-8cee-db7fe22ec5b8", got ""',
    subject: /failed calling webhook "([^"]{1,253})"/,
    detail: /failed calling webhook "[^"]{1,253}": (?:failed to call webhook: )?(.*)$/,
  },
  {
    // A patch names no webhook: the API server applies it when the webhook has long answered.
    says: /^Internal error occurred: (?:jsonpatch )?(?:add|remove|replace|move|copy|test) operation does not apply: /,
    by: 'the API server, of a patch that a webhook has sent',
    means: 'webhook-invalid-answer',
    example:
      'Internal error occurred: add operation does not apply: doc is missing path: "/metadata/labels/team": missing value',
    detail: /occurred: (.*)$/,
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
