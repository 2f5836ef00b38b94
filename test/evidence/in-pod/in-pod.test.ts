import { describe, expect, test } from '@jest/globals';
import { NOT_RECEIVED, receiveProgram } from '../../../src/evidence/in-pod/program.js';
import { parseTargets } from '../../../src/evidence/in-pod/targets.js';
import { InputRefused, KubernetesError, type ExecResult } from '../../../src/evidence/kubernetes/client.js';
import type { Pod } from '../../../src/evidence/objects.js';
import { apiSecret, DATABASE_URL, forbidden, PATHS } from '../../support/fake-client.js';
import { POD_NAMES } from '../../support/healthy.js';
import { healthyApi, live } from '../../support/live.js';

const ok = (stdout: string): ExecResult => ({ stdout, stderr: '', exitCode: 0 });

/** Prints what the program would, with everything reachable. */
function measured(argv: readonly string[], stdin = ''): ExecResult {
  const program = receiveProgram(argv, stdin);
  const targets = program === undefined || program === 'incomplete' ? undefined : parseTargets(program);
  if (!targets) throw new Error('another program');
  const lines = [
    { kind: 'uid', uid: 1001 },
    ...targets.names.map((name) => ({
      kind: 'dns',
      name,
      addresses: ['10.96.12.34'],
      error: null,
      ms: 1,
    })),
    ...targets.endpoints.flatMap(({ host, port }) => [
      { kind: 'tcp', host, port, connected: true, error: null, ms: 2 },
      { kind: 'tls', host, port, answer: 'S', error: null, ms: 3 },
    ]),
    { kind: 'end' },
  ];
  return ok(lines.map((line) => JSON.stringify(line)).join('\n'));
}

