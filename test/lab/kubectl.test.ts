/** A plain kubectl against the lab: the verbs that people use, and what they then see. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';

jest.setTimeout(30_000);

const POD = 'todo-chatbot-backend-6d5f9c7b4d-2k4xp';
const OTHER_POD = 'todo-chatbot-backend-6d5f9c7b4d-b8w7q';

const found = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
const minor = found.status === 0 ? Number(/"minor": "(\d+)/.exec(found.stdout)?.[1]) : 0;
const usable = minor >= 32;
if (!usable)
  console.log(`skipped: kubectl 1.32 or newer is needed, found ${minor > 0 ? `1.${minor}` : 'none'}`);

let lab: Lab;
let cache: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  cache = mkdtempSync(path.join(tmpdir(), 'kubectl-cache-'));
  lab = await startLab();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await lab.close();
  rmSync(cache, { recursive: true, force: true });
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

function args(target: Lab, words: string[]): string[] {
  return ['--kubeconfig', target.kubeconfigPath, '--cache-dir', cache, ...words];
}

function kubectl(words: string[], target = lab, input = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile('kubectl', args(target, words), { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** Starts a kubectl that goes on; `until` resolves with its output once that matches. */
function running(
  words: string[],
  target = lab,
): { until(pattern: RegExp): Promise<string>; child: ChildProcess } {
  const child = spawn('kubectl', args(target, words), { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  let check: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      text += part.toString();
      check();
    });
  }
  return {
    child,
    until: (pattern) =>
      new Promise((resolve) => {
        check = () => {
          if (pattern.test(text)) resolve(text);
        };
        check();
      }),
  };
}

function rows(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s{2,}/));
}

