/** The program in a process of its own: signals, pipes, its end, its memory. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { temporaryDirectory } from '../evidence/kubernetes/support.js';
import { crowd } from './support/crowd.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';
import { expectDocumented } from './support/documented.js';
import { faultyApi, type Fault, type FaultyApi } from './support/faulty-api.js';
import { buildIfStale, shell, start, type Run } from './support/program.js';
import { told, type Outcome } from './support/verify.js';

let lab: Lab;
beforeAll(async () => {
  buildIfStale();
  lab = await startLab();
}, 120_000);
afterAll(() => lab.close());

const hangingOn = (part: string): Fault => ({ answer: ({ url }) => (url ?? '').includes(part) });

/** Waits until a request with this in its path has arrived, or the program has ended. */
async function asked(api: FaultyApi, part: string, { child }: Run): Promise<void> {
  while (child.exitCode === null && !api.requests.some((line) => line.includes(part))) await sleep(10);
}

test('API server hangs: the process has ended within --request-timeout + 1 s', async () => {
  const api = await faultyApi(lab, hangingOn('/'));
  const outcome = await start([
    'verify',
    '--kubeconfig',
    api.kubeconfig,
    '--request-timeout',
    '1s',
    '-o',
    'json',
  ]).ended;
  expectDocumented('API server accepts connections and never answers', outcome);
  expect(told(outcome).report.durationMs).toBeLessThan(2000);
  expect(outcome.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
});

test('Unknown command', async () => {
  const outcome = await start(['verfy']).ended;
  expectDocumented('Unknown command', outcome);
  expect(await start(['volcano']).ended).toMatchObject({ exitCode: 2, stdout: '' });
});

test('Unknown flag without a command', async () => {
  const outcome = await start(['--bogus']).ended;
  expectDocumented('Unknown flag without a command', outcome);
});

describe('signals', () => {
  /** Milliseconds of CPU from the first signal to the end; what only waited would take none, but far longer by the clock. */
  const SOON_MS = 500;

  interface Interrupted extends Outcome {
    cpuMs: number;
    /** By the clock. */
    afterMs: number;
  }

  function expectSoon({ cpuMs, afterMs }: Interrupted): void {
    expect(cpuMs).toBeGreaterThan(0);
    expect(cpuMs).toBeLessThan(SOON_MS);
    expect(afterMs).toBeLessThan(ENDED_BY_ITSELF_MS);
  }

  /** Starts a run that notes its CPU time, and sends it signals once it waits for nothing but what never comes. */
  async function interruptedOnce(
    isWaiting: (run: Run) => Promise<void>,
    argv: string[],
    signals: NodeJS.Signals[],
  ): Promise<Interrupted> {
    const noted = join(temporaryDirectory(), 'cpu');
    const hook = join(import.meta.dirname, 'support/after-signal.cjs');
    const run = start(argv, { NODE_OPTIONS: `--require=${hook}`, AFTER_SIGNAL: noted });
    await isWaiting(run);
    const at = performance.now();
    for (const signal of signals) run.child.kill(signal);
    const outcome = await run.ended;
    const afterMs = performance.now() - at;
    return { ...outcome, afterMs, cpuMs: Number(readFileSync(noted, 'utf8')) };
  }

  /** The same where one answer of the API never comes, and everything else has been judged. */
  async function interrupted(argv: string[], ...signals: NodeJS.Signals[]): Promise<Interrupted> {
    const api = await faultyApi(lab, hangingOn('/networkpolicies'));
    const events = join(temporaryDirectory(), 'events.jsonl');
    const isWaiting = async (run: Run): Promise<void> => {
      const judged = () => (existsSync(events) ? readFileSync(events, 'utf8') : '');
      const known = ['deployment/replicas', 'pods/ready'].map((id) => `"id":"${id}","suite"`);
      await asked(api, '/networkpolicies', run);
      const isJudged = () =>
        known.every((mark) => judged().split('check-finished').slice(1).join('').includes(mark));
      while (run.child.exitCode === null && !isJudged()) await sleep(10);
    };
    const own = ['verify', '--kubeconfig', api.kubeconfig, '--url', lab.url, '--request-timeout', '25s'];
    return interruptedOnce(isWaiting, [...own, '-o', `events=${events}`, ...argv], signals);
  }

  test.each<[string, NodeJS.Signals]>([
    ['Ctrl-C', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
  ])('%s: a partial report, and no file is left behind', async (fault, signal) => {
    const folder = temporaryDirectory();
    const argv = ['-o', 'json', '-o', `junit=${folder}/report.xml`];
    const outcome = await interrupted(argv, signal);
    expectDocumented(fault, outcome);
    expectSoon(outcome);
    const { report, having } = told(outcome);
    expect(report.interrupted).toBe(true);
    expect(report.exitCode).toBe(outcome.exitCode);
    expect(having('pass')).toEqual(expect.arrayContaining(['deployment/replicas', 'pods/ready']));
    expect(having('unknown')).toContain('network/policies');
    expect(readdirSync(folder)).toEqual(['report.xml']);
    expect(readFileSync(`${folder}/report.xml`, 'utf8')).toMatch(/<\/testsuites>\s*$/);
    expect(outcome.stderr).toBe('');
  });

  test('the text says that it was interrupted', async () => {
    const outcome = await interrupted([], 'SIGINT');
    expect(outcome.stdout).toMatch(/interrupted/);
    expect(outcome.exitCode).toBe(130);
  });

  test('a second Ctrl-C ends at once', async () => {
    const folder = temporaryDirectory();
    const outcome = await interrupted(['-o', `json=${folder}/report.json`], 'SIGINT', 'SIGINT');
    expect(outcome.exitCode).toBe(130);
    expectSoon(outcome);
    for (const name of readdirSync(folder)) {
      expect(name).toBe('report.json');
      JSON.parse(readFileSync(join(folder, name), 'utf8'));
    }
  });

  test('Ctrl-C while the API server has not answered at all', async () => {
    const api = await faultyApi(lab, hangingOn('/'));
    const argv = ['verify', '--kubeconfig', api.kubeconfig, '--request-timeout', '25s', '-o', 'json'];
    const outcome = await interruptedOnce((run) => asked(api, '/deployments', run), argv, ['SIGINT']);
    expectSoon(outcome);
    expect(outcome.exitCode).toBe(130);
    expect(told(outcome).report.interrupted).toBe(true);
  });

  test('Ctrl-C ends --wait with what was seen last', async () => {
    const argv = ['verify', '--lab=node-port-wrong', '--wait', '25s', '-v', '-o', 'json'];
    const run = start(argv);
    const observations = () => run.soFar.stderr.match(/^list \S+\/nodes /gm) ?? [];
    while (run.child.exitCode === null && observations().length < 2) await sleep(10);
    run.child.kill('SIGINT');
    const outcome = await run.ended;
    const { report, having } = told(outcome);
    expect([outcome.exitCode, report.exitCode, report.interrupted]).toEqual([130, 130, true]);
    expect(having('fail')).toContain('service/ports');
    expect(having('unknown')).toEqual([]);
  });

  test('--lab and --watch: nothing is left of the lab after Ctrl-C', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'todo-k8s-'));
    const run = start(['verify', '--lab', '--watch', '--only', 'cluster'], { TMPDIR: temporary });
    await run.said('passed');
    expect(readdirSync(temporary)).toHaveLength(1);
    run.child.kill('SIGINT');
    expect((await run.ended).exitCode).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });
});

