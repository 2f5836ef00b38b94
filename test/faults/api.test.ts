/** The API server misbehaves: what verify says, with which exit code, and in which time. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { apiServer, json, status, type Req, type Res } from '../evidence/kubernetes/support.js';
import { expectDocumented } from './support/documented.js';
import { faultyApi, type Fault, type FaultyApi } from './support/faulty-api.js';
import { report, type Told } from './support/verify.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

/** Runs verify against the lab behind a fault. */
async function under(fault: Fault, ...argv: string[]): Promise<Told & { api: FaultyApi }> {
  const api = await faultyApi(lab, fault);
  const told = await report('--kubeconfig', api.kubeconfig, '--url', lab.url, ...argv);
  return { ...told, api };
}

/** A fault of requests whose path has this text in it. */
const onPath = (part: string, answer: (response: Res, request: Req) => void): Fault => ({
  answer: (request, response) => {
    if (!(request.url ?? '').includes(part)) return false;
    answer(response, request);
    return true;
  },
});
const always = (answer: (response: Res) => void): Fault => onPath('/', answer);
const refusing = (code: number, reason: string, message: string, headers: Record<string, string> = {}) => {
  return (response: Res): void => json(response, code, status(code, reason, message), headers);
};

/** One root, said once, and everything else under it. */
function expectOneRoot({ having, check }: Told): void {
  expect(having('unknown')).toEqual(['cluster/reachable']);
  expect(having('pass')).toEqual([]);
  expect(having('fail')).toEqual([]);
  expect(having('blocked').length).toBeGreaterThan(40);
  for (const id of having('blocked')) expect(check(id).blockedBy).toEqual(['cluster/reachable']);
}

