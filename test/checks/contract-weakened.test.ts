/**
 * Every value that the contract demands, changed, taken away and weakened, in each object that has it: the pod template, a
 * running pod, the Deployment, the Service, its endpoints, the ConfigMap, the Secret. A check of the field fails; not only one
 * that looks at all of them. A value that comes into the contract without a row here fails the first test.
 */
import { describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import type { Container, Probe } from '../../src/evidence/objects.js';
import { judge, type HealthyEvidence } from '../support/check-context.js';

type Mutation = [how: string, mutate: (evidence: HealthyEvidence) => void];
/** Ids of checks, one of which has to fail, and what is done. */
type Row = [leaves: RegExp, fails: RegExp, mutations: Mutation[]];

const template = ({ deployment }: HealthyEvidence): Container =>
  must(deployment.spec.template.spec.containers[0]);
const running = ({ pods }: HealthyEvidence): Container => must(pods[1]?.spec.containers[0]);

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the healthy state lacks it');
  return value;
}

/** Of what a container has, the rows for the template and for a running pod. */
function inContainers(
  leaves: RegExp,
  ofTemplate: RegExp,
  changes: [how: string, mutate: (container: Container) => void][],
  ofPod = /^pods\/as-contracted$/,
): Row[] {
  const row = (where: string, of: (evidence: HealthyEvidence) => Container, fails: RegExp): Row => [
    leaves,
    fails,
    changes.map(([how, mutate]) => [`${where}: ${how}`, (evidence) => mutate(of(evidence))]),
  ];
  return [row('the template', template, ofTemplate), row('a running pod', running, ofPod)];
}

const put =
  <K extends keyof Container>(key: K, value: Container[K] | undefined) =>
  (container: Container): void => {
    if (value === undefined) Reflect.deleteProperty(container, key);
    else container[key] = value;
  };

const resource =
  (kind: 'limits' | 'requests', what: 'cpu' | 'memory', value: string | undefined) =>
  ({ resources }: Container): void => {
    const list = must(resources?.[kind]);
    if (value === undefined) Reflect.deleteProperty(list, what);
    else list[what] = value;
  };

const resources = (kind: 'limits' | 'requests', what: 'cpu' | 'memory', ...values: string[]): Row[] =>
  inContainers(new RegExp(`^backend\\.resources\\.${kind}\\.${what}$`), /^deployment\/resources$/, [
    ['taken away', resource(kind, what, undefined)],
    [`all ${kind} taken away`, (container) => void Reflect.deleteProperty(must(container.resources), kind)],
    ...values.map((value): [string, (container: Container) => void] => [value, resource(kind, what, value)]),
  ]);

const secured =
  (key: string, value: unknown) =>
  (container: Container): void => {
    const context = must(container.securityContext) as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(context, key);
    else context[key] = value;
  };

function probe(name: 'livenessProbe' | 'readinessProbe', id: string): Row[] {
  const own = (change: (probe: Probe) => void) => (container: Container) => change(must(container[name]));
  const times = (key: keyof Probe, ...values: number[]): [string, (container: Container) => void][] =>
    values.map((value) => [`${key} ${value}`, own((each) => void Object.assign(each, { [key]: value }))]);
  const row = (field: string, changes: [string, (container: Container) => void][]) =>
    inContainers(new RegExp(`^backend\\.${name}\\.${field}$`), new RegExp(`^${id}$`), changes);
  const target = (change: object) => own((each) => void Object.assign(must(each.httpGet), change));
  return [
    ...row('type', [
      ['taken away', put(name, undefined)],
      [
        'a TCP probe',
        own((each) => {
          Reflect.deleteProperty(each, 'httpGet');
          each.tcpSocket = { port: 8000 };
        }),
      ],
      [
        'a command that always succeeds',
        own((each) => {
          Reflect.deleteProperty(each, 'httpGet');
          each.exec = { command: ['true'] };
        }),
      ],
    ]),
    ...row('path', [
      ['another path', target({ path: '/' })],
      ['a path that serves without the database', target({ path: '/docs' })],
      ['no path', own((each) => void Reflect.deleteProperty(must(each.httpGet), 'path'))],
      ['another host', target({ host: '10.0.0.9' })],
    ]),
    ...row('port', [
      ['another port', target({ port: 8001 })],
      ['a name that no port has', target({ port: 'metrics' })],
      ['another scheme', target({ scheme: 'HTTPS' })],
    ]),
    ...row('initialDelaySeconds', [
      ...times('initialDelaySeconds', 0, 14, 3600),
      ['taken away', own((each) => void Reflect.deleteProperty(each, 'initialDelaySeconds'))],
    ]),
    ...row('periodSeconds', times('periodSeconds', 1, 11, 3600)),
    ...row('timeoutSeconds', [
      ...times('timeoutSeconds', 1, 60),
      ['taken away', own((each) => void Reflect.deleteProperty(each, 'timeoutSeconds'))],
    ]),
    // The API server takes no other one of a liveness probe.
    ...row('successThreshold', times('successThreshold', 2)),
    ...row('failureThreshold', times('failureThreshold', 1, 4, 1000)),
  ];
}

