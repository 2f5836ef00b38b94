/** What is over is told in the past tense and fails nothing; what goes on stays an error. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, containerOf, crashed, podEvent, restarted, statusOf } from '../support/pod-states.js';

type Change = (evidence: HealthyEvidence) => void;

const FAILED = [
  'ModuleNotFoundError: No module named psycopg',
  'ERROR:    Application startup failed. Exiting.',
];

/** The last run lived so long, and so long ago the container was started again. */
const again =
  (lived: number, secondsAgo: number, restarts: number, ended: object = {}): Change =>
  (evidence) =>
    restarted(
      evidence,
      0,
      { exitCode: 3, startedAt: ago(secondsAgo + lived), finishedAt: ago(secondsAgo), ...ended },
      { secondsAgo, restarts, lines: FAILED },
    );

const killed =
  (lived: number, secondsAgo: number, restarts: number): Change =>
  (evidence) => {
    again(lived, secondsAgo, restarts, { exitCode: 137, reason: 'Error' })(evidence);
    podEvent(evidence, 0, 'Killing', 'Container backend failed liveness probe, will be restarted', {
      secondsAgo: secondsAgo + 1,
    });
    podEvent(evidence, 0, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500', {
      secondsAgo: secondsAgo + 2,
      count: 3,
    });
  };

describe('over: a warning, and no failure', () => {
  const OVER: [string, Change, string][] = [
    ['a crash loop whose fix worked two minutes ago', again(4, 120, 6), 'crash/import-error'],
    ['one restart, two minutes ago', again(86_400, 120, 1), 'crash/import-error'],
    ['many restarts, of which all but the last are long ago', again(3600, 150, 9), 'crash/import-error'],
    [
      'a liveness probe that failed for the last time three minutes ago',
      killed(40, 180, 4),
      'health/server-error',
    ],
  ];
  test.each(OVER)('%s', async (_, change, cause) => {
    const { diagnoses, exitCode, unexplained } = await diagnosed(change);
    expect(diagnoses.map(({ severity }) => severity)).not.toContain('error');
    expect(diagnoses.map((each) => each.cause)).toContain(cause);
    const found = diagnoses.find((each) => each.cause === cause);
    expect(found?.summary).toMatch(/^Pod \S+: recovered (?:\d+ s|\d min) ago, and is Ready since then\./);
    expect(found?.symptoms).toContain('pods/restarts');
    expect({ exitCode, unexplained }).toEqual({ exitCode: 0, unexplained: [] });
  });

  test.each<[cause: string, probe: object]>([
    ['health/command-fails', { httpGet: undefined, exec: { command: ['cat', '/tmp/alive'] } }],
    ['health/grpc-fails', { httpGet: undefined, grpc: { port: 8000 } }],
    ['health/wrong-host', { httpGet: { path: '/api/health', port: 8000, host: '10.0.0.9' } }],
  ])('%s, for the last time three minutes ago', async (cause, probe) => {
    const { diagnoses, topics } = await diagnosed(
      (evidence) => {
        killed(40, 180, 4)(evidence);
        Object.assign(containerOf(evidence).livenessProbe ?? {}, probe);
      },
      { topic: 'health' },
    );
    const found = diagnoses.find((each) => each.cause === cause);
    expect(found).toMatchObject({
      severity: 'warning',
      summary: expect.stringContaining(': recovered 3 min ago'),
    });
    expect(topics[0]?.path.filter(({ state }) => state === 'broken')).toEqual([]);
  });

  test('with --strict it is a failure, as every warning', async () => {
    const { exitCode } = await diagnosed(again(4, 120, 6), { strict: true });
    expect(exitCode).toBe(1);
  });

  test('the health topic tells it so, too', async () => {
    const { exitCode, topics } = await diagnosed(killed(40, 180, 4), { topic: 'health' });
    expect(exitCode).toBe(0);
    expect(topics[0]?.path.filter(({ state }) => state === 'broken')).toEqual([]);
  });
});

describe('going on: an error', () => {
  const ON: [string, Change][] = [
    ['started again half a minute ago', again(4, 30, 2)],
    ['ends every three minutes, and was started again two minutes ago', again(180, 120, 3)],
    ['ends every three minutes, by its probe', killed(180, 120, 3)],
    ['beginning of the run before unknown', again(4, 120, 3, { startedAt: undefined })],
    [
      'recovered here, and crashing in the other pod',
      (evidence) => {
        again(4, 120, 6)(evidence);
        crashed(evidence, 1, { exitCode: 3 }, FAILED);
      },
    ],
    [
      'not ready again',
      (evidence) => {
        again(4, 120, 6)(evidence);
        statusOf(evidence).ready = false;
      },
    ],
    [
      'killed for memory: the limit is the same still',
      again(4000, 400, 1, { exitCode: 137, reason: 'OOMKilled' }),
    ],
  ];
  test.each(ON)('%s', async (_, change) => {
    const { diagnoses, exitCode } = await diagnosed(change);
    expect(exitCode).toBe(1);
    expect(diagnoses[0]?.severity).toBe('error');
  });

  test('what is over does not hide what is wrong now', async () => {
    const { exitCode, diagnoses, unexplained } = await diagnosed((evidence) => {
      again(4, 120, 6)(evidence);
      evidence.logs = [];
    });
    expect(exitCode).not.toBe(0);
    const past = diagnoses.find(({ cause }) => cause === 'crash/import-error');
    expect(past?.symptoms ?? []).not.toContain('functional/database-logs');
    expect(unexplained.length + diagnoses.length).toBeGreaterThan(1);
  });
});