describe('every request', () => {
  test.each<[string, Fault, string[]]>([
    [
      'API server accepts connections and never answers',
      always(() => undefined),
      ['--request-timeout', '300ms'],
    ],
    [
      'API server sends its answer drop by drop',
      always((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 40);
        response.on('close', () => clearInterval(timer));
      }),
      ['--request-timeout', '300ms'],
    ],
    ['Credentials expired or revoked (401)', always(refusing(401, 'Unauthorized', 'Unauthorized')), []],
    [
      'Internal error of the API server (500), three times',
      always(refusing(500, 'InternalError', 'etcdserver: request timed out')),
      [],
    ],
    [
      'API server busy (429), three times',
      always(
        refusing(429, 'TooManyRequests', 'too many requests, please try again later', { 'retry-after': '0' }),
      ),
      [],
    ],
    [
      'API server busy (429) for longer than the bound',
      always(
        refusing(429, 'TooManyRequests', 'too many requests, please try again later', {
          'retry-after': '60',
        }),
      ),
      [],
    ],
    [
      'Answer cut off in the middle of its JSON',
      always((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"kind":"List","items":[{"secret":"hunter2"');
      }),
      [],
    ],
    [
      'HTML instead of JSON (a login page)',
      always((response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<!doctype html><title>Sign in to ACME, hunter2</title>');
      }),
      [],
    ],
    [
      'Redirect to another server',
      always((response) => {
        response.writeHead(307, { location: 'https://sso.example/login?ticket=hunter2' });
        response.end();
      }),
      [],
    ],
  ])('%s', async (fault, faulty, argv) => {
    const told = await under(faulty, ...argv);
    expectDocumented(fault, told);
    expectOneRoot(told);
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
    expect(told.stdout).not.toContain('hunter2');
  });

  test('Connection reset in the middle of an answer', async () => {
    const cut: Fault = always((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"items": [');
      setTimeout(() => api.cut(), 20);
    });
    const api = await faultyApi(lab, cut);
    const told = await report('--kubeconfig', api.kubeconfig);
    expectDocumented('Connection reset in the middle of an answer', told);
    expectOneRoot(told);
  });

  test('Answer ended by the server in the middle (HTTP/2)', async () => {
    const told = await under(
      always((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"items": [');
        setTimeout(() => 'stream' in response && response.stream.close(2), 20);
      }),
    );
    expectDocumented('Answer ended by the server in the middle (HTTP/2)', told);
    expectOneRoot(told);
  });

  test('nothing is asked of the server that a redirect names', async () => {
    const elsewhere = await apiServer('https', (_, response) => json(response, 200, {}));
    const told = await under(
      always((response) => {
        response.writeHead(302, { location: `${elsewhere.url}/login` });
        response.end();
      }),
    );
    expect(told.exitCode).toBe(3);
    expect(elsewhere.connections).toBe(0);
  });

  test('three tries at most', async () => {
    const { api } = await under(always(refusing(503, 'ServiceUnavailable', 'etcd has no leader')));
    const tries = new Map<string, number>();
    for (const request of api.requests) tries.set(request, (tries.get(request) ?? 0) + 1);
    expect([...tries.values()]).toEqual(tries.size === 0 ? [] : [...tries.keys()].map(() => 3));
    expect(tries.size).toBeGreaterThan(0);
  });
});

describe('some requests', () => {
  test('403 on one resource', async () => {
    const words =
      'secrets "todo-chatbot-backend-secret" is forbidden: User "jane" cannot get resource "secrets" in API group "" in the namespace "default"';
    const told = await under(
      onPath('/secrets', refusing(403, 'Forbidden', words)),
      '--only',
      'cluster,pods,config',
    );
    expectDocumented('403 on one resource', told);
    expect(told.having('unknown')).toEqual([
      'config/secret',
      'config/secret-name',
      'config/auth-secret-length',
      'config/auth-secret-matches-frontend',
      'config/database-url',
      'config/unreferenced-keys',
    ]);
    expect(told.having('blocked')).toEqual([]);
    expect(told.having('fail')).toEqual([]);
    expect(told.having('pass')).toEqual(expect.arrayContaining(['pods/ready', 'config/configmap']));
  });

  test('403 on one resource, and another check fails: the failure decides', async () => {
    const told = await under(
      onPath('/secrets', refusing(403, 'Forbidden', 'no')),
      '--only',
      'config/secret,deployment/replicas',
      '--set',
      'backend.replicaCount=3',
    );
    expect(told.having('unknown')).toEqual(['config/secret']);
    expect(told.having('fail')).toEqual(['deployment/replicas']);
    expect(told.exitCode).toBe(1);
  });

  test('503 on one resource', async () => {
    const told = await under(
      onPath(
        '/configmaps/',
        refusing(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
      ),
      '--only',
      'config',
    );
    expectDocumented('503 on one resource, three times', told);
    expect(told.having('unknown')).toContain('config/configmap');
    expect(told.having('pass')).toContain('config/secret');
  });

  test('hang on one resource', async () => {
    const told = await under(
      onPath('/networkpolicies', () => undefined),
      '--only',
      'network/policies,service',
      '--request-timeout',
      '1s',
    );
    expectDocumented('One resource is never answered', told);
    expect(told.having('unknown')).toEqual(['network/policies']);
    expect(told.having('pass')).toContain('service/type');
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });

  test('429 once: what Retry-After asks for is waited for', async () => {
    let refused = 0;
    const told = await under(
      {
        answer: (request, response) => {
          if (!(request.url ?? '').includes('/services/') || refused > 0) return false;
          refused += 1;
          refusing(429, 'TooManyRequests', 'later', { 'retry-after': '1' })(response);
          return true;
        },
      },
      '--only',
      'service/type',
    );
    expectDocumented('API server busy (429) once', told);
    expect(refused).toBe(1);
    expect(told.having('pass')).toEqual(['service/type']);
    expect(told.ms).toBeGreaterThan(990);
  });

  test('no discovery.k8s.io: core Endpoints are read instead', async () => {
    const told = await under(
      onPath('discovery.k8s.io', (response) => {
        response.writeHead(404, { 'content-type': 'text/plain' });
        response.end('404 page not found\n');
      }),
      '--only',
      'load-balancing',
    );
    expectDocumented('Cluster without discovery.k8s.io/v1', told);
    expect(told.having('pass')).toEqual(['load-balancing/endpoints', 'load-balancing/distribution']);
    expect(told.api.requests.some((request) => request.includes('/endpoints/'))).toBe(true);
  });

  test('neither EndpointSlices nor Endpoints may be read: unknown, not absent', async () => {
    const told = await under(
      {
        answer: (request, response) => {
          const path = request.url ?? '';
          if (path.includes('/endpointslices')) json(response, 404, status(404, 'NotFound', 'no such API'));
          else if (path.includes('/endpoints/')) refusing(403, 'Forbidden', 'no')(response);
          else return false;
          return true;
        },
      },
      '--only',
      'load-balancing/endpoints',
    );
    expect(told.having('unknown')).toEqual(['load-balancing/endpoints']);
    expect(told.exitCode).toBe(3);
  });

  test('a 404 for a whole API is no absent object', async () => {
    const told = await under(
      onPath('/apis/apps/v1/', (response) => {
        response.writeHead(404, { 'content-type': 'text/plain' });
        response.end('404 page not found\n');
      }),
      '--only',
      'deployment/exists',
    );
    expectDocumented('API group not served (404 without an object)', told);
    expect(told.having('unknown')).toEqual(['deployment/exists']);
  });
});