const deployment =
  (change: (deployment: HealthyEvidence['deployment']) => void) => (evidence: HealthyEvidence) =>
    change(evidence.deployment);
const rolling = (key: 'maxSurge' | 'maxUnavailable', value: number | string | undefined) =>
  deployment(({ spec }) => {
    const strategy = must(must(spec.strategy).rollingUpdate);
    if (value === undefined) Reflect.deleteProperty(strategy, key);
    else strategy[key] = value;
  });
const service = (change: (spec: HealthyEvidence['service']['spec']) => void) => (evidence: HealthyEvidence) =>
  change(evidence.service.spec);
const port = (change: object) => service(({ ports }) => void Object.assign(must(ports?.[0]), change));
const variable = (name: string, value: string | undefined) => (evidence: HealthyEvidence) => {
  if (value === undefined) Reflect.deleteProperty(evidence.configMap.data, name);
  else evidence.configMap.data[name] = value;
};
const literal = (name: string, value: string) => (evidence: HealthyEvidence) => {
  template(evidence).env = [{ name, value }];
};
const key = (name: string, change: (keys: HealthyEvidence['secret']['keys'], index: number) => void) =>
  function (evidence: HealthyEvidence): void {
    const { keys } = evidence.secret;
    change(
      keys,
      keys.findIndex((each) => each.key === name),
    );
  };

function secretKey(index: number, name: string): Row {
  const url = ({ secret }: HealthyEvidence) => {
    if (name === 'DATABASE_URL') secret.databaseUrl = undefined;
  };
  return [
    new RegExp(`^backend\\.requiredSecretKeys\\.${index}$`),
    /^config\/secret$/,
    [
      [
        'the Secret: taken away',
        (evidence) => {
          key(name, (keys, at) => keys.splice(at, 1))(evidence);
          url(evidence);
        },
      ],
      ['the Secret: of other letters', key(name, (keys, at) => (must(keys[at]).key = name.toLowerCase()))],
      [
        'the Secret: empty',
        key(name, (keys, at) => Object.assign(must(keys[at]), { length: 0, blank: true })),
      ],
      [
        'the Secret: white space',
        key(name, (keys, at) => Object.assign(must(keys[at]), { length: 3, blank: true, padding: 3 })),
      ],
    ],
  ];
}