describe('inPod', () => {
  test('one program for each pod, with the Service’s names and the database’s host', async () => {
    const { read, client } = live({ ...healthyApi(), exec: (_pod, argv, stdin) => measured(argv, stdin) });
    const [first, second] = await read('inPod');
    expect([first?.pod, second?.pod]).toEqual([...POD_NAMES]);
    expect(first?.probe).toMatchObject({
      ok: true,
      value: {
        tool: 'python3',
        uid: 1001,
        dns: [
          { name: 'todo-chatbot-backend', addresses: ['10.96.12.34'] },
          { name: 'todo-chatbot-backend.default.svc.cluster.local' },
        ],
        tcp: [{ host: 'ep-cool-1.neon.tech', port: 5432, connected: true }],
        tls: [{ answer: 'S' }],
      },
    });
    expect(client.calls.filter((call) => call.startsWith('exec'))).toHaveLength(2);
  });

  test('no secret is in argv', async () => {
    const seen: string[] = [];
    const { read } = live({
      ...healthyApi(),
      exec: (_pod, argv, stdin) => {
        seen.push(...argv, stdin ?? '');
        return measured(argv, stdin);
      },
    });
    await read('inPod');
    expect(seen.join(' ')).not.toMatch(/Canary|todo_app|sslmode/);
    expect(seen).toContain('ep-cool-1.neon.tech');
    expect(DATABASE_URL).toContain('Canary');
  });

  test('hosts of an ambiguous URL are not asked for', async () => {
    const api = healthyApi();
    api.objects[PATHS.secret] = apiSecret('s', { DATABASE_URL: 'postgresql://u:p@ss@h/db?sslmode=require' });
    const [first] = await live({ ...api, exec: (_pod, argv, stdin) => measured(argv, stdin) }).read('inPod');
    expect(first?.probe).toMatchObject({ ok: true, value: { tcp: [], tls: [] } });
  });

  test.each([
    [
      'as an exit code',
      (): ExecResult => ({
        stdout: '',
        stderr: 'exec: "python3": executable file not found in $PATH',
        exitCode: 127,
      }),
    ],
    [
      'as a failure to start',
      (): ExecResult => {
        throw new KubernetesError(
          'failed',
          'OCI runtime exec failed: exec failed: unable to start container process: exec: "python3": executable file not found in $PATH: unknown',
        );
      },
    ],
  ])('without python3, told %s, sh is used', async (_name, refuse) => {
    const { read } = live({
      ...healthyApi(),
      exec: (_pod, argv, stdin) => (argv[0] === 'python3' ? refuse() : measured(argv, stdin)),
    });
    const [first] = await read('inPod');
    expect(first?.probe).toMatchObject({ ok: true, value: { tool: 'sh' } });
  });

  const closed = new InputRefused('failed', 'Cannot exec: the connection closed.');
  test.each<[string, () => ExecResult]>([
    [
      'it is refused',
      () => {
        throw new InputRefused('failed', 'Cannot exec: HTTP 400.', 400);
      },
    ],
    [
      'the connection breaks off',
      () => {
        throw closed;
      },
    ],
    ['it ends at once', () => ({ stdout: '', stderr: '', exitCode: NOT_RECEIVED })],
  ])(
    'where standard input cannot be used (%s), the program is an argument, from the first pod on',
    async (_, fail) => {
      const calls: string[] = [];
      const { read } = live({
        ...healthyApi(),
        exec: (_pod, argv, stdin) => {
          calls.push(stdin === undefined ? 'argument' : 'input');
          return stdin === undefined ? measured(argv) : fail();
        },
      });
      const probes = await read('inPod');
      expect(probes.map(({ probe }) => probe)).toMatchObject([
        { ok: true, value: { tool: 'python3' } },
        { ok: true, value: { tool: 'python3' } },
      ]);
      await read('cgroup').catch(() => undefined);
      // Both pods are asked at the same time; whatever is run later knows.
      expect(calls.slice(0, 4).sort()).toEqual(['argument', 'argument', 'input', 'input']);
      expect(calls.slice(4)).not.toContain('input');
      expect(calls.length).toBeGreaterThan(4);
    },
  );

  test('where neither way works, both are told', async () => {
    const { read } = live({
      ...healthyApi(),
      exec: (_pod, _argv, stdin) => {
        if (stdin !== undefined) throw closed;
        throw new KubernetesError('failed', 'Cannot exec: HTTP 414.', 414);
      },
    });
    const [first] = await read('inPod');
    expect(first?.probe).toMatchObject({
      ok: false,
      why: 'failed',
      detail:
        'Cannot exec: HTTP 414. Standard input could not be used before: Cannot exec: the connection closed.',
    });
  });

  test('with neither it says so', async () => {
    const missing = (): ExecResult => ({
      stdout: '',
      stderr: 'executable file not found in $PATH',
      exitCode: 126,
    });
    const [first] = await live({ ...healthyApi(), exec: missing }).read('inPod');
    expect(first?.probe).toMatchObject({ ok: false, why: 'unsupported' });
  });

  test('403 names the permission, and no second program is tried', async () => {
    const { read, client } = live({
      ...healthyApi(),
      exec: () => {
        throw forbidden('create', 'pods/exec');
      },
    });
    const [first] = await read('inPod');
    expect(first?.probe).toMatchObject({
      ok: false,
      why: 'forbidden',
      access: { verb: 'create', resource: 'pods/exec' },
    });
    expect(client.calls.filter((call) => call.startsWith('exec'))).toHaveLength(2);
  });

  test('a program that fails, with its words', async () => {
    const [first] = await live({
      ...healthyApi(),
      exec: () => ({ stdout: '', stderr: 'Fatal Python error\u001b[31m', exitCode: 1 }),
    }).read('inPod');
    expect(first?.probe).toMatchObject({
      ok: false,
      why: 'failed',
      detail: 'python3 ended with code 1 in the container: Fatal Python error',
    });
  });

  test('--no-exec: not collected, and nothing is run', async () => {
    const { observe, client } = live(
      { ...healthyApi(), exec: (_pod, argv, stdin) => measured(argv, stdin) },
      { exec: false },
    );
    expect(await observe('inPod')).toMatchObject({
      ok: false,
      why: 'not-collected',
      detail: 'nothing was run inside pods (--no-exec)',
    });
    expect(client.calls.filter((call) => call.startsWith('exec'))).toEqual([]);
  });

  test('nothing is run in a container that does not run, or in a pod that is going', async () => {
    const api = healthyApi();
    const [first, second] = api.objects[PATHS.pods] as [Pod, Pod];
    const status = first.status?.containerStatuses?.[0];
    if (status) status.state = { waiting: { reason: 'CrashLoopBackOff' } };
    second.metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    const facts = await live({ ...api, exec: (_pod, argv, stdin) => measured(argv, stdin) }).read('inPod');
    expect(facts).toMatchObject([
      {
        pod: POD_NAMES[0],
        probe: {
          ok: false,
          detail: 'container backend is not running (CrashLoopBackOff): nothing can be run in it',
        },
      },
    ]);
  });
});
