/** Before it is applied: what `verify --against live` foretells happens, and what it does not object to works. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { besideFaults } from './campaign.js';
import { AUTH_SECRET, CHART, CONTEXT, DATABASE_URL, kubectl, run, until } from './cluster.js';
import { verify } from './verify.js';

const MAIN = 'todo-k8s-before';
/** Namespaces that demand something. */
const FEW = `${MAIN}-few`;
const STRICT = `${MAIN}-strict`;
const RANGED = `${MAIN}-ranged`;
const RESTRICTED = `${MAIN}-restricted`;
const ALL = [MAIN, FEW, STRICT, RANGED, RESTRICTED];
/** Of this part alone. */
const NODE_PORT = 31_877;
const LIMIT_MS = 240_000;
const SYMPTOM_SECONDS = 90;

interface Container {
  [field: string]: unknown;
  image: string;
  imagePullPolicy: string;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: Record<string, unknown>;
  envFrom: object[];
  env: object[];
}

interface Spec {
  replicas: number;
  selector: { matchLabels: Record<string, string> };
  template: {
    metadata: { labels: Record<string, string> };
    spec: { [field: string]: unknown; containers: [Container] };
  };
}

interface Parts {
  spec: Spec;
  service: { [field: string]: unknown; ports: { port: number; nodePort?: number }[] };
  container: Container;
  /** Objects beside these. */
  more: object[];
}

/** A backend that only sleeps: whether it is admitted, scheduled and started is what is asked. */
function manifests(name: string, change: (parts: Parts) => void): object[] {
  const labels = { app: name, component: 'backend' };
  const metadata = { name, labels };
  const container: Container = {
    name: 'backend',
    image: 'todo-chatbot-backend:latest',
    imagePullPolicy: 'IfNotPresent',
    command: ['python3', '-c', 'import time; time.sleep(3600)'],
    ports: [{ containerPort: 8000 }],
    envFrom: [{ secretRef: { name: `${name}-secret` } }, { configMapRef: { name: `${name}-config` } }],
    env: [],
    resources: { requests: { cpu: '5m', memory: '16Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1001,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const spec: Spec = {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { ...labels } },
      spec: { terminationGracePeriodSeconds: 0, containers: [container] },
    },
  };
  const service: Parts['service'] = { selector: { app: name }, ports: [{ port: 8000 }] };
  const more: object[] = [];
  change({ spec, service, container, more });
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${name}-secret`, labels },
      stringData: { DATABASE_URL, BETTER_AUTH_SECRET: AUTH_SECRET },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-config`, labels },
      data: { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' },
    },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: service },
    ...more,
  ];
}

const folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-before-'));
const context = CONTEXT === undefined ? [] : ['--context', CONTEXT];

function fileOf(name: string, objects: readonly object[]): string {
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return file;
}

async function objections(plan: readonly string[], namespace: string): Promise<string[]> {
  const { report } = await verify([...plan, '--against', 'live', '-n', namespace, '--only', 'install']);
  expect(report.checks).toHaveLength(12);
  return report.checks
    .filter(({ status }) => status !== 'pass')
    .map(({ id, findings, message }) =>
      [id, ...findings.map((finding) => finding.message), ...(findings.length === 0 ? [message] : [])].join(
        ': ',
      ),
    );
}

const apply = (file: string, namespace: string) =>
  run('kubectl', [...context, 'apply', '-n', namespace, '-f', file]);

/** What the cluster says of the pods of a Deployment: conditions, waiting reasons, and events of its ReplicaSets. */
async function symptoms(name: string, namespace: string): Promise<string> {
  const [pods, sets] = await Promise.all([
    kubectl(['get', 'pods', '-n', namespace, '-l', `app=${name}`, '-o', 'json']),
    kubectl(['get', 'replicasets', '-n', namespace, '-l', `app=${name}`, '-o', 'json']),
  ]);
  const conditions = JSON.parse(sets) as { items: { status?: { conditions?: object[] } }[] };
  const statuses = JSON.parse(pods) as { items: { status: object }[] };
  return JSON.stringify([
    conditions.items.map(({ status }) => status?.conditions),
    statuses.items.map(({ status }) => status),
  ]);
}

async function isRunning(name: string, namespace: string, replicas: number): Promise<boolean> {
  const phases = await kubectl([
    ...['get', 'pods', '-n', namespace, '-l', `app=${name}`],
    ...['-o', 'jsonpath={range .items[*]}{.status.phase}{"\\n"}{end}'],
  ]);
  return phases.split('\n').filter((phase) => phase === 'Running').length >= replicas;
}