const ROWS: Row[] = [
  [
    /^backend\.replicaCount$/,
    /^deployment\/replicas$/,
    [0, 1, 3].map((replicas) => [
      `the Deployment: ${replicas}`,
      deployment(({ spec }) => (spec.replicas = replicas)),
    ]),
  ],
  [
    /^backend\.replicaCount$/,
    /^deployment\/replicas$/,
    [['the Deployment: taken away', deployment(({ spec }) => void Reflect.deleteProperty(spec, 'replicas'))]],
  ],
  ...inContainers(/^backend\.image\.(?:repository|tag)$/, /^deployment\/image$/, [
    ['another tag', put('image', 'todo-chatbot-backend:1.0')],
    ['no tag of its own, by digest', put('image', `todo-chatbot-backend@sha256:${'a'.repeat(64)}`)],
    ['another repository', put('image', 'todo-chatbot-backend2:latest')],
    ['the same name of another registry', put('image', 'registry.example.com/todo-chatbot-backend:latest')],
  ]),
  ...inContainers(/^backend\.image\.pullPolicy$/, /^deployment\/image$/, [
    ['Always', put('imagePullPolicy', 'Always')],
    ['Never', put('imagePullPolicy', 'Never')],
    // Of :latest the default is Always.
    ['taken away', put('imagePullPolicy', undefined)],
  ]),
  ...resources('limits', 'cpu', '1001m', '2', '20m'),
  ...resources('limits', 'memory', '1Ti', '1G', '128Mi'),
  ...resources('requests', 'cpu', '1m', '501m', '1'),
  ...resources('requests', 'memory', '1Mi', '513Mi', '1Gi'),
  ...inContainers(/^backend\.container\.port$/, /^deployment\/container$/, [
    ['another one', put('ports', [{ name: 'http', containerPort: 8001, protocol: 'TCP' }])],
    ['UDP', put('ports', [{ name: 'http', containerPort: 8000, protocol: 'UDP' }])],
    ['taken away', put('ports', undefined)],
  ]),
  ...inContainers(
    /^backend\.container\.name$/,
    /^deployment\/container$/,
    [['another one', put('name', 'api')]],
    /^pods\/(?:as-contracted|running|ready)$/,
  ),
  ...probe('livenessProbe', 'deployment/liveness-probe'),
  ...probe('readinessProbe', 'deployment/readiness-probe'),
  ...inContainers(/^backend\.securityContext\.runAsUser$/, /^deployment\/security-context$/, [
    ['another one', secured('runAsUser', 1002)],
    ['root', secured('runAsUser', 0)],
    ['taken away', secured('runAsUser', undefined)],
  ]),
  ...inContainers(/^backend\.securityContext\.runAsNonRoot$/, /^deployment\/security-context$/, [
    ['false', secured('runAsNonRoot', false)],
    ['taken away', secured('runAsNonRoot', undefined)],
  ]),
  ...inContainers(/^backend\.securityContext\.allowPrivilegeEscalation$/, /^deployment\/security-context$/, [
    ['true', secured('allowPrivilegeEscalation', true)],
    ['taken away', secured('allowPrivilegeEscalation', undefined)],
    ['privileged', secured('privileged', true)],
  ]),
  ...inContainers(/^backend\.securityContext\.dropCapabilities\.0$/, /^deployment\/security-context$/, [
    ['another one', secured('capabilities', { drop: ['NET_RAW'] })],
    ['none', secured('capabilities', { drop: [] })],
    ['taken away', secured('capabilities', undefined)],
    ['one added', secured('capabilities', { drop: ['ALL'], add: ['SYS_ADMIN'] })],
    ['all taken away', put('securityContext', undefined)],
  ]),
  [
    /^backend\.strategy\.type$/,
    /^deployment\/strategy$/,
    [
      ['the Deployment: Recreate', deployment(({ spec }) => (spec.strategy = { type: 'Recreate' }))],
      // 25 % of two comes to a surge of one and to nothing that is taken away: as the contract has it.
    ],
  ],
  [
    /^backend\.strategy\.maxSurge$/,
    /^deployment\/strategy$/,
    [0, 2, '100%'].map((value) => [`the Deployment: ${value}`, rolling('maxSurge', value)]),
  ],
  [
    /^backend\.strategy\.maxUnavailable$/,
    /^deployment\/strategy$/,
    [1, 2, '50%', '100%'].map((value) => [`the Deployment: ${value}`, rolling('maxUnavailable', value)]),
  ],
  [
    /^backend\.service\.type$/,
    /^service\/type$/,
    [
      ['the Service: ClusterIP', service((spec) => (spec.type = 'ClusterIP'))],
      ['the Service: LoadBalancer', service((spec) => (spec.type = 'LoadBalancer'))],
      ['the Service: taken away', service((spec) => void Reflect.deleteProperty(spec, 'type'))],
    ],
  ],
  [
    /^backend\.service\.port$/,
    /^service\/ports$/,
    [
      ['the Service: another one', port({ port: 80 })],
      ['the Service: UDP', port({ protocol: 'UDP' })],
      ['the Service: none', service((spec) => (spec.ports = []))],
    ],
  ],
  [
    /^backend\.service\.targetPort$/,
    /^service\/ports$/,
    [
      ['the Service: another one', port({ targetPort: 8001 })],
      ['the Service: a name that no port has', port({ targetPort: 'web' })],
    ],
  ],
  [
    /^backend\.service\.targetPort$/,
    /^load-balancing\/endpoints$/,
    [
      [
        'the endpoints: another port',
        ({ endpoints }) => Object.assign(must(endpoints.addresses[0]), { port: 8001 }),
      ],
      [
        'the endpoints: none ready',
        ({ endpoints }) => endpoints.addresses.forEach((each) => (each.ready = false)),
      ],
      ['the endpoints: one is missing', ({ endpoints }) => void endpoints.addresses.pop()],
    ],
  ],
  [
    /^backend\.service\.nodePort$/,
    /^service\/ports$/,
    [
      ['the Service: another one', port({ nodePort: 30082 })],
      [
        'the Service: taken away',
        service(({ ports }) => void Reflect.deleteProperty(must(ports?.[0]), 'nodePort')),
      ],
    ],
  ],
  ...(['ENVIRONMENT', 'LOG_LEVEL'] as const).map((name): Row => [
    new RegExp(`^backend\\.env\\.${name}$`),
    /^config\/(?:configmap|environment-value|log-level-value)$|^deployment\/environment$/,
    [
      ['the ConfigMap: a value that is not allowed', variable(name, 'loud')],
      [
        'the ConfigMap: of other letters',
        variable(name, must(DEFAULT_CONTRACT.backend.env[name]).toLowerCase() + ' '),
      ],
      ['the ConfigMap: empty', variable(name, '')],
      ['the ConfigMap: taken away', variable(name, undefined)],
      ['the template: replaced by a literal', literal(name, 'loud')],
    ],
  ]),
  secretKey(0, 'DATABASE_URL'),
  secretKey(1, 'BETTER_AUTH_SECRET'),
];

