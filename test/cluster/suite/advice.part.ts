/** Fixes pasted as they are printed: what they do not name stays as it is, in objects that have more than the contract's. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CheckContext } from '../../../src/rule/context.js';
import type { Finding } from '../../../src/rule/finding.js';
import { CHECKS } from '../../../src/checks/index.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { besideFaults } from './campaign.js';
import { CONTEXT, kubectl, run } from './cluster.js';

const NAMESPACE = 'todo-k8s-advice';
const NAME = 'todo-chatbot-backend';
const OBJECTS = ['secret/app', 'configmap/app', `service/${NAME}`, `deployment/${NAME}`];
const LIMIT_MS = 120_000;
/** All that a shell, JSON, YAML and Helm read as something else. */
const VALUE = `postgresql://u:p",\\'$x\`y\`@h:5432/d?a=1,b={c}&sslmode=require`;

const names = { deployment: NAME, service: NAME, configMap: 'app', secret: 'app' };
const context: CheckContext = {
  contract: DEFAULT_CONTRACT,
  target: {
    ...{
      context: CONTEXT ?? '',
      server: '',
      namespace: NAMESPACE,
      release: undefined,
      helm: undefined,
      names,
    },
    accepted: { deployment: [NAME], service: [NAME], configMap: ['app'], secret: ['app'] },
  },
  shell: { context: CONTEXT },
  now: 0,
};

/** A check, what it found, and the fields that its fix may change. */
const FIXES: readonly [check: string, findings: Finding[], changes: RegExp][] = [
  [
    'config/secret',
    [{ messageId: 'key-missing', data: { key: 'DATABASE_URL' } }],
    /^Secret\/data\/DATABASE_URL$/,
  ],
  ['config/configmap', [{ messageId: 'value', data: { key: 'LOG_LEVEL' } }], /^ConfigMap\/data\/LOG_LEVEL$/],
  [
    'service/selector-matches',
    [{ messageId: 'label-missing', data: { field: "spec.selector['example.com/extra']" } }],
    /^Service\/spec\/selector\/example\.com\/extra$/,
  ],
  [
    'service/ports',
    [{ messageId: 'target-port', data: { field: 'spec.ports[0].targetPort' } }],
    /^Service\/spec\/ports\/0\/targetPort$/,
  ],
  ['service/session-affinity', [], /^Service\/spec\/sessionAffinity/],
  [
    'service/labels',
    [{ messageId: 'label-value', data: { label: 'app.kubernetes.io/component' } }],
    /^Service\/metadata\/labels\/app\.kubernetes\.io\/component$/,
  ],
  ['deployment/strategy', [], /^Deployment\/spec\/strategy\//],
  [
    'deployment/readiness-probe',
    [{ messageId: 'path' }, { messageId: 'timeoutSeconds' }],
    /containers\/1\/readinessProbe\/(?:httpGet\/path|timeoutSeconds)$/,
  ],
  [
    'deployment/security-context',
    [{ messageId: 'privilege-escalation' }],
    /containers\/1\/securityContext\/allowPrivilegeEscalation$/,
  ],
  ['deployment/resources', [], /containers\/1\/resources\/(?:limits|requests)\/(?:cpu|memory)$/],
  [
    'deployment/environment',
    [{ messageId: 'literal', data: { variable: 'LOG_LEVEL' } }],
    /containers\/1\/env\/0\/value(?:From\/|$)/,
  ],
  [
    'deployment/labels',
    [{ messageId: 'label-value', data: { label: 'app.kubernetes.io/component' } }],
    /^Deployment\/metadata\/labels\/app\.kubernetes\.io\/component$/,
  ],
];

describe('fixes, pasted', () => {
  besideFaults();

  beforeAll(async () => {
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects() }));
  }, LIMIT_MS);
  afterAll(() => kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']), LIMIT_MS);

  test.each(FIXES)(
    '%s changes what it names and nothing else',
    async (id, findings, changes) => {
      const check = CHECKS.find(({ meta }) => meta.id === id);
      const before = await fields();
      for (const part of check?.meta.remedy(context, findings) ?? []) {
        if (part.kind === 'text') continue;
        const pasted = await run('bash', ['-c', part.command], { env: { DATABASE_URL: VALUE } });
        expect({ command: part.command, ...pasted }).toMatchObject({ code: 0 });
      }
      const after = await fields();
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (path) => before.get(path) !== after.get(path),
      );
      expect(changed).not.toEqual([]);
      expect(changed.filter((path) => !changes.test(path))).toEqual([]);
      if (id === 'config/secret')
        expect(Buffer.from(after.get('Secret/data/DATABASE_URL') ?? '', 'base64').toString()).toBe(VALUE);
    },
    LIMIT_MS,
  );
});

