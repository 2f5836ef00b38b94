/** Containers beside the backend's: each is told by its own name, and its trouble is never called the application's. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import {
  ago,
  beside,
  containerOf,
  initialising,
  notReady,
  podEvent,
  podOf,
  statusOf,
} from '../support/pod-states.js';

type Change = (evidence: HealthyEvidence) => void;

const crash = (exitCode: number, more: object = {}) => ({
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container' } },
  lastState: {
    terminated: { exitCode, reason: 'Error', startedAt: ago(50), finishedAt: ago(40), ...more },
  },
});
const OOM = { reason: 'OOMKilled' };
const limited = { spec: { resources: { limits: { memory: '64Mi' } } } };

/** The pod is not ready, though the backend's own container is. */
function onlyPodNotReady(evidence: HealthyEvidence): void {
  notReady(evidence, 0);
  statusOf(evidence, 0).ready = true;
}

const sidecar =
  (
    ...[kind, status, more]: [...Parameters<typeof beside>] extends [unknown, unknown, ...infer R] ? R : never
  ): Change =>
  (evidence) => {
    onlyPodNotReady(evidence);
    beside(evidence, 0, kind, status, more);
  };
const init =
  (
    ...[status, more]: [...Parameters<typeof beside>] extends [unknown, unknown, unknown, ...infer R]
      ? R
      : never
  ): Change =>
  (evidence) => {
    initialising(evidence, 0);
    beside(evidence, 0, 'init', status, more);
  };