describe('before it is applied', () => {
  besideFaults();

  beforeAll(async () => {
    const namespaces = ALL.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    Object.assign(namespaces.at(-1)?.metadata ?? {}, {
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
    const quota = (namespace: string, hard: object) => ({
      ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace }, spec: { hard } },
    });
    const range = {
      ...{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'range', namespace: RANGED } },
      spec: { limits: [{ type: 'Container', max: { memory: '128Mi' }, min: { cpu: '2m' } }] },
    };
    const setup = [
      ...namespaces,
      quota(FEW, { pods: '2' }),
      quota(STRICT, { 'limits.cpu': '1', 'requests.memory': '1Gi' }),
      range,
    ];
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: setup }));
    // A quota counts from when its controller has seen it.
    await until('the quotas are counted', 60, async () => {
      const used = await kubectl(['get', 'resourcequota', '-A', '-o', 'jsonpath={.items[*].status.used}']);
      return used.includes('pods') && used.includes('limits.cpu');
    });
    const first = manifests('old', ({ service }) => {
      service.type = 'NodePort';
      service.ports = [{ port: 8000, nodePort: NODE_PORT }];
    });
    await kubectl(
      ['apply', '-n', MAIN, '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: first }),
    );
  }, LIMIT_MS);

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await kubectl(['delete', 'namespace', '--ignore-not-found', '--wait=false', ...ALL]);
  }, LIMIT_MS);

  const FAILING: [name: string, namespace: string, id: string, happens: RegExp, (parts: Parts) => void][] = [
    [
      'port-taken',
      MAIN,
      'install/node-port',
      /provided port is already allocated/,
      ({ service }) => {
        service.type = 'NodePort';
        service.ports = [{ port: 8000, nodePort: NODE_PORT }];
      },
    ],
    [
      'old',
      MAIN,
      'install/selector',
      /field is immutable/,
      ({ spec }) => {
        spec.selector.matchLabels = { component: 'backend' };
      },
    ],
    [
      'own-labels',
      MAIN,
      'install/selector',
      /`selector` does not match template `labels`/,
      ({ spec }) => {
        spec.selector.matchLabels = { app: 'another' };
      },
    ],
    [
      'no-namespace',
      `${MAIN}-nowhere`,
      'install/namespace',
      /namespaces "todo-k8s-before-nowhere" not found/,
      () => undefined,
    ],
    [
      'no-secret',
      MAIN,
      'install/references',
      /not found","reason":"CreateContainerConfigError/,
      ({ container }) => container.envFrom.push({ secretRef: { name: 'nobody' } }),
    ],
    [
      'no-key',
      MAIN,
      'install/references',
      /couldn't find key NOBODY[^}]*"reason":"CreateContainerConfigError/,
      ({ container }) =>
        container.env.push({
          name: 'X',
          valueFrom: { configMapKeyRef: { name: 'no-key-config', key: 'NOBODY' } },
        }),
    ],
    [
      'no-account',
      MAIN,
      'install/references',
      /serviceaccount \\"nobody\\" not found/,
      ({ spec }) => {
        spec.template.spec.serviceAccountName = 'nobody';
      },
    ],
    [
      'too-large',
      MAIN,
      'install/room',
      /Insufficient cpu/,
      ({ container }) => {
        container.resources = { requests: { cpu: '500' }, limits: {} };
      },
    ],
    [
      'no-node',
      MAIN,
      'install/room',
      /didn't match Pod's node affinity\/selector/,
      ({ spec }) => {
        spec.template.spec.nodeSelector = { disk: 'ssd' };
      },
    ],
    [
      'never-pulled',
      MAIN,
      'install/image',
      /ErrImageNeverPull/,
      ({ container }) => {
        Object.assign(container, { image: 'todo-nobody-has-it:1', imagePullPolicy: 'Never' });
      },
    ],
    [
      'too-many',
      FEW,
      'install/quota',
      /exceeded quota: quota, requested: pods=1/,
      ({ spec }) => {
        spec.replicas = 3;
      },
    ],
    [
      'no-limits',
      STRICT,
      'install/quota',
      /failed quota: quota: must specify limits\.cpu/,
      ({ container }) => {
        container.resources = { requests: { memory: '16Mi' }, limits: {} };
      },
    ],
    [
      'out-of-range',
      RANGED,
      'install/limit-range',
      /maximum memory usage per Container is 128Mi/,
      ({ container }) => {
        container.resources.limits.memory = '256Mi';
      },
    ],
    [
      'not-restricted',
      RESTRICTED,
      'install/pod-security',
      /violates PodSecurity/,
      ({ container }) => {
        container.securityContext = {};
      },
    ],
  ];

  test.each(FAILING)(
    '%s in %s: %s is foretold, and happens',
    async (name, namespace, id, happens, change) => {
      const file = fileOf(name, manifests(name, change));
      const told = await objections(['--manifests', file], namespace);
      expect(told.map((each) => each.split(':')[0])).toContain(id);
      const applied = await apply(file, namespace);
      if (applied.code !== 0) expect(applied.stderr).toMatch(happens);
      else
        await until(`${String(happens)} of ${name}`, SYMPTOM_SECONDS, async () =>
          happens.test(await symptoms(name, namespace)),
        );
    },
    LIMIT_MS,
  );

  const WORKING: [name: string, namespace: string, (parts: Parts) => void][] = [
    ['plain', MAIN, () => undefined],
    ['old', MAIN, () => undefined],
    ['two-pods', MAIN, ({ spec }) => void (spec.replicas = 2)],
    [
      'another-port',
      MAIN,
      ({ service }) => {
        service.type = 'NodePort';
        service.ports = [{ port: 8000, nodePort: NODE_PORT + 1 }];
      },
    ],
    [
      'optional',
      MAIN,
      ({ container }) => container.envFrom.push({ secretRef: { name: 'nobody', optional: true } }),
    ],
    [
      'other-secret',
      MAIN,
      ({ container }) =>
        container.env.push({
          name: 'OTHER',
          valueFrom: { secretKeyRef: { name: 'old-secret', key: 'DATABASE_URL' } },
        }),
    ],
    [
      'own-account',
      MAIN,
      ({ spec, more }) => {
        spec.template.spec.serviceAccountName = 'own-account';
        more.push({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'own-account' } });
      },
    ],
    [
      'this-node',
      MAIN,
      ({ spec }) => void (spec.template.spec.nodeSelector = { 'kubernetes.io/os': 'linux' }),
    ],
    ['pulled-never', MAIN, ({ container }) => void (container.imagePullPolicy = 'Never')],
    ['few', FEW, () => undefined],
    ['strict', STRICT, () => undefined],
    ['ranged', RANGED, () => undefined],
    ['restricted', RESTRICTED, () => undefined],
  ];

  test.each(WORKING)(
    '%s in %s is not objected to, and runs',
    async (name, namespace, change) => {
      // What a test before left of its pods would count.
      await kubectl(['delete', 'deployment', '-n', namespace, '-l', 'app notin (old)', '--wait=true']);
      await until('its pods are gone', 60, async () => {
        const pods = await kubectl(['get', 'pods', '-n', namespace, '-l', 'app notin (old)', '-o', 'name']);
        return pods.trim() === '';
      });
      const objects = manifests(name, change);
      const file = fileOf(name, objects);
      expect(await objections(['--manifests', file], namespace)).toEqual([]);
      expect(await apply(file, namespace)).toMatchObject({ code: 0 });
      const { spec } = objects[2] as { spec: Spec };
      await until(`${name} runs`, SYMPTOM_SECONDS, () => isRunning(name, namespace, spec.replicas));
    },
    LIMIT_MS,
  );

  const VALUES = [
    `backend.secrets.DATABASE_URL=${DATABASE_URL.replaceAll(',', '\\,')}`,
    `backend.secrets.BETTER_AUTH_SECRET=${AUTH_SECRET}`,
    `backend.service.nodePort=${NODE_PORT + 2}`,
  ].flatMap((value) => ['--set', value]);

  test.each([
    ['no release', {}],
    ['another release', { 'meta.helm.sh/release-name': 'other', 'meta.helm.sh/release-namespace': MAIN }],
  ])(
    'a chart whose name belongs to %s is foretold, and refused by Helm',
    async (_name, annotations) => {
      const service = {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'todo-chatbot-backend', annotations } },
        spec: { ports: [{ port: 8000 }] },
      };
      await kubectl(['delete', 'service', '-n', MAIN, '--ignore-not-found', 'todo-chatbot-backend']);
      await kubectl(['create', '-n', MAIN, '-f', '-'], JSON.stringify(service));
      const told = await objections(['--chart', CHART, ...VALUES], MAIN);
      expect(told.map((each) => each.split(':')[0])).toContain('install/ownership');
      const kube = CONTEXT === undefined ? [] : ['--kube-context', CONTEXT];
      const { code, stderr } = await run('helm', [
        ...['install', 'todo-chatbot', CHART, '-n', MAIN],
        ...kube,
        ...VALUES,
      ]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/invalid ownership metadata/);
    },
    LIMIT_MS,
  );
});
