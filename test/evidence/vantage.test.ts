/** The health endpoint from each place on its way, on the embedded cluster; and the program that runs in pods. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { VantageFacts, VantagePoint } from '../../src/evidence/deep-facts.js';
import { parseVantage, parseVantageOutput, vantagePrograms } from '../../src/evidence/in-pod/vantage.js';
import type { World } from '../../src/lab/world.js';
import { backendServer } from '../support/backend-server.js';
import { withLab } from '../support/lab-reader.js';
import { runProgram } from '../support/run-program.js';

const said = (point: VantagePoint | undefined) => point?.status ?? point?.outcome;

/** in-pod localhost, in-pod pod address, API server → pod, API server → Service, node port. */
function matrix({ pods: [pod], service, nodes }: VantageFacts) {
  if (!pod?.inside.ok) throw new Error('nothing from inside');
  const { localhost, podAddress } = pod.inside.value;
  return [said(localhost), said(podAddress), said(pod.proxy), said(service), said(nodes[0])];
}

async function matrixOf(scenario: string, change?: (world: World) => void) {
  let result: unknown[] = [];
  await withLab(
    scenario,
    async ({ read }) => {
      result = matrix(await read('vantage'));
    },
    change,
  );
  return result;
}

describe('vantage', () => {
  test('every hop of a healthy deployment', async () => {
    await withLab('healthy', async ({ read, lab }) => {
      const facts = await read('vantage');
      expect(matrix(facts)).toEqual([200, 200, 200, 200, 200]);
      expect(facts.pods[0]).toMatchObject({
        port: 8000,
        inside: { value: { listening: [{ address: '0.0.0.0', port: 8000 }] } },
      });
      expect(facts.nodes[0]?.url).toBe(`${lab.url.replace('localhost', '127.0.0.1')}/api/health`);
      expect(facts.user.url).toBe(`${lab.url}/api/health`);
    });
  });

  test.each<[string, string, (world: World) => void, unknown[]]>([
    [
      'bound to loopback: only localhost answers',
      'healthy',
      ({ pods }) => pods.forEach(({ app }) => (app.loopback = true)),
      [200, 'refused', 'refused', 'refused', 'refused'],
    ],
    [
      'wrong target port: nothing listens there',
      'target-port-wrong',
      () => undefined,
      ['refused', 'refused', 'refused', 'refused', 'refused'],
    ],
    [
      'selector: pods answer, the Service has none',
      'selector-mismatch',
      () => undefined,
      [200, 200, 200, 'proxy-error', 'refused'],
    ],
    ['not ready', 'database-down', () => undefined, [503, 503, 503, 'proxy-error', 'refused']],
  ])('%s', async (_name, scenario, change, expected) => {
    expect(await matrixOf(scenario, change)).toEqual(expected);
  });

  test('a pod that is not well by its body alone, from inside and through the API server', async () => {
    await withLab(
      'healthy',
      async ({ read }) => {
        const { pods } = await read('vantage');
        const flaw = { about: 'database', words: 'database "disconnected"' };
        expect(pods.map(({ proxy }) => proxy.flaw)).toEqual([undefined, flaw]);
        expect(pods[1]).toMatchObject({ inside: { value: { localhost: { flaw }, podAddress: { flaw } } } });
      },
      ({ pods }) => Object.assign(pods[1]?.app.health.body ?? {}, { database: 'disconnected' }),
    );
  });

  test('what listens is told also where it is on another port', async () => {
    await withLab('target-port-wrong', async ({ read }) => {
      const { pods } = await read('vantage');
      expect(pods[0]).toMatchObject({ inside: { value: { listening: [{ port: 8000 }] } } });
      expect(pods[0]?.port).not.toBe(8000);
    });
  });

  test('without permission for the proxy the hop is unread, not broken', async () => {
    await withLab(
      'healthy',
      async ({ read }) => {
        const { pods, service } = await read('vantage');
        expect(pods[0]?.proxy).toMatchObject({
          outcome: 'unread',
          access: { verb: 'get', resource: 'pods/proxy' },
        });
        expect(service.outcome).toBe('unread');
      },
      (world) => {
        world.role = world.role.map((rule) => ({
          ...rule,
          resources: rule.resources.filter((name) => !name.endsWith('/proxy')),
        }));
      },
    );
  });

  test('--no-exec, and an image with a shell alone', async () => {
    await withLab(
      'healthy',
      async ({ read }) => {
        expect((await read('vantage')).pods[0]?.inside).toMatchObject({ ok: false, why: 'not-collected' });
      },
      undefined,
      { exec: false },
    );
    await withLab(
      'healthy',
      async ({ read }) => {
        expect((await read('vantage')).pods[0]?.inside).toMatchObject({
          value: { listening: [{ port: 8000 }], localhost: undefined, podAddress: undefined },
        });
      },
      (world) => world.pods.forEach((pod) => (pod.tools = ['sh'])),
    );
  });
});