/** Cause, and what its summary says; none of them may say that the application did it. */
const ROWS: [string, Change, string, RegExp][] = [
  [
    'a sidecar that crashes',
    sidecar('sidecar', crash(1), { lines: ['starting', 'fatal: component statestore not found'] }),
    'container/sidecar-failing',
    /container proxy ended with Error, exit code 1, and is not running; its log says: fatal: component statestore not found\./,
  ],
  [
    'a sidecar among the init containers that crashes',
    sidecar('native', crash(2), { lines: ['bad flag --x'] }),
    'container/sidecar-failing',
    /container proxy ended with Error, exit code 2.*bad flag --x/,
  ],
  [
    'a sidecar that the kernel killed',
    sidecar('sidecar', crash(137, OOM), limited),
    'container/sidecar-failing',
    /container proxy was killed by the kernel because it needed more than its memory limit of 64Mi/,
  ],
  [
    'a sidecar that the kernel killed, and that runs again',
    (evidence) =>
      beside(
        evidence,
        0,
        'sidecar',
        {
          ...crash(137, OOM),
          ready: true,
          state: { running: { startedAt: ago(39) } },
        },
        limited,
      ),
    'container/sidecar-failing',
    /container proxy was killed by the kernel/,
  ],
  [
    'a sidecar whose image cannot be pulled',
    sidecar('sidecar', {
      state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image: not found' } },
    }),
    'container/sidecar-failing',
    /container proxy does not start, because its image example\.com\/proxy:1 .*not found/,
  ],
  [
    'a sidecar that cannot be started, whose runtime gives the epoch as its beginning',
    sidecar(
      'sidecar',
      crash(128, {
        reason: 'StartError',
        message: 'exec: "daprd": executable file not found in $PATH',
        startedAt: '1970-01-01T00:00:00Z',
      }),
      { spec: { command: ['daprd', '--x'] } },
    ),
    'container/sidecar-failing',
    /container proxy cannot be started with the command “daprd --x” \(StartError, exit code 128\)/,
  ],
  [
    'a sidecar that is not ready',
    (evidence) => {
      sidecar('sidecar', { state: { running: { startedAt: ago(300) } } })(evidence);
      const event = podEvent(
        evidence,
        0,
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 503',
      );
      event.involvedObject.fieldPath = 'spec.containers{proxy}';
    },
    'container/sidecar-failing',
    /container proxy runs and is not ready \(Readiness probe failed: .*503\)/,
  ],
  [
    'a sidecar that the kubelet restarts because of its probe',
    (evidence) => {
      sidecar('sidecar', {
        ...crash(137),
        state: { running: { startedAt: ago(20) } },
      })(evidence);
      const event = podEvent(
        evidence,
        0,
        'Killing',
        'Container proxy failed liveness probe, will be restarted',
      );
      event.involvedObject.fieldPath = 'spec.containers{proxy}';
    },
    'container/sidecar-failing',
    /container proxy was ended by the kubelet because its probe failed/,
  ],
  [
    'an init container that fails',
    init(crash(1), { lines: ['psql: error: connection refused'] }),
    'container/init-failing',
    /init container migrate ended with Error, exit code 1, and the application’s container waits for it; its log says: psql: error: connection refused\./,
  ],
  [
    'an init container that has just failed, and has no log',
    init({ restartCount: 0, state: { terminated: { exitCode: 3, reason: 'Error', finishedAt: ago(2) } } }),
    'container/init-failing',
    /init container migrate ended with Error, exit code 3, and the application’s container waits for it\./,
  ],
  [
    'an init container that failed, and runs once more',
    init({ ...crash(1), state: { running: { startedAt: ago(3) } } }),
    'container/init-failing',
    /init container migrate ended with Error/,
  ],
  [
    'an init container that was killed and came to its end at a later try',
    (evidence) =>
      beside(
        evidence,
        0,
        'init',
        {
          ready: true,
          restartCount: 1,
          state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: ago(300) } },
          lastState: crash(137, OOM).lastState,
        },
        limited,
      ),
    'container/init-failing',
    /memory limit of 64Mi .*, and came to its end at a later try/,
  ],
  [
    'an init container whose own image is not there',
    init({ state: { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } } }),
    'container/init-failing',
    /init container migrate does not start, because its image example\.com\/migrate:1 .*manifest unknown/,
  ],
  [
    'an init container that waits for something',
    init(
      { state: { running: { startedAt: ago(240) } } },
      {
        lines: ['waiting for db:5432'],
        spec: { command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] },
      },
    ),
    'container/init-hanging',
    /init container migrate \(“sh -c until nc .*”\) has run for 4 min and has not ended; .*waiting for db:5432/,
  ],
  [
    'an init container’s migration that cannot run',
    init(crash(1), {
      lines: ["alembic.util.exc.CommandError: Can't locate revision identified by '1a2b3c'"],
    }),
    'crash/migration-failed',
    /init container migrate ends because a migration of the database cannot run/,
  ],
  [
    'an init container of the application’s image, which is not there',
    (evidence) =>
      init(
        {
          state: {
            waiting: { reason: 'ErrImageNeverPull', message: 'is not present with pull policy of Never' },
          },
        },
        { spec: { image: containerOf(evidence).image } },
      )(evidence),
    'image/never-pull-missing',
    /./,
  ],
  [
    'a key that an init container does not find',
    init({
      state: {
        waiting: { reason: 'CreateContainerConfigError', message: "couldn't find key K in Secret default/s" },
      },
    }),
    'config/secret-key-missing',
    /init container migrate needs key K of Secret s/,
  ],
  [
    'a postStart hook that fails',
    (evidence) => {
      notReady(evidence, 0);
      Object.assign(statusOf(evidence), {
        ...crash(137, { reason: 'Error' }),
        state: { waiting: { reason: 'CrashLoopBackOff' } },
      });
      const event = podEvent(
        evidence,
        0,
        'FailedPostStartHook',
        'PostStartHook failed: command \'sh -c exit 7\' exited with 7: , message: "no such table"',
      );
      event.involvedObject.fieldPath = 'spec.containers{backend}';
    },
    'container/hook-failed',
    /the postStart hook of container backend fails, so the kubelet ends the container .*no such table/,
  ],
  [
    'a postStart hook that fails, told by the status alone',
    (evidence) => {
      notReady(evidence, 0);
      Object.assign(statusOf(evidence), {
        ...crash(137, { reason: 'Error' }),
        state: {
          waiting: {
            reason: 'PostStartHookError',
            message:
              'Exec lifecycle hook ([sh -c echo no such table; exit 7]) for Container "backend" in Pod "hook_x(68a2)" failed - error: command \'sh -c echo no such table; exit 7\' exited with 7: , message: "no such table\\n"',
          },
        },
      });
      const event = podEvent(evidence, 0, 'FailedPostStartHook', 'PostStartHook failed');
      event.involvedObject.fieldPath = 'spec.containers{backend}';
    },
    'container/hook-failed',
    /starts it again: command 'sh -c echo no such table; exit 7' exited with 7: , message: "no such table ?"/,
  ],
];