function leaves(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [path.join('.')];
  return Object.entries(value).flatMap(([name, item]) => leaves(item, [...path, name]));
}

/** A key that may be absent; what is open by default; the range of an autoscaler, which nobody has asked for. */
const NOT_DEMANDED = /^backend\.(?:optionalSecretKeys\.|startupProbe\.|autoscaling\.)/;

const DEMANDED = leaves(DEFAULT_CONTRACT.backend, ['backend']).filter((leaf) => !NOT_DEMANDED.test(leaf));

test('each value that the contract demands of the objects has a row', () => {
  expect(DEMANDED.filter((leaf) => !ROWS.some(([pattern]) => pattern.test(leaf)))).toEqual([]);
  expect(ROWS.filter(([pattern]) => !DEMANDED.some((leaf) => pattern.test(leaf)))).toEqual([]);
});

test('what a pod has too is judged in the template and in a running pod', () => {
  const ofPods = /^backend\.(?:image|resources|container|livenessProbe|readinessProbe|securityContext)\./;
  const where = (leaf: string) =>
    ROWS.filter(([pattern]) => pattern.test(leaf)).flatMap(([, , mutations]) =>
      mutations.map(([how]) => how.split(':')[0]),
    );
  const lacking = DEMANDED.filter((leaf) => ofPods.test(leaf)).filter(
    (leaf) => !['the template', 'a running pod'].every((each) => where(leaf).includes(each)),
  );
  expect(lacking).toEqual([]);
});

describe.each(ROWS.map(([pattern, fails, mutations]) => ({ of: pattern.source, fails, mutations })))(
  '$of',
  ({ of, fails, mutations }) => {
    // The user that it must run as is no root already: the template that does not say so once more warns.
    const isWarned = of.includes('runAsNonRoot');

    test.each(mutations)('%s', (_how, mutate) => {
      const own = CHECKS.filter(({ meta }) => fails.test(meta.id));
      const statuses = own.map((check) => judge(check, mutate).status);
      expect(statuses.some((status) => status === 'fail' || (isWarned && status === 'warn'))).toBe(true);
    });
  },
);
