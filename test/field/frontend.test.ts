/** The frontend beside a backend, as owners have it: found by what it is, and judged by what it is told. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Doctor from '../../src/commands/doctor/service.js';
import Verify from '../../src/commands/verify.js';
import type { CheckResult, Report } from '../../src/engine/report.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { SECRET_VALUES } from '../../src/lab/manifests.js';
import { runCommand } from '../bundle/support.js';
import { render, ROWS, type FieldRow } from './render.js';

const row = (id: string): FieldRow => {
  const found = ROWS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no row ${id}`);
  return found;
};
/** Plain manifests, labels `app` alone; ClusterIP. */
const PLAIN = row('d06');

interface Front {
  name?: string;
  env?: Record<string, string>;
  /** Whole entries. */
  entries?: object[];
  envFrom?: object[];
  annotations?: Record<string, string>;
  service?: object;
  port?: number;
}

function frontend({
  name = 'todo-frontend',
  env = {},
  entries = [],
  envFrom = [],
  ...more
}: Front): object[] {
  const labels = { app: name };
  const variables = [...Object.entries(env).map(([key, value]) => ({ name: key, value })), ...entries];
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, ...(more.annotations && { annotations: more.annotations }) },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'todo-frontend:latest',
                imagePullPolicy: 'IfNotPresent',
                ports: [{ containerPort: 3000 }],
                env: variables,
                envFrom,
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        type: 'NodePort',
        selector: labels,
        ports: [{ port: 3000, nodePort: 31777 }],
        ...more.service,
      },
    },
  ];
}

const IDS = 'config/auth-secret-matches-frontend,config/frontend-backend-url,functional/cors';

let lab: Lab | undefined;
afterAll(() => lab?.close());

/** `verify` of a backend with this beside it. @param origins that the backend allows */
async function judged(
  beside: object[],
  { origins, base = PLAIN, more = [] }: { origins?: string[]; base?: FieldRow; more?: string[] } = {},
): Promise<Record<string, CheckResult>> {
  await lab?.close();
  lab = await startLab('healthy', { objects: [...render(base), ...beside] });
  if (origins !== undefined)
    await lab.change(({ pods }) => {
      for (const { app } of pods) app.origins = origins;
    });
  const at = ['--kubeconfig', lab.kubeconfigPath, '--only', IDS, '-o', 'json', ...more];
  const { stdout, stderr } = await runCommand(Verify, at);
  if (stdout === '') throw new Error(stderr);
  const { checks } = JSON.parse(stdout) as Report;
  return Object.fromEntries(checks.map((check) => [check.id.split('/')[1] ?? '', check]));
}

describe('found', () => {
  const url = { API_URL: `http://${PLAIN.svc}:${PLAIN.svcport}` };

  test.each([
    ['by its name', frontend({ env: url })],
    ['by its container’s name', frontend({ name: 'todo-pages', env: url })],
    ['called otherwise than the backend', frontend({ name: 'web', env: url })],
  ])('%s', async (_name, objects) => {
    expect((await judged(objects))['frontend-backend-url']).toMatchObject({
      status: 'pass',
      message: `API_URL: ${url.API_URL}`,
    });
  });

  test('not among several of which none is this backend’s by its name', async () => {
    const two = [
      ...frontend({ name: 'shop-web', env: url }),
      ...frontend({ name: 'blog-ui', env: url, service: { ports: [{ port: 3000, nodePort: 31778 }] } }),
    ];
    for (const check of Object.values(await judged(two))) expect(check.status).toBe('skip');
  });

  test.each(['guide', 'webhooks', 'todo-worker', 'builder'])('not %s', async (name) => {
    const objects = frontend({ name }).map(
      (object) => JSON.parse(JSON.stringify(object).replace('"web"', '"main"')) as object,
    );
    for (const check of Object.values(await judged(objects))) expect(check.status).toBe('skip');
  });
});

