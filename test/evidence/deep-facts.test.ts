/** The facts that only `doctor` asks for, read from the embedded cluster over its API. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { cgroupPrograms, parseCgroupOutput } from '../../src/evidence/in-pod/cgroup.js';
import { KubernetesError } from '../../src/evidence/kubernetes/client.js';
import type { Pod } from '../../src/evidence/objects.js';
import { PATHS } from '../support/fake-client.js';
import { withLab } from '../support/lab-reader.js';
import { healthyApi, live } from '../support/live.js';
import { runProgram } from '../support/run-program.js';

const MEBIBYTE = 1024 ** 2;

describe('previousLogs', () => {
  test('what a container wrote before it crashed, and none for one that never did', async () => {
    await withLab('crash-loop', async ({ read }) => {
      const [crashed, fine] = await read('previousLogs');
      expect(fine?.log).toMatchObject({ ok: true, value: undefined });
      if (!crashed?.log.ok || crashed.log.value === undefined) throw new Error('no previous log');
      expect(crashed.log.value.lines.at(-1)?.text).toBe('ERROR:    Application startup failed. Exiting.');
      expect(crashed.log.value.finishedAt).toMatch(/^\d{4}-/);
    });
  });

  test('restarted, and the kubelet keeps nothing of the run before: none', async () => {
    await withLab(
      'oom-killed',
      async ({ read }) => {
        const logs = await read('previousLogs');
        expect(logs.map(({ log }) => log.ok && log.value)).toEqual([undefined, undefined]);
      },
      (world) => world.pods.forEach((pod) => (pod.previousLog = undefined)),
    );
  });

  test('no call for containers that never ended; a refusal is no absence', async () => {
    const api = healthyApi();
    const healthy = live({ ...api });
    await healthy.read('previousLogs');
    expect(healthy.client.calls.filter((call) => call.startsWith('logs'))).toEqual([]);
    const [first] = api.objects[PATHS.pods] as [Pod];
    const [status] = first.status?.containerStatuses ?? [];
    if (status) status.restartCount = 2;
    const refused = live({
      ...api,
      logs: () => {
        throw new KubernetesError('forbidden', 'pods/log is forbidden', 403);
      },
    });
    expect((await refused.read('previousLogs'))[0]?.log).toMatchObject({ ok: false, why: 'forbidden' });
  });

  test('secrets are not in it', async () => {
    const secret = 'postgresql://todo:Pr3v10us-Canary@db.example.net/todo?sslmode=require';
    await withLab(
      'crash-loop',
      async ({ read }) => {
        expect(JSON.stringify(await read('previousLogs'))).not.toContain('Canary');
      },
      (world) => world.pods.forEach((pod) => pod.previousLog?.append(`connecting to ${secret}`)),
      {},
      { secrets: { DATABASE_URL: secret } },
    );
  });
});

describe('metrics', () => {
  test('from metrics.k8s.io', async () => {
    await withLab('healthy', async ({ read }) => {
      const { api, pods, unread } = await read('metrics');
      expect(api).toMatchObject({ state: 'served', newestAt: expect.stringMatching(/^\d{4}-/) as unknown });
      expect(pods.map(({ source, memoryBytes }) => [source, memoryBytes])).toEqual([
        ['metrics-api', 63_488 * 1024],
        ['metrics-api', 64_692 * 1024],
      ]);
      expect(pods[0]?.cpuMillis).toBeCloseTo(3.21, 2);
      expect(unread).toEqual([]);
    });
  });

  test.each([
    ['absent', 'not-installed'],
    ['down', 'unavailable'],
  ] as const)('%s: %s, and the kubelet is asked', async (metrics, state) => {
    await withLab(
      'healthy',
      async ({ read }) => {
        const facts = await read('metrics');
        expect(facts.api.state).toBe(state);
        expect(facts.pods.map(({ source, memoryBytes }) => [source, memoryBytes])).toEqual([
          ['kubelet', 63_488 * 1024],
          ['kubelet', 64_692 * 1024],
        ]);
      },
      (world) => (world.metrics = metrics),
    );
  });

  test('neither may be read: each pod says why', async () => {
    await withLab(
      'healthy',
      async ({ read }) => {
        const { api, pods, unread } = await read('metrics');
        expect(api).toMatchObject({ state: 'unread', why: 'forbidden' });
        expect(pods).toEqual([]);
        expect(unread).toHaveLength(2);
        expect(unread[0]).toMatchObject({
          why: 'forbidden',
          access: { verb: 'get', resource: 'nodes/proxy', clusterScoped: true },
        });
      },
      (world) => {
        world.role = world.role
          .filter(({ apiGroups }) => !apiGroups.includes('metrics.k8s.io'))
          .map((rule) => ({ ...rule, resources: rule.resources.filter((name) => name !== 'nodes/proxy') }));
      },
    );
  });
});

describe('cgroup', () => {
  test('limit, use, peak and kills of each container', async () => {
    await withLab('oom-killed', async ({ read }) => {
      const [first] = await read('cgroup');
      expect(first?.cgroup).toMatchObject({
        ok: true,
        value: {
          version: 2,
          memory: {
            limit: 1024 * MEBIBYTE,
            current: 986_112 * 1024,
            peak: 1_001_204 * 1024,
            limitHits: 0,
            oomKills: 0,
          },
          cpu: { periods: 812, throttledPeriods: 0, throttledMicros: 0 },
        },
      });
    });
  });

  test('--no-exec, and an image without any tool', async () => {
    await withLab('image-without-python', async ({ read }) => {
      expect((await read('cgroup'))[0]?.cgroup).toMatchObject({ ok: false, why: 'unsupported' });
    });
    await withLab(
      'healthy',
      async ({ observe }) => {
        expect(await observe('cgroup')).toMatchObject({ ok: false, why: 'not-collected' });
      },
      undefined,
      { exec: false },
    );
  });

  test.each(cgroupPrograms())('the program for $tool runs', async (program) => {
    if (spawnSync(program.tool, ['-c', '']).error) return;
    const { stdout, stderr, code } = await runProgram(program);
    expect(stderr).toBe('');
    // This machine may show no control group at all, which is said by the exit code.
    if (code === 0) expect(stdout).toMatch(/^cgroup [12]\n(.*\n)*end\n$/);
    else expect(code).toBe(program.tool === 'sh' ? 9 : 1);
  });

  test('version 1, no limit, and what is no number', () => {
    const stdout = [
      'cgroup 1',
      'memory/memory.limit_in_bytes 9223372036854771712',
      'memory/memory.usage_in_bytes 5000',
      'memory/memory.max_usage_in_bytes x',
      'memory/memory.oom_control oom_kill_disable 0',
      'memory/memory.oom_control oom_kill 2',
      'cpu/cpu.stat throttled_time 1500000',
      'end',
    ].join('\n');
    expect(parseCgroupOutput(stdout)).toEqual({
      version: 1,
      memory: { limit: 'none', current: 5000, peak: undefined, limitHits: undefined, oomKills: 2 },
      cpu: { periods: undefined, throttledPeriods: undefined, throttledMicros: 1500 },
    });
    expect(parseCgroupOutput('cgroup 2\nmemory.max max\nend')?.memory.limit).toBe('none');
    expect(parseCgroupOutput('Traceback')).toBeUndefined();
  });
});

describe('nodeRoom', () => {
  test('requests of all pods of the cluster, by node', async () => {
    await withLab('unschedulable', async ({ read }) => {
      const { nodes, unread } = await read('nodeRoom');
      expect(unread).toBeUndefined();
      // The pod that found no place is on no node.
      expect(nodes).toMatchObject([
        {
          node: 'minikube',
          allocatable: { cpuMillis: 4000, memoryBytes: 8_025_244 * 1024, pods: 110 },
          requested: { cpuMillis: 1000, memoryBytes: 7712 * MEBIBYTE, pods: 2 },
          unschedulable: false,
          taints: [],
        },
      ]);
    });
  });

  test('without the right to list all pods, what is requested is unknown', async () => {
    const api = healthyApi();
    api.objects['/api/v1/pods'] = new KubernetesError('forbidden', 'no', 403);
    const { nodes, unread } = await live(api).read('nodeRoom');
    expect(nodes[0]?.requested).toBeUndefined();
    expect(nodes[0]?.allocatable.cpuMillis).toBe(2000);
    expect(unread).toMatchObject({ why: 'forbidden' });
  });

  test('sidecars, init containers, overhead and pod-level requests, as the scheduler counts them', async () => {
    const api = healthyApi();
    const cpu = (value: string) => ({ name: 'c', resources: { requests: { cpu: value } } });
    const pod = (spec: object) => ({ metadata: { name: 'p' }, spec: { nodeName: 'minikube', ...spec } });
    const requestOf = async (spec: object) => {
      api.objects['/api/v1/pods'] = [pod(spec)];
      return (await live(api).read('nodeRoom')).nodes[0]?.requested?.cpuMillis;
    };
    expect(await requestOf({ containers: [cpu('100m'), cpu('0.2')] })).toBe(300);
    expect(await requestOf({ containers: [cpu('100m')], initContainers: [cpu('1')] })).toBe(1000);
    const sidecar = { ...cpu('50m'), restartPolicy: 'Always' };
    expect(await requestOf({ containers: [cpu('100m')], initContainers: [sidecar, cpu('200m')] })).toBe(250);
    expect(await requestOf({ containers: [cpu('100m')], overhead: { cpu: '10m' } })).toBe(110);
    expect(await requestOf({ containers: [cpu('1')], resources: { requests: { cpu: '2' } } })).toBe(2000);
  });
});
