/** Both ladders, the pods' program under a real python3 and this machine's client, against a server on loopback. */
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { DatabaseLadder, HostLadder } from '../../../src/evidence/deep-facts.js';
import { podProgram } from '../../../src/evidence/in-pod/program.js';
import { climbTwice } from '../../../src/evidence/ladder/climb.js';
import { parseLadderOutput } from '../../../src/evidence/ladder/output.js';
import { ladderProgram, parseLadder } from '../../../src/evidence/ladder/program.js';
import { databaseLogin } from '../../../src/evidence/ladder/url.js';
import {
  PASSWORD,
  postgresServer,
  type PostgresBehaviour,
  type PostgresServer,
} from '../../support/postgres-server.js';
import { ENDED_BY_ITSELF_MS } from '../../support/patience.js';
import { runProgram } from '../../support/run-program.js';
import { slowResolver } from '../../support/slow-resolver.js';

const servers: PostgresServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(change: Partial<PostgresBehaviour> = {}): Promise<PostgresServer> {
  const server = await postgresServer(change);
  servers.push(server);
  return server;
}

const urlTo = (port: number, more = '?sslmode=require', password = PASSWORD) =>
  `postgresql://todo_app:${password}@127.0.0.1:${port}/todos${more}`;

const KEY = 'k1';
const plain = (text: string) => text;

async function inPod(
  url: string | undefined,
  seconds?: number,
  hosts: { host: string; port: number }[] = [],
  environment: NodeJS.ProcessEnv = process.env,
) {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => name !== 'DATABASE_URL'));
  const { stdout, stderr } = await runProgram(
    ladderProgram({ hosts, key: KEY }, seconds),
    url === undefined ? env : { ...env, DATABASE_URL: url },
  );
  expect(stderr).toBe('');
  const digest = url === undefined ? undefined : createHmac('sha256', KEY).update(url).digest('hex');
  const ladder = parseLadderOutput(stdout, digest, plain);
  if (ladder === undefined) throw new Error(`no output: ${stdout}`);
  return { ladder, stdout };
}

async function fromHere(url: string, ms = 4000): Promise<HostLadder> {
  const login = databaseLogin(url);
  const [host] = login?.hosts ?? [];
  if (login === undefined || host === undefined) throw new Error('no login');
  return climbTwice(login, host, performance.now() + ms, plain, new AbortController().signal);
}

const withPython = spawnSync('python3', ['--version']).error === undefined;
if (!withPython) console.log('skipped: the ladder’s program, because python3 is not installed');

type Way = (url: string) => Promise<{ host: HostLadder; said: string }>;
const ways: [string, Way][] = [
  [
    'from here',
    async (url) => {
      const host = await fromHere(url);
      return { host, said: JSON.stringify(host) };
    },
  ],
];
if (withPython) {
  ways.push([
    'python3',
    async (url) => {
      const { ladder, stdout } = await inPod(url);
      const [host] = ladder.hosts;
      if (host === undefined) throw new Error(stdout);
      return { host, said: stdout };
    },
  ]);
}

const outline = (climb: HostLadder['climbs'][number] | undefined) =>
  (climb ?? []).map(({ rung, error }) => (error === undefined ? rung : `${rung}: ${error.kind}`));

