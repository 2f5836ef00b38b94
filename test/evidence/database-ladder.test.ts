/** The ladder as a fact: from the pods of the embedded cluster, and from here. */
import { describe, expect, test } from '@jest/globals';
import type { DatabaseLadder, DatabaseLadderFacts } from '../../src/evidence/deep-facts.js';
import { receiveProgram, type PodProgram } from '../../src/evidence/in-pod/program.js';
import { parseLadder } from '../../src/evidence/ladder/program.js';
import { databaseLogin } from '../../src/evidence/ladder/url.js';
import { apiSecret, PATHS } from '../support/fake-client.js';
import { withLab } from '../support/lab-reader.js';
import { healthyApi, live } from '../support/live.js';

function ladders({ pods }: DatabaseLadderFacts): DatabaseLadder[] {
  if (!pods.ok) throw new Error(pods.detail);
  return pods.value.map(({ ladder }) => {
    if (!ladder.ok) throw new Error(ladder.detail);
    return ladder.value;
  });
}

const outline = ({ hosts }: DatabaseLadder) =>
  hosts.map(({ climbs }) =>
    climbs.map((rungs) =>
      rungs.map(({ rung, error }) => (error ? `${rung}: ${error.kind}` : rung)).join(' '),
    ),
  );

const FULL = 'dns tcp ssl tls startup login query';

describe('from pods', () => {
  test('every rung, twice, with the URL that the pod has', async () => {
    await withLab('healthy', async ({ read }) => {
      const facts = await read('databaseLadder');
      const [first, second] = ladders(facts);
      expect(first).toMatchObject({ tool: 'python3', url: 'ok', sslmode: 'require', matchesSecret: true });
      expect(first && outline(first)).toEqual([[FULL, FULL]]);
      expect(second && outline(second)).toEqual([[FULL, FULL]]);
      // The lab's database has a name that nobody outside of it may be asked for.
      expect(facts.host).toMatchObject({ ok: false, why: 'unsupported' });
    });
  });

  test.each<[string, string[]]>([
    ['dns-broken', ['dns: resolver']],
    ['egress-blocked', ['dns tcp: timeout']],
    ['database-down', ['dns tcp: refused', 'dns tcp: refused']],
    ['database-without-tls', ['dns tcp ssl: refused-tls', 'dns tcp ssl: refused-tls']],
  ])('%s', async (scenario, expected) => {
    await withLab(scenario, async ({ read }) => {
      const [first] = ladders(await read('databaseLadder'));
      expect(first && outline(first)).toEqual([expected]);
    });
  });

  test('a pod that was started with an older Secret', async () => {
    await withLab(
      'healthy',
      async ({ read }) => {
        const facts = await read('databaseLadder');
        const [stale, fresh] = ladders(facts);
        expect([stale?.matchesSecret, fresh?.matchesSecret]).toEqual([false, true]);
        expect(stale?.hosts[0]?.climbs).toHaveLength(1);
        expect(stale?.hosts[0]?.climbs[0]?.at(-1)).toMatchObject({
          rung: 'login',
          error: { kind: 'server', sqlstate: '28P01' },
        });
        expect(JSON.stringify(facts)).not.toContain('old-Canary');
      },
      (world) => {
        const [pod] = world.pods;
        const now = world.manifests.secretValues.DATABASE_URL ?? '';
        const password = databaseLogin(now)?.password ?? '';
        if (pod) pod.startedWith = { DATABASE_URL: now.replace(password, 'old-Canary-1') };
      },
    );
  });

  test('a cold start', async () => {
    await withLab(
      'healthy',
      async ({ read }) => {
        const [first] = ladders(await read('databaseLadder'));
        const startup = first?.hosts[0]?.climbs.map(
          (rungs) => rungs.find(({ rung }) => rung === 'startup')?.ms,
        );
        expect(startup).toEqual([2404, 4]);
      },
      ({ network }) => {
        for (const host of Object.values(network.hosts)) host.database = { ...host.database, coldMs: 2400 };
      },
    );
  });

  test('without python3 the lower rungs are climbed by the shell', async () => {
    await withLab(
      'database-without-tls',
      async ({ read }) => {
        const [first] = ladders(await read('databaseLadder'));
        expect(first).toMatchObject({ tool: 'sh', url: 'not-read', matchesSecret: undefined });
        expect(first && outline(first)).toEqual([['dns tcp ssl: refused-tls']]);
        expect(first?.unmeasured).toEqual([{ what: 'tls', reason: 'the image has no python3' }]);
      },
      (world) => world.pods.forEach((pod) => (pod.tools = ['sh'])),
    );
  });

  test('--no-exec: the part from the pods is not collected', async () => {
    await withLab(
      'healthy',
      async ({ read }) => {
        expect((await read('databaseLadder')).pods).toMatchObject({ ok: false, why: 'not-collected' });
      },
      undefined,
      { exec: false },
    );
  });

  test('no more than four pods: the newest and the oldest', async () => {
    const api = healthyApi();
    const pods = api.objects[PATHS.pods] as { metadata: { name: string; creationTimestamp: string } }[];
    const [template] = pods;
    if (!template) throw new Error('no pod');
    api.objects[PATHS.pods] = Array.from({ length: 9 }, (_, index) => {
      const pod = structuredClone(template);
      pod.metadata.name = `pod-${index}`;
      pod.metadata.creationTimestamp = `2026-02-09T13:5${index}:00Z`;
      return pod;
    });
    const asked: string[] = [];
    const { read } = live({
      ...api,
      exec: (pod, argv, stdin = '') => {
        asked.push(pod.name);
        expect(parseLadder(receiveProgram(argv, stdin) as PodProgram)?.hosts).toEqual([
          { host: 'db.example', port: 5432 },
        ]);
        expect([...argv, stdin].join(' ')).not.toMatch(/Canary|todo_app/);
        return { stdout: '{"kind":"url","state":"missing"}', stderr: '', exitCode: 0 };
      },
    });
    api.objects[PATHS.secret] = apiSecret('s', {
      DATABASE_URL: 'postgresql://todo_app:Canary@db.example/todos',
    });
    await read('databaseLadder');
    expect(asked.sort()).toEqual(['pod-0', 'pod-1', 'pod-7', 'pod-8']);
  });
});