describe('pipes', () => {
  const verify = () => `$TODO verify --kubeconfig ${lab.kubeconfigPath} --url ${lab.url}`;

  test('The reader of stdout goes away', async () => {
    const file = join(temporaryDirectory(), 'report.json');
    const { stdout, stderr } = await shell(
      `${verify()} -o json -o yaml=${file} | head -1; echo "exit \${PIPESTATUS[0]}"`,
    ).ended;
    expect(stdout).toBe('{\nexit 0\n');
    expect(stderr).toBe('');
    expect(readFileSync(file, 'utf8')).toContain('schemaVersion: 1');
  });

  test('the reader has gone before the first byte', async () => {
    const { stdout, stderr } = await shell(`${verify()} | true; echo "exit \${PIPESTATUS[0]}"`).ended;
    expect(stdout).toBe('exit 0\n');
    expect(stderr).toBe('');
  });

  (process.platform === 'linux' ? test : test.skip)('stdout is a full disk', async () => {
    const outcome = await shell(`${verify()} --only cluster > /dev/full`).ended;
    expectDocumented('stdout cannot be written (disk full)', outcome);
  });

  test('two runs write the same file: it is whole, and alone', async () => {
    const folder = temporaryDirectory();
    const argv = [
      'verify',
      '--kubeconfig',
      lab.kubeconfigPath,
      '--url',
      lab.url,
      '--only',
      'cluster',
      '-o',
      `json=${folder}/r.json`,
    ];
    const runs = await Promise.all([start(argv).ended, start(argv).ended]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(readdirSync(folder)).toEqual(['r.json']);
    JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'));
  });
});

/** Ends within its own bounds, not at the test's. */
const SLOW_MS = 40_000;

test(
  'what takes seconds by itself, at the same time',
  async () => {
    const kept: WebSocketServer[] = [];
    const mute: Fault = {
      upgrade: (request, socket) => {
        const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
        kept.push(server);
        server.handleUpgrade(request, socket, Buffer.alloc(0), () => undefined);
        return true;
      },
    };
    const pages: number[] = [];
    const [muteApi, crowdApi] = await Promise.all([
      faultyApi(lab, mute),
      faultyApi(lab, await crowd(lab, 5000, 1000, pages)),
    ]);
    const at = (api: FaultyApi, only: string, ...argv: string[]) => [
      'verify',
      '--kubeconfig',
      api.kubeconfig,
      '--url',
      lab.url,
      '--only',
      only,
      '-o',
      'json',
      ...argv,
    ];

    const hang = start(at(muteApi, 'network/service-dns'));
    const crowded = start(
      at(
        crowdApi,
        'pods,service,deployment/replicas,cluster/nodes-ready',
        '--set',
        'backend.replicaCount=1000',
      ),
      { NODE_OPTIONS: '--max-old-space-size=160' },
    );
    const watch = start([
      'verify',
      '--kubeconfig',
      lab.kubeconfigPath,
      '--url',
      lab.url,
      '--only',
      'cluster',
      '--watch',
    ]);
    const headless = shell(
      `$TODO verify --kubeconfig ${lab.kubeconfigPath} --url ${lab.url} --only cluster --watch | head -1; echo "exit \${PIPESTATUS[0]}"`,
    );

    await expectTwoReports(watch);
    const [hung, many, ended] = await Promise.all([hang.ended, crowded.ended, headless.ended]);
    kept.forEach((server) => server.close());

    expectDocumented('exec: nothing ever comes', hung);
    expect(told(hung).having('unknown')).toEqual(['network/service-dns']);
    expect(told(hung).report.durationMs).toBeLessThan(13_000);

    expect(told(many).said('pods/running')).toMatch(/^1000 pods Running/);
    expect(told(many).having('unknown')).toEqual([]);
    expect(many.exitCode).toBe(0);
    expect(Math.max(...pages)).toBe(500);
    expect(told(many).report.durationMs).toBeLessThan(15_000);

    expect(ended.stdout).toMatch(/^todo-k8s verify.*\nexit 0\n$/);
    expect(ended.stderr).toBe('');
  },
  SLOW_MS,
);

/** `--watch` goes on until Ctrl-C. */
async function expectTwoReports(watch: Run): Promise<void> {
  const reports = () => watch.soFar.stdout.split('todo-k8s verify ').length - 1;
  while (reports() < 2 && watch.child.exitCode === null) await sleep(50);
  expect(reports()).toBe(2);
  watch.child.kill('SIGINT');
  expect((await watch.ended).exitCode).toBe(130);
}

describe('terminals', () => {
  /** Runs in a pseudo-terminal of 40 columns: stdout and stderr are both the terminal. */
  async function inTerminal(env: Record<string, string> = {}): Promise<string> {
    const file = join(temporaryDirectory(), 'run');
    writeFileSync(
      file,
      `stty cols 40 rows 50\n$TODO verify --kubeconfig ${lab.kubeconfigPath} --url ${lab.url} --only cluster,pods,functional\n`,
    );
    const { stdout, exitCode } = await shell(`script -qfec "bash ${file}" /dev/null < /dev/null`, {
      TERM: 'xterm-256color',
      ...env,
    }).ended;
    expect(exitCode).toBe(0);
    return stdout.replaceAll('\r\n', '\n');
  }
  const ESCAPE = '\u001b';
  const COLOR = /\u001b\[[\d;]*m/;
  const hasScript = process.platform === 'linux' && shellHas('script');

  test('no terminal: no escape byte, no spinner, and nothing on stderr', async () => {
    const { stdout, stderr } = await start(['verify', '--kubeconfig', lab.kubeconfigPath, '--url', lab.url])
      .ended;
    expect(stdout).not.toContain(ESCAPE);
    expect(stdout).not.toContain('\r');
    expect(stderr).toBe('');
  });

  (hasScript ? test : test.skip)(
    'a terminal, NO_COLOR, TERM=dumb and CI',
    async () => {
      const [plain, noColor, dumb, ci] = await Promise.all([
        inTerminal(),
        inTerminal({ NO_COLOR: '1' }),
        inTerminal({ TERM: 'dumb' }),
        inTerminal({ CI: 'true' }),
      ]);
      // A live display moves the cursor; that it does here makes its absence below mean something.
      expect(plain).toMatch(COLOR);
      expect(plain).toMatch(/\u001b\[\d*[AGJK]/);
      expect(noColor).not.toMatch(COLOR);
      expect(dumb).not.toContain(ESCAPE);
      expect(ci).not.toMatch(/\u001b\[\d*[A-HJK]/);
      for (const line of dumb.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
      expect(dumb).toMatch(/exit 0/);
    },
    SLOW_MS,
  );
});

function shellHas(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      return readdirSync(folder).includes(program);
    } catch {
      return false;
    }
  });
}
