import { describe, expect, test } from '@jest/globals';
import { resolveNames } from '../../src/contract/names.js';
import type { DeploymentIdentity, NameInput } from '../../src/contract/found-objects.js';
import {
  followReferences,
  likelyBackends,
  type ContainerShape,
  type NamedService,
  type ReferenceInput,
} from '../../src/contract/references.js';

function deployment(
  name: string,
  container: Partial<ContainerShape> = {},
  podLabels: Record<string, string> = { app: name },
): DeploymentIdentity & { shape: NonNullable<DeploymentIdentity['shape']> } {
  return {
    name,
    labels: {},
    annotations: {},
    shape: { podLabels, containers: [{ name: 'main', ...container }] },
  };
}

const web = { ports: [{ containerPort: 8000 }], probed: true };
const named = (...names: string[]) => names.map((name) => ({ name }));
const secretKey = (variable: string, name: string, key = variable) => ({
  name: variable,
  valueFrom: { secretKeyRef: { name, key } },
});

describe('which Deployment is the backend', () => {
  const names = (...deployments: DeploymentIdentity[]) => likelyBackends(deployments).map(({ name }) => name);

  test('the one that is called so, among what stands beside it', () => {
    const all = ['todo-frontend', 'postgres', 'todo-mcp-server', 'todo-backend', 'notification-service'];
    expect(names(...all.map((name) => deployment(name, web)))).toEqual(['todo-backend']);
  });

  test('by its container, where its name says nothing', () => {
    const env = [{ name: 'DATABASE_URL' }];
    expect(names(deployment('app', { ...web, env }), deployment('nginx', web))).toEqual(['app']);
    expect(names(deployment('service', { env, probed: true }))).toEqual(['service']);
  });

  test('not the backend of something else', () => {
    expect(names(deployment('shop-backend'), deployment('shop-frontend', web))).toEqual([]);
    expect(names(deployment('frontend', { ...web, env: [{ name: 'DATABASE_URL' }] }))).toEqual([]);
    expect(names(deployment('webhook-receiver'), deployment('todo-frontend-api-docs-ui'))).toEqual([]);
  });

  test.each([
    ['todo-k8s.test/metrics-server:0.9.0', false],
    ['todo.example.org:5000/infra/api:1', false],
    ['localhost/api:todo', true],
    ['ghcr.io/acme/todo-api:1', true],
    ['todo/api', true],
  ])('what is called a server is no backend of todos for its registry: %s', (image, is) => {
    expect(names(deployment('metrics-server', { image }))).toEqual(is ? ['metrics-server'] : []);
  });

  test('two of a kind are both told', () => {
    expect(names(deployment('todo-backend'), deployment('task-api'))).toEqual(['todo-backend', 'task-api']);
  });
});

describe('what belongs to it', () => {
  const input = (more: Partial<ReferenceInput>): ReferenceInput => ({
    deployment: deployment('todo-backend', web),
    others: [],
    services: [],
    configMaps: [],
    secrets: [],
    byName: {},
    ...more,
  });
  const service = (name: string, selector: Record<string, string>, shape: NamedService['shape'] = {}) => ({
    name,
    shape: { selector, ports: [{ port: 80, targetPort: 8000 }], ...shape },
  });

  test('the Service that selects its pods, whatever it is called', () => {
    const services = [service('todo-backend', { app: 'other' }), service('entry', { app: 'todo-backend' })];
    expect(followReferences(input({ services })).service).toBe('entry');
  });

  test('of several the one with the port, then the one that reaches furthest', () => {
    const mine = { app: 'todo-backend' };
    const services = [
      service('a-metrics', mine, { ports: [{ port: 9090 }], type: 'LoadBalancer' }),
      service('b-headless', mine, { clusterIP: 'None' }),
      service('c-inside', mine),
      service('d-node', mine, { type: 'NodePort' }),
    ];
    expect(followReferences(input({ services })).service).toBe('d-node');
    expect(followReferences(input({ services: services.slice(0, 3) })).service).toBe('c-inside');
  });

  test('with a wrong selector it is known by its name, if it is nobody else’s', () => {
    const others = [deployment('todo-frontend', {}, { app: 'web' })];
    const services = [
      service('todo-backend-svc', { app: 'web' }),
      service('backend-service', { app: 'bakend' }),
    ];
    expect(followReferences(input({ services, others })).service).toBe('backend-service');
  });

  test('the Secret that DATABASE_URL comes from, before the one that is imported', () => {
    const container = {
      env: [secretKey('JWT', 'tokens'), secretKey('DATABASE_URL', 'postgres-secret', 'url')],
      envFrom: [{ secretRef: { name: 'all' } }, { configMapRef: { name: 'settings' } }],
    };
    const found = followReferences(
      input({
        deployment: deployment('todo-backend', container),
        secrets: named('all', 'postgres-secret', 'tokens', 'todo-backend-secret'),
        configMaps: named('settings'),
        byName: { secret: 'todo-backend-secret' },
      }),
    );
    expect(found).toMatchObject({ secret: 'postgres-secret', configMap: 'settings' });
  });

  test('of two imports the last that is there', () => {
    const container = {
      envFrom: [{ secretRef: { name: 'a' } }, { secretRef: { name: 'b' } }, { secretRef: { name: 'c' } }],
    };
    const at = (...there: string[]) =>
      followReferences(input({ deployment: deployment('todo-backend', container), secrets: named(...there) }))
        .secret;
    expect(at('a', 'b')).toBe('b');
    expect(at()).toBe('c');
  });

  test('the contract’s own stays where the template names one that is not there', () => {
    const byName = { secret: 'todo-chatbot-backend-secret' };
    const container = { envFrom: [{ secretRef: { name: 'todo-chatbot-backend-sekret' } }] };
    const at = (...there: string[]) =>
      followReferences(input({ deployment: deployment('x', container), secrets: named(...there), byName }))
        .secret;
    expect(at(byName.secret)).toBe(byName.secret);
    expect(at(byName.secret, 'todo-chatbot-backend-sekret')).toBe('todo-chatbot-backend-sekret');
    // Nobody may list Secrets: what the template names is the best that is known.
    expect(
      followReferences(input({ deployment: deployment('x', container), secrets: undefined, byName })).secret,
    ).toBe('todo-chatbot-backend-sekret');
  });
});