test.each(ROWS)('%s', async (_, change, cause, words) => {
  const { causes, diagnoses, exitCode, unexplained } = await diagnosed(change);
  expect({ causes, unexplained, exitCode }).toEqual({ causes: [cause], unexplained: [], exitCode: 1 });
  expect(diagnoses[0]?.summary).toMatch(words);
  expect(diagnoses[0]?.object).toMatchObject({ kind: 'Pod', name: POD_NAMES[0] });
  expect(JSON.stringify(diagnoses)).not.toMatch(/after \d{6,} s|after \d{5,} days/);
});

describe('nothing is wrong', () => {
  const WELL: [string, Change, number][] = [
    [
      'a sidecar that runs and is ready',
      (evidence) => {
        for (const index of [0, 1])
          beside(evidence, index, 'sidecar', { ready: true, state: { running: { startedAt: ago(900) } } });
      },
      0,
    ],
    [
      'a sidecar among the init containers',
      (evidence) =>
        beside(evidence, 0, 'native', {
          ready: true,
          started: true,
          state: { running: { startedAt: ago(900) } },
        }),
      0,
    ],
    [
      'an init container that has done its work',
      (evidence) =>
        beside(evidence, 0, 'init', {
          ready: true,
          state: { terminated: { exitCode: 0, reason: 'Completed' } },
        }),
      0,
    ],
    [
      'a shell that somebody has attached, and that has ended',
      (evidence) =>
        Object.assign(podOf(evidence).status, {
          ephemeralContainerStatuses: [
            { name: 'debug', ready: false, restartCount: 0, state: { terminated: { exitCode: 130 } } },
          ],
        }),
      0,
    ],
    ['an init container at its work: not known yet', init({ state: { running: { startedAt: ago(20) } } }), 3],
  ];
  test.each(WELL)('%s', async (_, change, code) => {
    const { diagnoses, exitCode } = await diagnosed(change);
    expect(diagnoses.filter(({ verdict }) => verdict !== 'inconclusive')).toEqual([]);
    expect(exitCode).toBe(code);
  });
});

test('a log that could not be read is said, and its container named all the same', async () => {
  const { diagnoses } = await diagnosed((evidence) => {
    sidecar('sidecar', crash(1))(evidence);
    const [own] = evidence.otherLogs;
    if (own) own.log = { ok: false, at: ago(0), why: 'forbidden', detail: 'pods/log is forbidden' };
  });
  expect(diagnoses[0]?.cause).toBe('container/sidecar-failing');
  expect(diagnoses[0]?.evidence.map(({ value }) => value)).toContain('not read: pods/log is forbidden');
});

describe('a hook of the release that failed', () => {
  const failing: Change = ({ release }) => {
    release.revisions = [
      { revision: 2, status: 'failed' },
      { revision: 1, status: 'deployed' },
    ];
    release.description = 'Upgrade "todo" failed: pre-upgrade hooks failed';
    release.hooks = [{ kind: 'Job', name: 'migrate', events: ['pre-upgrade'], phase: 'Failed' }];
  };
  const log = (pod: string, ...texts: string[]) => ({
    ...{ pod, container: 'migrate', previous: false },
    log: {
      ok: true as const,
      at: ago(1),
      value: { gap: false, lines: texts.map((text) => ({ at: ago(20), text })) },
    },
  });

  test('is told with the last lines of its pod', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      failing(evidence);
      evidence.otherLogs = [
        log('migrate-x7c2d', 'one', 'two', 'three', 'FAILED: Can’t locate revision 4f2a', ''),
        log('migrator-b8w7q', 'of another'),
      ];
    });
    const [first] = diagnoses;
    expect(first?.cause).toBe('helm/failed');
    expect(first?.summary).toMatch(
      /Its pre-upgrade hook Job migrate failed, and said last: “FAILED: Can’t locate revision 4f2a”\.$/,
    );
    const quoted = first?.evidence.filter(({ source }) => source === 'log') ?? [];
    expect(quoted.map(({ value }) => value)).toEqual(['FAILED: Can’t locate revision 4f2a', 'three', 'two']);
    expect(quoted[0]?.object?.name).toBe('migrate-x7c2d');
  });

  test('whose pod is gone is told without', async () => {
    const { diagnoses } = await diagnosed(failing);
    expect(diagnoses[0]?.summary).toMatch(/Its pre-upgrade hook Job migrate failed\.$/);
  });
});