/** Every field that a person gives, by its path. */
async function fields(): Promise<Map<string, string>> {
  const list = JSON.parse(await kubectl(['-n', NAMESPACE, 'get', ...OBJECTS, '-o', 'json'])) as {
    items: { kind: string }[];
  };
  const found = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (
      /\/(?:status|managedFields|resourceVersion|generation)(?:\/|$)|deployment\.kubernetes\.io\/revision/.test(
        path,
      )
    )
      return;
    if (typeof value !== 'object' || value === null) found.set(path, String(value));
    else for (const [key, inner] of Object.entries(value)) visit(inner, `${path}/${key}`);
  };
  for (const item of list.items) visit(item, item.kind);
  return found;
}

/** The backend's objects with a wrong value in each place, and with more than the contract has. No pod is made. */
function objects(): object[] {
  const component = { 'app.kubernetes.io/component': 'backend', team: 'a' };
  const meta = (name: string, more = {}) => ({
    name,
    namespace: NAMESPACE,
    annotations: { note: 'kept' },
    ...more,
  });
  const wrong = { labels: { team: 'a', 'app.kubernetes.io/component': 'x' } };
  const backend = {
    ...{ name: 'backend', image: 'none:1', imagePullPolicy: 'Never' },
    env: [
      { name: 'LOG_LEVEL', value: 'DEBUG' },
      { name: 'OTHER', value: 'kept' },
    ],
    ports: [
      { name: 'http', containerPort: 8000 },
      { name: 'metrics', containerPort: 9100 },
    ],
    resources: { limits: { memory: '128Mi', 'ephemeral-storage': '1Gi' } },
    securityContext: { allowPrivilegeEscalation: true, readOnlyRootFilesystem: true },
    readinessProbe: {
      httpGet: { path: '/wrong', port: 8000, httpHeaders: [{ name: 'X', value: 'kept' }] },
      ...{ timeoutSeconds: 1, periodSeconds: 7 },
    },
  };
  const sidecar = {
    ...{ name: 'sidecar', image: 'none:1', imagePullPolicy: 'Never' },
    env: [{ name: 'LOG_LEVEL', value: 'its own' }],
    resources: { limits: { memory: '64Mi' } },
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: meta('app', { labels: { team: 'a' } }) },
      stringData: { DATABASE_URL: 'old', BETTER_AUTH_SECRET: 'kept', EXTRA: 'kept' },
    },
    {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('app', { labels: { team: 'a' } }) },
      data: { LOG_LEVEL: 'TRACE', ENVIRONMENT: 'production', EXTRA: 'kept' },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: meta(NAME, wrong) },
      spec: {
        sessionAffinity: 'ClientIP',
        selector: { ...component, 'example.com/extra': '1' },
        ports: [
          { name: 'http', port: 8000, targetPort: 9 },
          { name: 'metrics', port: 9100 },
        ],
      },
    },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta(NAME, wrong) },
      spec: {
        ...{ replicas: 0, strategy: { type: 'Recreate' }, selector: { matchLabels: component } },
        template: {
          metadata: { labels: { ...component, extra: 'kept' } },
          spec: { containers: [sidecar, backend] },
        },
      },
    },
  ];
}