describe('from lists to names', () => {
  const lists = (...deployments: DeploymentIdentity[]): NameInput => ({
    namespace: 'default',
    deployments,
    services: [],
    configMaps: [],
    secrets: [],
    releases: [],
  });

  test('one backend with its objects and no Helm is one, however little it says', () => {
    const labels = { 'app.kubernetes.io/component': 'backend', 'app.kubernetes.io/part-of': 'todo-chatbot' };
    const object = (name: string) => ({ name, labels, annotations: {} });
    const input: NameInput = {
      ...lists({ ...deployment('api', web), labels }),
      services: [{ ...object('api'), shape: { selector: { app: 'api' }, ports: [{ port: 8000 }] } }],
      configMaps: [object('settings')],
      secrets: [object('credentials')],
    };
    expect(resolveNames(input)).toMatchObject({
      ok: true,
      targets: [{ helm: undefined, names: { deployment: 'api', service: 'api' } }],
    });
    expect(resolveNames({ ...input, deployments: [] })).toMatchObject({ ok: true });
  });

  test('several backends without Helm: a table with the flag that chooses each', () => {
    const resolution = resolveNames(lists(deployment('todo-backend'), deployment('todo-api')));
    expect(resolution.ok ? '' : resolution.problem.message.split('\n')).toEqual([
      'Several backends found in namespace "default": todo-backend, todo-api. Choose one with --release or --deployment, or verify each with --all-releases.',
      '',
      'DEPLOYMENT     RELEASE   CHOOSE IT WITH',
      'todo-backend   -         --deployment todo-backend',
      'todo-api       -         --deployment todo-api',
    ]);
  });

  test('--deployment wins over what looks more like one', () => {
    const input = { ...lists(deployment('todo-backend'), deployment('odd')), deployment: 'odd' };
    expect(resolveNames(input)).toMatchObject({ ok: true, targets: [{ names: { deployment: 'odd' } }] });
  });
});

describe('what commands name', () => {
  const target = (found: DeploymentIdentity, more: Partial<NameInput> = {}) => {
    const nothing = { services: [], configMaps: [], secrets: [], releases: [] };
    const resolution = resolveNames({ namespace: 'todo', deployments: [found], ...nothing, ...more });
    if (!resolution.ok) throw new Error(resolution.problem.message);
    return resolution.targets[0];
  };
  const containers = (...names: string[]) => {
    const found = deployment('todo-backend', web);
    found.shape.containers = names.map((name) => ({ name }));
    return found;
  };

  test.each([
    ['the only one', ['main'], 'main'],
    ['the one that is called so, before a sidecar', ['daprd', 'todo-backend'], 'todo-backend'],
    ['the contract’s name, whatever else is there', ['api', 'backend'], 'backend'],
    ['none, where nothing tells it', ['one', 'two'], undefined],
  ])('the backend’s container: %s', (_, names, container) => {
    expect(target(containers(...names))?.container).toBe(container);
  });

  test('the container that a contract file names', () => {
    expect(target(containers('api', 'web'), { container: 'web' })?.container).toBe('web');
  });

  test('the labels by which the Deployment selects its pods, unless the component label does', () => {
    const found = deployment('todo-backend', web, { app: 'todo', 'app.kubernetes.io/component': 'api' });
    found.shape.selector = { app: 'todo', 'example.com/tier': 'a.b' };
    expect(target(found)?.podLabels).toBe('app=todo,example.com/tier=a.b');
    found.shape.podLabels = { ...found.shape.podLabels, 'app.kubernetes.io/component': 'backend' };
    expect(target(found)?.podLabels).toBeUndefined();
    expect(target(deployment('todo-backend', web))?.podLabels).toBeUndefined();
  });
});
