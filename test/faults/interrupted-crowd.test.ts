/** Ctrl-C and SIGTERM while thousands of pods are read, judged and packed: heard at once, and told. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { temporaryDirectory } from '../evidence/kubernetes/support.js';
import { crowd } from './support/crowd.js';
import { faultyApi, type FaultyApi } from './support/faulty-api.js';
import { buildIfStale, start, type Run } from './support/program.js';

jest.setTimeout(180_000);

const PODS = 5000;

/** Milliseconds that a run may live, on a machine that is busy with other things. */
const LIMIT_MS = 120_000;

/**
 * Milliseconds of CPU from the signal to the end: 500 by the clock, and what the threads take that collect garbage beside it.
 * Whoever goes on to the end takes 2,000 and more.
 */
const SOON_MS = 750;

/** Requests that may still arrive after the signal. */
const MOST_ASKED = 100;

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

let lab: Lab;
beforeAll(async () => {
  buildIfStale();
  lab = await startLab();
}, 120_000);
afterAll(() => lab.close());

interface Used {
  most: number;
  all: number;
  atSignal?: number;
}

const pods = ['--set', `backend.replicaCount=${PODS}`];

/** Starts a run over all the pods. `used` tells its CPU time, once it has ended. */
async function started(argv: readonly string[], env: Record<string, string> = {}) {
  const api = await faultyApi(lab, await crowd(lab, PODS, PODS, []));
  const noted = join(temporaryDirectory(), 'turns.json');
  const hook = join(import.meta.dirname, 'support/turns.cjs');
  const hooked = { NODE_OPTIONS: `--require=${hook}`, TURNS: noted, ...env };
  const run = start([...argv, '--kubeconfig', api.kubeconfig], hooked, LIMIT_MS);
  return { api, run, used: () => JSON.parse(readFileSync(noted, 'utf8')) as Used };
}

/** Milliseconds of CPU that it has used so far. */
function cpuOf({ child }: Run): number {
  const [, fields = ''] = /\) (.*)/.exec(readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8')) ?? [];
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) * TICK_MS;
}

type State = (run: Run, api: FaultyApi, events: string) => boolean;

/** Pods are being read, page after page. */
const reading: State = (_run, { requests }) =>
  requests.filter((line) => line.includes('/pods?') && line.includes('continue=')).length >= 3;

/** The first check that rests on all of them was judged. */
const judging: State = (_run, _api, events) =>
  existsSync(events) && /check-finished.*"id":"pods\//.test(readFileSync(events, 'utf8'));

/** Requests go to the backend, or their way is looked for, with all pods known. */
const sending: State = (_run, { requests }) => requests.some((line) => line.includes('/log?'));

(existsSync('/proc/self/stat') ? describe : describe.skip)('thousands of pods', () => {
  test.each<[string, string[], State, NodeJS.Signals]>([
    ['verify, while it reads', ['verify', ...pods], reading, 'SIGINT'],
    ['verify, while it judges', ['verify', ...pods], judging, 'SIGTERM'],
    ['verify --all-releases, while it reads', ['verify', '--all-releases', ...pods], reading, 'SIGINT'],
    ['doctor, while it reads', ['doctor', ...pods], reading, 'SIGTERM'],
    ['doctor, while it judges', ['doctor', ...pods], judging, 'SIGINT'],
    ['collect, while it reads', ['collect'], reading, 'SIGTERM'],
    ['loadbalance, while it reads', ['loadbalance', '--requests', '5000'], reading, 'SIGINT'],
    ['loadbalance, while it sends', ['loadbalance', '--requests', '50000'], sending, 'SIGTERM'],
  ])('%s', async (_name, argv, state, signal) => {
    const folder = temporaryDirectory();
    const events = join(folder, 'events.jsonl');
    const outputs = argv[0] === 'collect' ? ['-o', join(folder, 'bundle.tgz')] : ['-o', `events=${events}`];
    const { api, run, used } = await started([...argv, ...(argv.includes('--all-releases') ? [] : outputs)]);
    while (run.child.exitCode === null && !state(run, api, events)) await sleep(5);
    const before = cpuOf(run);
    const asked = api.requests.length;
    run.child.kill(signal);
    const { exitCode, stderr } = await run.ended;
    expect(stderr).not.toMatch(/internal error/);
    expect(exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(used().all - before).toBeLessThan(SOON_MS);
    // What was under way when it heard of it; whoever goes on asks hundreds.
    expect(api.requests.length - asked).toBeLessThan(MOST_ASKED);
  });

  test('collect, when it begins to pack', async () => {
    const bundle = join(temporaryDirectory(), 'bundle.tgz');
    const { run, used } = await started(['collect', '-o', bundle], { SIGNAL_AT: 'gzip' });
    const { exitCode } = await run.ended;
    const { atSignal = 0, all } = used();
    expect(atSignal).toBeGreaterThan(0);
    expect(exitCode).toBe(130);
    expect(all - atSignal).toBeLessThan(SOON_MS);
  });
});