/** As JSON has it: longer than what is kept of a text. */
const SECRET = 'p@ss$\\"{w}0rd%2F+/=&?#;:,<>|~`!()[]-0123456789abcdefghij';

describe('the program', () => {
  const call = { path: '/api/health', places: [{ host: '127.0.0.1', port: 8000 }] };

  test('what is asked for can be read back; of another program it cannot', () => {
    expect(vantagePrograms(call).map(parseVantage)).toEqual([call, { path: '', places: [] }]);
    expect(parseVantage({ tool: 'python3', text: 'print(1)', args: ['7', '/x'] })).toBeUndefined();
  });

  for (const tool of ['python3', 'sh'] as const) {
    const has = spawnSync(tool, ['-c', tool === 'sh' ? ':' : 'pass']).error === undefined;
    (has ? test : test.skip)(`${tool} sees what listens, and what answers`, async () => {
      const backend = await backendServer((_request, response) => {
        response.end(JSON.stringify({ status: 'healthy', database: 'disconnected', note: 'é' }));
        return true;
      });
      const closed = await backendServer();
      await closed.close();
      const places = [backend.port, closed.port].map((port) => ({ host: '127.0.0.1', port }));
      const asked = { path: '/api/health?x=1', places };
      const program = vantagePrograms(asked).find((each) => each.tool === tool);
      if (program === undefined) throw new Error('no program');
      const { stdout } = await runProgram(program);
      await backend.close();
      const parsed = parseVantageOutput(stdout, asked, (text) => text);
      expect(parsed?.listening).toContainEqual({ address: '127.0.0.1', port: backend.port });
      expect(parsed?.answers.map(said)).toEqual(
        tool === 'python3' ? [200, 'refused'] : [undefined, undefined],
      );
      if (tool === 'python3') {
        expect(backend.requests).toEqual(['/api/health?x=1']);
        expect(parsed?.answers[0]?.flaw?.words).toBe('database "disconnected"');
      }
    });
  }

  test.each<[string, unknown, string | undefined]>([
    ['says so', '{"status":"healthy","database":"down: s3cret"}', 'database "down: ‹›"'],
    [
      'of a secret with marks, that would be cut',
      `{"status":"ok","database":"error: no login with the password ${SECRET}"}`,
      'database "error: no login with the password ‹›"',
    ],
    ['a byte order mark', '\ufeff{"status":"unhealthy"}', 'status "unhealthy"'],
    ['a list', '[{"name":"database","status":"down"}]', 'database "down"'],
    ['two faults', '{"status":"unhealthy","database":"unreachable"}', 'database "unreachable"'],
    ['nulls', '{"status":null,"database":null,"errors":null}', undefined],
    ['cut off', '{"status":"healthy","database":"do', undefined],
    ['no JSON', 'down', undefined],
    ['none', null, undefined],
    ['well', '{"status":"ok"}', undefined],
  ])('a body that is %s', (_name, body, words) => {
    const line = { kind: 'http', host: '127.0.0.1', port: 8000, status: 200, error: null, body, ms: 1 };
    const stdout = [line, { kind: 'end' }].map((each) => JSON.stringify(each)).join('\n');
    const parsed = parseVantageOutput(stdout, call, (text) =>
      text.replace('s3cret', '‹›').replace(JSON.parse(`"${SECRET}"`) as string, '‹›'),
    );
    expect(parsed?.answers[0]?.flaw?.words).toBe(words);
  });

  test('addresses as the kernel writes them; anything else is left out', () => {
    const lines = [
      '0100007F:1F40',
      '00000000:0050',
      '00000000000000000000000000000000:1F90',
      '00000000000000000000000001000000:1F91',
      '0000000000000000FFFF00000100007F:1F92',
      'xyz:1',
    ].map((local) => JSON.stringify({ kind: 'listen', local }));
    expect(parseVantageOutput(lines.join('\n'), call, String)?.listening).toEqual([
      { address: '0.0.0.0', port: 80 },
      { address: '127.0.0.1', port: 8000 },
      { address: '::', port: 8080 },
      { address: '::1', port: 8081 },
      { address: '127.0.0.1', port: 8082 },
    ]);
    expect(parseVantageOutput('Traceback', call, String)).toBeUndefined();
  });
});