describe('the URL that it is given', () => {
  const told = async (env: Record<string, string>, more: Front = {}) => {
    const check = (await judged(frontend({ env, ...more })))['frontend-backend-url'];
    return [check?.status, check?.findings.map(({ messageId }) => messageId).join()];
  };
  const port = PLAIN.svcport;

  test.each<[string, Record<string, string>, string, string]>([
    ['a Service that is not there', { BACKEND_URL: 'http://nobody:8000' }, 'fail', 'no-service'],
    [
      'by its full name',
      { BACKEND_URL: `http://${PLAIN.svc}.default.svc.cluster.local:${port}` },
      'pass',
      '',
    ],
    ['in another namespace', { API_BASE_URL: `http://${PLAIN.svc}.prod.svc:${port}` }, 'fail', 'no-service'],
    ['without the port', { BACKEND_URL: `http://${PLAIN.svc}/api` }, 'fail', 'no-port'],
    ['without a scheme', { BACKEND_HOST: `${PLAIN.svc}:${port}` }, 'pass', ''],
    ['its own pod', { INTERNAL_API_URL: 'http://localhost:8000' }, 'warn', 'loopback'],
    ['undefined', { NEXT_PUBLIC_API_URL: 'undefined/api' }, 'fail', 'no-url'],
    ['a placeholder', { NEXT_PUBLIC_API_URL: 'http://<minikube-ip>:30081' }, 'fail', 'no-url'],
    ['localhost for browsers', { NEXT_PUBLIC_API_URL: 'http://localhost:8000' }, 'skip', ''],
    ['a path on its own host', { NEXT_PUBLIC_API_URL: '/api' }, 'skip', ''],
    ['an empty one', { NEXT_PUBLIC_API_URL: '' }, 'skip', ''],
    ['another application’s', { OPENAI_API_BASE_URL: 'http://llm:8000' }, 'skip', ''],
    ['its own address', { NEXTAUTH_URL: 'http://nobody:3000' }, 'skip', ''],
  ])('%s', async (_name, env, status, ids) => {
    expect(await told(env)).toEqual([status, ids]);
  });

  test('Dapr’s sidecar listens on localhost', async () => {
    const annotations = { 'dapr.io/enabled': 'true' };
    expect(await told({ BACKEND_URL: 'http://localhost:3500' }, { annotations })).toEqual(['skip', '']);
  });

  test('from a ConfigMap, judged as the container gets it; never more of it than the address', async () => {
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'front' },
      data: { BACKEND_URL: 'http://user:npg-Canary-9@nobody:8000/x?token=Canary-7' },
    };
    const objects = [config, ...frontend({ envFrom: [{ configMapRef: { name: 'front' } }] })];
    const check = (await judged(objects))['frontend-backend-url'];
    expect(check?.findings[0]?.message).toContain('BACKEND_URL leads to http://nobody:8000,');
    expect(JSON.stringify(check)).not.toContain('Canary');
  });
});

describe('the secret that it signs with', () => {
  const auth = (beside: object[]) => judged(beside).then((all) => all['auth-secret-matches-frontend']);
  const shared = {
    name: 'BETTER_AUTH_SECRET',
    valueFrom: { secretKeyRef: { name: 'front-auth', key: 'sign' } },
  };
  const secret = (value: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'front-auth' },
    stringData: { sign: value },
  });

  test('is compared by its effective value, whatever its key is called', async () => {
    const objects = (value: string) => [secret(value), ...frontend({ entries: [shared] })];
    expect((await auth(objects(SECRET_VALUES.BETTER_AUTH_SECRET)))?.status).toBe('pass');
    expect((await auth(objects('another-secret-of-thirty-two-chars')))?.status).toBe('fail');
  });

  test('that is nowhere fails; a frontend that signs nothing is no gap', async () => {
    const check = await auth(frontend({ entries: [shared] }));
    expect(check).toMatchObject({ status: 'fail' });
    expect(check?.findings[0]?.message).toMatch(/from Secret front-auth, which does not exist$/);
    expect((await auth(frontend({})))?.status).toBe('skip');
  });
});