describe.each(ways)('%s', (_way, climb) => {
  test.each(['scram', 'md5', 'password', 'trust'] as const)('up to SELECT 1, twice: %s', async (auth) => {
    const server = await serve({ auth });
    // From here a password is shown to nobody whose certificate was not verified; a pod does what its application does.
    const { host, said } = await climb(urlTo(server.port));
    const full = ['dns', 'tcp', 'ssl', 'tls', 'startup', 'login', 'query'];
    const withheld = [...full.slice(0, 5), 'login: withheld'];
    const expected = auth === 'password' && _way === 'from here' ? withheld : full;
    expect(host.climbs.map(outline)).toEqual([expected, expected]);
    expect(host.certificate).toMatchObject({ subject: 'CN=db.example.net', matchesHost: true });
    expect(server.seen[0]).toMatchObject({
      encrypted: true,
      parameters: { user: 'todo_app', database: 'todos', application_name: 'todo-k8s' },
    });
    expect(server.shown.length).toBe(auth === 'password' && _way !== 'from here' ? 2 : 0);
    expect(said).not.toContain('Canary');
  });

  test('wrong password: the server’s words, and no second try', async () => {
    const server = await serve();
    const { host } = await climb(urlTo(server.port, undefined, 'wrong-one'));
    expect(host.climbs).toHaveLength(1);
    expect(host.climbs[0]?.at(-1)).toMatchObject({
      rung: 'login',
      error: {
        kind: 'server',
        text: 'password authentication failed for user "todo_app"',
        sqlstate: '28P01',
      },
    });
  });

  test.each([
    ['startup', '08P01', 'unsupported startup parameter: options'],
    ['login', '3D000', 'database "todos" does not exist'],
    ['query', '57P01', 'terminating connection due to administrator command'],
  ] as const)('the server refuses at %s', async (step, state, text) => {
    const server = await serve({ fail: { [step]: [state, text] } });
    const { host } = await climb(urlTo(server.port));
    expect(host.climbs).toHaveLength(2);
    expect(host.climbs[1]?.at(-1)).toMatchObject({
      rung: step,
      error: { kind: 'server', text, sqlstate: state },
    });
  });

  test('no TLS where it is required, and where it is not', async () => {
    const server = await serve({ ssl: 'N' });
    expect(outline((await climb(urlTo(server.port))).host.climbs[0])).toEqual([
      'dns',
      'tcp',
      'ssl: refused-tls',
    ]);
    const prefer = await climb(urlTo(server.port, '?sslmode=prefer'));
    expect(outline(prefer.host.climbs[0])).toEqual(['dns', 'tcp', 'ssl', 'startup', 'login', 'query']);
  });

  test('TLS is required, and the URL turns it off', async () => {
    const server = await serve({ requireTls: true });
    const { host } = await climb(urlTo(server.port, '?sslmode=disable'));
    expect(host.climbs[0]?.at(-1)).toMatchObject({
      rung: 'startup',
      error: { kind: 'server', text: 'connection is insecure (try using `sslmode=require`)' },
    });
  });

  test('a certificate that is not trusted counts where the URL asks for it', async () => {
    const server = await serve();
    const { host } = await climb(urlTo(server.port, '?sslmode=verify-full'));
    expect(outline(host.climbs[0])).toEqual(['dns', 'tcp', 'ssl', 'tls: certificate']);
  });

  test('refused; no such name; another program; closed without a word', async () => {
    const closed = await serve();
    await servers.pop()?.close();
    expect(outline((await climb(urlTo(closed.port))).host.climbs[0])).toEqual(['dns', 'tcp: refused']);
    const nowhere = urlTo(5432).replace('127.0.0.1', 'no-such-host.invalid');
    expect(outline((await climb(nowhere)).host.climbs[0])[0]).toMatch(/^dns: (name|resolver)$/);
    const http = await serve({ ssl: 'HTTP/1.1 400 Bad Request\r\n' });
    expect(outline((await climb(urlTo(http.port))).host.climbs[0])).toEqual(['dns', 'tcp', 'ssl: protocol']);
    const rude = await serve({ hangUp: true });
    expect(outline((await climb(urlTo(rude.port))).host.climbs[0]).at(-1)).toBe('startup: reset');
  });

  test('a cold start: the first climb is slow, the second is not', async () => {
    const server = await serve({ delayMs: (connection) => (connection === 0 ? 700 : 0) });
    const { host } = await climb(urlTo(server.port));
    const [cold, warm] = host.climbs.map((rungs) => rungs.find(({ rung }) => rung === 'startup')?.ms ?? 0);
    expect(cold).toBeGreaterThanOrEqual(650);
    expect(warm).toBeLessThan(cold ?? 0);
  });
});

test('from here: a server that says nothing costs no more than the bound', async () => {
  const server = await serve({ mute: true });
  const begin = performance.now();
  const host = await fromHere(urlTo(server.port), 600);
  expect(outline(host.climbs[0])).toEqual(['dns', 'tcp', 'ssl: timeout']);
  expect(performance.now() - begin).toBeLessThan(ENDED_BY_ITSELF_MS);
});