describe('from here', () => {
  test.each([
    ['postgresql://u:Canary-pw1@localhost/db?sslmode=require', 'unsupported', /is the pod itself/],
    ['postgresql://u:Canary-pw1@127.0.0.1/db?sslmode=require', 'unsupported', /is the pod itself/],
    [
      'postgresql://u:Canary-pw1@postgres.data.svc.cluster.local/db',
      'unsupported',
      /inside the cluster only/,
    ],
    ['postgresql://u:Canary-pw1@postgres/db', 'unsupported', /inside the cluster only/],
    ['postgresql://u:Canary-pw1@db.example/db', 'unsupported', /RFC 2606/],
    ['postgresql://u:Canary@pw1@db.example/db', 'unsupported', /beyond doubt/],
  ])('%s is not asked for', async (url, why, detail) => {
    const api = healthyApi();
    api.objects[PATHS.secret] = apiSecret('s', { DATABASE_URL: url });
    const { host } = await live(api, { exec: false }).read('databaseLadder');
    expect(host).toMatchObject({ ok: false, why, detail: expect.stringMatching(detail) as unknown });
    expect(JSON.stringify(host)).not.toContain('Canary');
  });

  test('without a Secret there is nothing to go by', async () => {
    const api = healthyApi();
    api.objects[PATHS.secret] = undefined;
    const { host } = await live(api, { exec: false }).read('databaseLadder');
    expect(host).toMatchObject({ ok: false, why: 'not-collected' });
  });
});