describe('CORS', () => {
  const NODE_PORT: FieldRow = { ...PLAIN, svctype: 'NodePort', nport: 31778 };
  const env = { NEXT_PUBLIC_API_URL: 'http://localhost:31778', BETTER_AUTH_URL: 'http://localhost:31777' };
  const cors = (more: Front, options: Parameters<typeof judged>[1] = {}) =>
    judged(frontend(more), { base: NODE_PORT, ...options }).then((all) => all.cors);

  test('a backend without it fails where browsers ask it from pages of another port', async () => {
    const check = await cors({ env });
    expect(check?.status).toBe('fail');
    expect(check?.findings[0]?.message).toMatch(
      /^a page of http:\/\/localhost:31777 \(BETTER_AUTH_URL of Deployment todo-frontend\) may not ask http:\/\/127\.[\d.]+:31778\/api\/tasks: no access-control-allow-origin \(HTTP 405/,
    );
  });

  test('passes with the origin, or any', async () => {
    expect((await cors({ env }, { origins: ['http://localhost:31777'] }))?.status).toBe('pass');
    expect((await cors({ env }, { origins: ['*'] }))?.status).toBe('pass');
    expect((await cors({ env }, { origins: ['http://localhost:3000'] }))?.status).toBe('fail');
  });

  test('only warns where its pages are reached at a node port, by whatever host', async () => {
    const check = await cors({ env: { NEXT_PUBLIC_API_URL: 'http://localhost:31778' } });
    expect(check?.status).toBe('warn');
  });

  test('asks a backend that has no way in through a port-forward', async () => {
    const forwarded = { ...env, NEXT_PUBLIC_API_URL: `http://localhost:${PLAIN.svcport}` };
    const refused = await cors({ env: forwarded }, { base: PLAIN });
    expect(refused?.status).toBe('fail');
    // The port of a forward that is over would be of no use to anybody.
    expect(refused?.remedy).toContain(` http://localhost:${PLAIN.svcport}/api/tasks`);
    const origins = ['http://localhost:31777'];
    expect((await cors({ env: forwarded }, { base: PLAIN, origins }))?.status).toBe('pass');
  });

  const ingress = (path: string, name: string, number: number) => ({
    path,
    pathType: 'Prefix',
    backend: { service: { name, port: { number } } },
  });
  test('one host for both needs none', async () => {
    const both = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'todo' },
      spec: {
        rules: [
          {
            host: 'todo.local',
            http: {
              paths: [ingress('/api', PLAIN.svc, PLAIN.svcport), ingress('/', 'todo-frontend', 3000)],
            },
          },
        ],
      },
    };
    const objects = [both, ...frontend({ env: { NEXT_PUBLIC_API_URL: 'http://todo.local/api' } })];
    expect((await judged(objects)).cors).toMatchObject({
      status: 'skip',
      message: 'NEXT_PUBLIC_API_URL (http://todo.local) has the origin of the frontend’s own pages',
    });
  });

  test.each<[string, Front]>([
    ['its server asks the backend', { env: { BACKEND_URL: `http://${PLAIN.svc}:${PLAIN.svcport}` } }],
    [
      'browsers ask a name that only pods know',
      { env: { VITE_API_URL: `http://${PLAIN.svc}:${PLAIN.svcport}` } },
    ],
    ['the URL leads elsewhere', { env: { VITE_API_URL: 'https://api.example.com' } }],
    [
      'nothing says where its pages come from',
      {
        env: { VITE_API_URL: 'http://localhost:31778' },
        service: { type: 'ClusterIP', ports: [{ port: 3000 }] },
      },
    ],
  ])('is not asked for where %s', async (_name, more) => {
    expect((await cors(more))?.status).toBe('skip');
  });

  test('--origin asks all the same, without any frontend', async () => {
    const more = ['--origin', 'http://localhost:5173/'];
    expect((await judged([], { base: NODE_PORT, more })).cors?.status).toBe('fail');
    const origins = ['http://localhost:5173'];
    expect((await judged([], { base: NODE_PORT, more, origins })).cors?.status).toBe('pass');
  });

  test('an origin with a path, or none, is refused before anything is asked', async () => {
    for (const origin of [
      'localhost:3000',
      'http://localhost:3000/app',
      'http://u:pw-Canary@localhost:3000',
    ]) {
      const { exitCode, stderr } = await runCommand(Verify, ['--lab=healthy', '--origin', origin]);
      expect(exitCode).toBe(2);
      expect(stderr).not.toContain('Canary');
    }
  });

  test('doctor names the cause, and no other', async () => {
    await cors({ env: { ...env, BACKEND_URL: 'http://nobody:8000' } });
    const at = ['--kubeconfig', lab?.kubeconfigPath ?? '', '-o', 'json'];
    const { stdout } = await runCommand(Doctor, at);
    const { diagnoses } = JSON.parse(stdout) as { diagnoses: { cause: string; verdict: string }[] };
    const named = diagnoses.map(({ cause, verdict }) => [cause, verdict]);
    expect(named).toContainEqual(['cors/origin-refused', 'confirmed']);
    expect(named).toContainEqual(['frontend/wrong-backend', 'confirmed']);
  });
});

describe('without a frontend', () => {
  let calls: string[];
  beforeAll(async () => {
    await lab?.close();
    lab = await startLab();
    const { stderr } = await runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, '--only', IDS, '-v']);
    calls = stderr.split('\n').filter((line) => /^(get|list|exec|proxy|port-forward) /.test(line));
  });

  test('nothing is asked for its sake', () => {
    expect(calls.length).toBeGreaterThan(4);
    expect(calls.filter((line) => /frontend|ingress|port-forward/i.test(line))).toEqual([]);
  });
});