(usable ? describe : describe.skip)('kubectl', () => {
  test('get, of everything at once, wide', async () => {
    const { code, stdout, stderr } = await kubectl([
      ...['get', 'deploy,po,svc,endpoints,endpointslices,cm,secret,events', '-o', 'wide'],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const tables = stdout.split('\n\n').map(rows);
    expect(tables.map(([head]) => head)).toEqual([
      ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE', 'CONTAINERS', 'IMAGES', 'SELECTOR'],
      ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'],
      ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE', 'SELECTOR'],
      ['NAME', 'ENDPOINTS', 'AGE'],
      ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
      ['NAME', 'DATA', 'AGE'],
      ['NAME', 'TYPE', 'DATA', 'AGE'],
      [
        ...[
          'LAST SEEN',
          'TYPE',
          'REASON',
          'OBJECT',
          'SUBOBJECT',
          'SOURCE',
          'MESSAGE',
          'FIRST SEEN',
          'COUNT',
          'NAME',
        ],
      ],
    ]);
    expect(tables[0]?.[1]?.slice(0, 7)).toEqual([
      ...[
        'deployment.apps/todo-chatbot-backend',
        '2/2',
        '2',
        '2',
        '30m',
        'backend',
        'todo-chatbot-backend:latest',
      ],
    ]);
    expect(tables[1]?.[1]).toEqual([
      ...[`pod/${POD}`, '1/1', 'Running', '0', '30m', '10.244.0.5', 'minikube', '<none>', '<none>'],
    ]);
    expect(tables[2]?.[2]?.slice(0, 5)).toEqual([
      ...['service/todo-chatbot-backend', 'NodePort', '10.96.113.7', '<none>', '8000:30081/TCP'],
    ]);
    expect(tables[3]?.[2]?.slice(0, 2)).toEqual([
      'endpoints/todo-chatbot-backend',
      '10.244.0.5:8000,10.244.0.6:8000',
    ]);
    expect(tables[4]?.[2]?.slice(1, 4)).toEqual(['IPv4', '8000', '10.244.0.5,10.244.0.6']);
    expect(tables[5]?.[2]?.slice(0, 2)).toEqual(['configmap/todo-chatbot-backend-config', '2']);
    expect(tables[6]?.[2]?.slice(0, 3)).toEqual(['secret/todo-chatbot-backend-secret', 'Opaque', '2']);
    expect(stdout).toContain(`Successfully assigned default/${POD} to minikube`);
  });

  test('get, of the rest', async () => {
    const { stdout } = await kubectl(['get', 'nodes,ns,rs,sa,netpol,jobs', '-o', 'wide']);
    expect(stdout).toMatch(
      /node\/minikube +Ready +control-plane +3d +v1\.34\.1 +127\.[\d.]+ +<none> +Debian/,
    );
    expect(stdout).toMatch(/namespace\/kube-system +Active +3d/);
    expect(stdout).toMatch(/replicaset\.apps\/todo-chatbot-backend-6d5f9c7b4d +2 +2 +2 +30m/);
    expect(stdout).toMatch(/serviceaccount\/default +0 +3d/);
    expect((await kubectl(['get', 'pods', '-A', '--no-headers'])).stdout).toMatch(
      /^default +todo-chatbot-backend/,
    );
    expect((await kubectl(['get', 'all', '-o', 'name'])).stdout.split('\n')).toEqual(
      expect.arrayContaining([`pod/${POD}`, 'service/kubernetes', 'deployment.apps/todo-chatbot-backend']),
    );
    const chunked = await kubectl([
      'get',
      'po',
      '--chunk-size=1',
      '-l',
      'app.kubernetes.io/component in (backend)',
      '-o',
      'name',
    ]);
    expect(chunked.stdout).toBe(`pod/${POD}\npod/${OTHER_POD}\n`);
    const jsonpath = await kubectl([
      'get',
      'deploy',
      'todo-chatbot-backend',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image}',
    ]);
    expect(jsonpath.stdout).toBe('todo-chatbot-backend:latest');
  });

  test('describe pod', async () => {
    const { code, stdout } = await kubectl(['describe', 'pod', POD]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Name: +todo-chatbot-backend-6d5f9c7b4d-2k4xp$/m);
    expect(stdout).toMatch(/^Controlled By: +ReplicaSet\/todo-chatbot-backend-6d5f9c7b4d$/m);
    expect(stdout).toContain(
      'Liveness:   http-get http://:8000/api/health delay=15s timeout=5s period=10s #success=1 #failure=3',
    );
    expect(stdout).toMatch(/todo-chatbot-backend-secret +Secret +Optional: false/);
    expect(stdout).toMatch(
      /Normal +Started +\S+ +kubelet +(spec\.containers\{backend\}: )?Started container backend/,
    );
    for (const kind of ['deploy', 'rs', 'svc', 'node', 'ns', 'secret', 'endpointslices']) {
      expect({ kind, code: (await kubectl(['describe', kind])).code }).toEqual({ kind, code: 0 });
    }
  });

  test('logs -f', async () => {
    const follow = running(['logs', '-f', POD, '--tail=1']);
    await follow.until(/200 OK\n/);
    await lab.change(({ pods }) => pods[0]?.log.append('INFO:     written later'));
    expect(await follow.until(/written later\n/)).toMatch(/200 OK\n(.*\n)*INFO: {5}written later\n$/);
    follow.child.kill();
    const labelled = await kubectl([
      'logs',
      '-l',
      'app.kubernetes.io/component=backend',
      '--tail=-1',
      '--prefix',
    ]);
    expect(labelled.stdout).toContain(`[pod/${OTHER_POD}/backend] INFO:     Started server process [1]`);
  });

  test('logs --previous', async () => {
    const killed = await startLab('oom-killed');
    const previous = await kubectl(['logs', '--previous', POD, '--timestamps'], killed);
    expect(previous.code).toBe(0);
    expect(previous.stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z INFO: {5}Started server process \[1\]$/m);
    const none = await kubectl(['logs', '--previous', OTHER_POD], killed);
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('previous terminated container "backend"'),
    });
    expect((await kubectl(['get', 'pod', POD, '--no-headers'], killed)).stdout).toMatch(
      /1\/1 +Running +1 \(\d+m\d*s? ago\)/,
    );
    expect((await kubectl(['describe', 'pod', POD], killed)).stdout).toMatch(
      /Reason: +OOMKilled\n +Exit Code: +137/,
    );
    await killed.close();
  });

  test('exec -- sh -c …', async () => {
    const ran = await kubectl(['exec', POD, '--', 'sh', '-c', 'hostname; nosuch; exit 3']);
    expect(ran).toEqual({
      code: 3,
      stdout: `${POD}\n`,
      stderr: 'sh: 1: nosuch: not found\ncommand terminated with exit code 3\n',
    });
    expect(await kubectl(['exec', 'deploy/todo-chatbot-backend', '--', 'id', '-u'])).toEqual({
      code: 0,
      stdout: '1001\n',
      stderr: '',
    });
    expect(await kubectl(['exec', '-i', POD, '--', 'sh'], lab, 'echo from stdin\nexit 4\n')).toMatchObject({
      code: 4,
      stdout: 'from stdin\n',
    });
    const missing = await kubectl(['exec', POD, '--', 'curl', 'localhost']);
    expect(missing.stderr).toContain('exec: "curl": executable file not found in $PATH: unknown');
  });

  test('top', async () => {
    const pods = (await kubectl(['top', 'pod'])).stdout;
    expect(pods).toMatch(/^NAME +CPU\(cores\) +MEMORY\(bytes\)/);
    expect(pods).toMatch(new RegExp(`^${POD} +4m +62Mi`, 'm'));
    expect(pods).toMatch(new RegExp(`^${OTHER_POD} +4m +63Mi`, 'm'));
    expect((await kubectl(['top', 'node'])).stdout).toMatch(/minikube +176m +4% +918Mi +11%/);
  });

  test.each([`pod/${POD}`, 'svc/todo-chatbot-backend', 'deploy/todo-chatbot-backend'])(
    'port-forward %s',
    async (target) => {
      const forward = running(['port-forward', target, ':8000']);
      const [, port] =
        /127\.0\.0\.1:(\d+) -> 8000/.exec(await forward.until(/127\.0\.0\.1:\d+ -> 8000\n/)) ?? [];
      const base = `http://127.0.0.1:${port ?? ''}`;
      const health = (await (await fetch(`${base}/api/health`)).json()) as { status: string };
      expect(health.status).toBe('healthy');
      const pages = await Promise.all(
        Array.from({ length: 5 }, async () => (await fetch(`${base}/docs`)).text()),
      );
      for (const page of pages) expect(page).toContain('Swagger UI');
      // A connection that the application closes is closed at the near end too.
      const closed = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.write('GET /api/tasks HTTP/1.1\r\nhost: pod\r\nconnection: close\r\n\r\n');
        });
        let text = '';
        socket.on('data', (part) => (text += part.toString()));
        socket.on('close', () => resolve(text));
      });
      expect(closed).toMatch(/^HTTP\/1\.1 401 Unauthorized/);
      forward.child.kill();
    },
  );

  test('port-forward to a port that nothing listens on', async () => {
    const forward = running(['port-forward', `pod/${POD}`, ':9999']);
    const [, port] =
      /127\.0\.0\.1:(\d+) -> 9999/.exec(await forward.until(/127\.0\.0\.1:\d+ -> 9999\n/)) ?? [];
    await expect(fetch(`http://127.0.0.1:${port ?? ''}/`)).rejects.toThrow('fetch failed');
    expect(await forward.until(/refused/)).toContain('connect: connection refused');
    forward.child.kill();
  });

  test('auth can-i', async () => {
    const { stdout } = await kubectl(['auth', 'can-i', '--list']);
    expect(stdout).toMatch(/^pods\/exec +\[\] +\[\] +\[create get\]$/m);
    expect(stdout).toMatch(/^secrets +\[\] +\[\] +\[get list watch\]$/m);
    expect(await kubectl(['auth', 'can-i', 'list', 'secrets'])).toMatchObject({ code: 0, stdout: 'yes\n' });
    expect(await kubectl(['auth', 'can-i', 'get', 'pods', '--subresource=log'])).toMatchObject({
      stdout: 'yes\n',
    });
    expect(await kubectl(['auth', 'can-i', 'delete', 'pods'])).toMatchObject({ code: 1, stdout: 'no\n' });
    expect(await kubectl(['auth', 'can-i', 'get', '/healthz'])).toMatchObject({ stdout: 'yes\n' });
    expect((await kubectl(['auth', 'whoami'])).stdout).toMatch(/Username +lab/);
    const narrow = await startLab('forbidden-secrets');
    expect(await kubectl(['auth', 'can-i', 'list', 'secrets'], narrow)).toMatchObject({
      code: 1,
      stdout: 'no\n',
    });
    expect((await kubectl(['get', 'secrets'], narrow)).stderr).toBe(
      'Error from server (Forbidden): secrets is forbidden: User "lab" cannot list resource "secrets" in API group "" in the namespace "default"\n',
    );
    await narrow.close();
  });

  test('get --watch', async () => {
    const own = await startLab();
    const watch = running(['get', 'pods', '--watch'], own);
    await watch.until(/b8w7q.*\n/);
    await own.change(({ pods }) => {
      const status = pods[1]?.object.status;
      const [container] = status?.containerStatuses ?? [];
      if (container) container.ready = false;
    });
    expect(await watch.until(/0\/1.*\n/)).toMatch(/b8w7q +0\/1 +Running +0 +30m\n$/);
    watch.child.kill();
    await own.close();
  });

  test('rollout status, wait, version, api-resources', async () => {
    expect((await kubectl(['rollout', 'status', 'deploy/todo-chatbot-backend'])).stdout).toContain(
      'successfully rolled out',
    );
    expect(
      (await kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=5s'])).stdout,
    ).toContain('condition met');
    expect((await kubectl(['version'])).stdout).toContain('Server Version: v1.34.1');
    expect((await kubectl(['api-resources'])).stdout).toMatch(
      /^deployments +deploy +apps\/v1 +true +Deployment$/m,
    );
    expect(
      (
        await kubectl([
          'get',
          '--raw',
          '/api/v1/namespaces/default/services/todo-chatbot-backend:8000/proxy/api/health',
        ])
      ).stdout,
    ).toContain('"healthy"');
  });

  test('what it refuses, in words that kubectl understands', async () => {
    expect((await kubectl(['get', 'pod', 'nope'])).stderr).toBe(
      'Error from server (NotFound): pods "nope" not found\n',
    );
    expect((await kubectl(['delete', 'pod', POD])).stderr).toContain(
      '(MethodNotAllowed): the lab is read-only',
    );
    expect((await kubectl(['get', 'pods', '--token=wrong'])).stderr).toContain(
      'You must be logged in to the server',
    );
    expect((await kubectl(['get', 'pods', '--as=jane'])).stderr).toContain(
      'cannot impersonate resource "users"',
    );
  });

  test.each([
    ['image-pull', /ImagePullBackOff/],
    ['crash-loop', /CrashLoopBackOff +6 \(\S+ ago\)/],
    ['secret-missing', /CreateContainerConfigError/],
    ['unschedulable', /0\/1 +Pending +0 +5m.* +<none> +<none>/],
    ['pod-not-ready', /0\/1 +Running/],
  ])('%s as kubectl shows it', async (scenario, pattern) => {
    const faulty = await startLab(scenario);
    expect((await kubectl(['get', 'pods', '-o', 'wide'], faulty)).stdout).toMatch(pattern);
    expect((await kubectl(['describe', 'pods'], faulty)).stdout).toMatch(/Warning/);
    await faulty.close();
  });
});