(withPython ? describe : describe.skip)('the program', () => {
  test('a server that says nothing costs no more than the bound', async () => {
    const server = await serve({ mute: true });
    const { ladder } = await inPod(urlTo(server.port), 3);
    expect(outline(ladder.hosts[0]?.climbs[0])).toEqual(['dns', 'tcp', 'ssl: timeout']);
  });

  test('compares the URL by a digest, under a key', async () => {
    const server = await serve();
    const url = urlTo(server.port);
    const { stdout, ladder } = await inPod(url);
    expect(ladder.matchesSecret).toBe(true);
    expect(parseLadderOutput(stdout, 'another', plain)?.matchesSecret).toBe(false);
    expect(parseLadderOutput(stdout, undefined, plain)?.matchesSecret).toBeUndefined();
  });

  test.each<[string, string | undefined, DatabaseLadder['url']]>([
    ['none', undefined, 'missing'],
    ['blank', ' ', 'empty'],
    ['with a newline', `${urlTo(5432)}\n`, 'unclear'],
    ['in quotes', `"${urlTo(5432)}"`, 'unclear'],
    ['an unescaped password', 'postgresql://u:p@ss@h/db?sslmode=require', 'unclear'],
    ['a slash in the password', 'postgresql://u:p/ss@h/db?sslmode=require', 'unclear'],
    ['another host in the parameters', 'postgresql://u:p@h/db?host=other', 'unclear'],
    ['an unknown mode', urlTo(5432, '?sslmode=banana'), 'unclear'],
    ['another scheme', 'mysql://u:p@h/db', 'unclear'],
  ])('%s: nothing of it is used, and the Secret’s host is looked at', async (_name, url, state) => {
    const server = await serve();
    const { ladder, stdout } = await inPod(url, undefined, [{ host: '127.0.0.1', port: server.port }]);
    expect(ladder.url).toBe(state);
    expect(ladder.sslmode).toBeUndefined();
    expect(outline(ladder.hosts[0]?.climbs[0])).toEqual(['dns', 'tcp', 'ssl', 'tls']);
    expect(ladder.unmeasured).toEqual([{ what: 'startup', reason: expect.any(String) as unknown }]);
    expect(server.seen).toEqual([]);
    expect(stdout).not.toContain('Canary');
  });

  test('a look-up is not waited for where no DNS server answers anything', async () => {
    const { env, close } = await slowResolver(20, false);
    const begin = performance.now();
    const { ladder } = await inPod(urlTo(5432), 20, [], { ...process.env, ...env });
    expect(outline(ladder.hosts[0]?.climbs[0])).toEqual(['dns: timeout']);
    expect(performance.now() - begin).toBeLessThan(ENDED_BY_ITSELF_MS);
    close();
  });

  test('a look-up that is late has its time where a DNS server answers', async () => {
    const server = await serve();
    const { env, close } = await slowResolver(4, true);
    const { ladder } = await inPod(urlTo(server.port), 20, [], { ...process.env, ...env });
    expect(outline(ladder.hosts[0]?.climbs[0]).at(-1)).toBe('query');
    close();
  });

  test('both grammars agree about what is in doubt', async () => {
    const urls = [
      'postgresql://u:p@h/db',
      'postgres://u:p@h:5433/db?sslmode=verify-full',
      'postgresql+asyncpg://u:p%40ss@h,h2:5433/db?ssl=require',
      'postgresql://u:p:q@[::1]:5432/db?sslmode=require&options=endpoint%3Dx',
      'postgresql://u@h/db',
      'postgresql://u:p@h/db?sslmode',
      'postgresql://u:%zz@h/db',
      'postgresql://u:p@h:0/db',
      'postgresql://u:p@h:99999/db',
      'postgresql://u:p@h/db#x',
      'postgresql://u:p@-h/db',
    ];
    const byProgram = await Promise.all(
      urls.map(async (url) => (await inPod(url, 0.05)).ladder.url === 'ok'),
    );
    const byReader = urls.map((url) => databaseLogin(url) !== undefined);
    expect(byProgram).toEqual(byReader);
    expect(byReader.filter(Boolean)).toHaveLength(4);
  }, 60_000);
});

test('what is asked for can be read back; of another program it cannot', () => {
  const call = { hosts: [{ host: 'db.example.net', port: 5432 }], key: 'abc' };
  expect(parseLadder(ladderProgram(call))).toEqual(call);
  expect(parseLadder({ tool: 'python3', text: 'print(1)', args: ['9', 'abc'] })).toBeUndefined();
  expect(parseLadder(podProgram('sh', ['cgroup.sh'], []))).toBeUndefined();
});

describe('output is not trusted', () => {
  const url = '{"kind":"url","state":"ok","mode":"require","hosts":[],"digest":"x"}';
  const rung = (more: object) =>
    JSON.stringify({
      kind: 'rung',
      host: 'h',
      port: 1,
      climb: 1,
      rung: 'dns',
      error: null,
      state: null,
      detail: '',
      ms: 1,
      ...more,
    });

  test('no line of the program’s', () => {
    expect(parseLadderOutput('Traceback (most recent call last)', undefined, plain)).toBeUndefined();
    expect(parseLadderOutput('[1]\nnull\n{"kind":"url","state":"great"}', undefined, plain)).toBeUndefined();
  });

  test('hosts, rungs, climbs and states that there cannot be are left out', () => {
    const lines = [
      url,
      rung({ host: 'x y' }),
      rung({ port: 1.5 }),
      rung({ rung: 'roof' }),
      rung({ climb: 2 }),
      rung({ climb: 99 }),
      rung({ ms: 'soon' }),
      rung({}),
      rung({}),
      rung({ rung: 'tcp', error: 'nonsense: \u001b[31mred', state: 'not-a-state' }),
      rung({ rung: 'ssl' }),
      '{"kind":"certificate","host":"h","port":1,"der":"AAAA"}',
      ...['a', 'b', 'c', 'd'].map((host) => rung({ host })),
    ];
    const ladder = parseLadderOutput(lines.join('\n'), undefined, (text) =>
      text.replace(/\u001b\[\d+m/g, ''),
    );
    expect(ladder?.hosts.map(({ host }) => host)).toEqual(['h', 'a', 'b']);
    expect(ladder?.hosts[0]).toEqual({
      host: 'h',
      port: 1,
      certificate: undefined,
      climbs: [
        [
          { rung: 'dns', error: undefined, detail: '', ms: 1 },
          {
            rung: 'tcp',
            error: { kind: 'error', text: 'nonsense: red', sqlstate: undefined },
            detail: '',
            ms: 1,
          },
        ],
      ],
    });
  });
});
