/** Probes that fail: each cause from the kubelet's words, found first. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import {
  liveness,
  path,
  readiness,
  REFUSED,
  says,
  TIMED_OUT,
  together,
  type Change,
} from '../support/health-states.js';
import {
  ago,
  containerOf,
  crashed,
  notReady,
  podEvent,
  podOf,
  restarted,
  statusOf,
} from '../support/pod-states.js';
import { HEALTH } from './shown/health.js';

describe('each cause is found first, and the probe’s checks follow from it', () => {
  test.each(HEALTH)('%s', async (cause, change) => {
    const { causes, diagnoses, unexplained, exitCode } = await diagnosed(change, { topic: 'health' });
    expect(causes).toEqual([cause]);
    expect(unexplained).toEqual([]);
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Pod', name: POD_NAMES[0] } });
    expect(diagnoses[0]?.fix.length).toBeGreaterThan(0);
    expect(exitCode).toBe(1);
  });

  test('the pods topic says the same', async () => {
    const { causes } = await diagnosed(readiness('HTTP probe failed with statuscode: 401'), {
      topic: 'pods',
    });
    expect(causes).toEqual(['health/auth-required']);
  });

  test('probe arithmetic: what the probes allow, and what was seen', async () => {
    const { diagnoses } = await diagnosed(
      liveness(REFUSED, says('INFO:     Waiting for application startup.')),
      { topic: 'health' },
    );
    expect(diagnoses[0]?.evidence.map(({ value }) => value)).toContainEqual(
      'initialDelaySeconds 15 + periodSeconds 10 × failureThreshold 3 = 45 s',
    );
    expect(diagnoses[0]?.fix[0]?.command).toContain('startupProbe');
  });

  test('flapping warns', async () => {
    const { causes, exitCode } = await diagnosed(
      (evidence) => {
        podEvent(evidence, 0, 'Unhealthy', `Readiness probe failed: ${TIMED_OUT}`, {
          count: 14,
          secondsAgo: 90,
        });
        const ready = podOf(evidence).status.conditions?.find(({ type }) => type === 'Ready');
        if (ready) ready.lastTransitionTime = ago(60);
      },
      { topic: 'health' },
    );
    expect(causes).toEqual(['health/flapping']);
    expect(exitCode).toBe(0);
  });

  /** Failures of a pod that is ready again: so often, from so many seconds after its container's start, at so many seconds. */
  const failing = (count: number, since: number, seconds: number, container = 'backend') =>
    diagnosed(
      (evidence) => {
        const pod = podOf(evidence);
        const [status] = pod.status.containerStatuses ?? [];
        if (!status) throw new Error('no status');
        const started = 300;
        status.state = { running: { startedAt: ago(started) } };
        if (container !== 'backend') {
          pod.spec.containers.push({ name: container, image: 'proxy', readinessProbe: { periodSeconds: 2 } });
          pod.status.containerStatuses?.push({ ...status, name: container });
        }
        const event = podEvent(evidence, 0, 'Unhealthy', `Readiness probe failed: ${TIMED_OUT}`, {
          count,
          since: started - since,
          secondsAgo: started - seconds,
        });
        event.involvedObject.fieldPath = `spec.containers{${container}}`;
        const ready = podOf(evidence).status.conditions?.find(({ type }) => type === 'Ready');
        if (ready) ready.lastTransitionTime = ago(started - seconds - 5);
      },
      { topic: 'health' },
    );

  test.each([
    ['a start of two minutes', 10, 15, 105, 'backend'],
    ['a start that fails from its first second on', 8, 0, 80, 'backend'],
    ['a proxy beside it that takes 45 s', 20, 3, 43, 'istio-proxy'],
  ])('%s is no flapping', async (_what, count, since, seconds, container) => {
    const { causes, exitCode } = await failing(count, since, seconds, container);
    expect(causes).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test.each([
    ['now and then from the start on', 8, 15, 240, 'backend'],
    ['first when it had long been ready', 7, 150, 220, 'backend'],
    ['a proxy beside it, again and again', 20, 3, 200, 'istio-proxy'],
  ])('flapping: %s', async (_what, count, since, seconds, container) => {
    expect((await failing(count, since, seconds, container)).causes).toEqual(['health/flapping']);
  });

  test('200 with a body that says otherwise is seen, though no probe notices', async () => {
    const { causes, exitCode } = await diagnosed(
      ({ health }) => {
        health.json = { status: 'unhealthy', database: 'disconnected' };
      },
      { topic: 'health' },
    );
    expect(causes).toEqual(['health/database-down']);
    expect(exitCode).toBe(1);
  });

  test('slow, though quicker than the time-out: a warning', async () => {
    const { causes, diagnoses, exitCode } = await diagnosed(({ health }) => void (health.ms = 1300), {
      topic: 'health',
    });
    expect(causes).toEqual(['health/too-slow']);
    expect(diagnoses[0]?.severity).toBe('warning');
    expect(exitCode).toBe(0);
  });
});

describe('no answer is no all-clear', () => {
  test('not ready, and no event says why', async () => {
    const { diagnoses, exitCode } = await diagnosed((evidence) => notReady(evidence, 0), { topic: 'health' });
    expect(diagnoses[0]?.verdict).toBe('inconclusive');
    expect(diagnoses[0]?.summary).toContain('no event says why');
    expect(exitCode).not.toBe(0);
  });

  test('events may not be read', async () => {
    const { exitCode, causes } = await diagnosed(undefined, {
      topic: 'health',
      unread: { events: { ok: false, at: ago(0), why: 'timeout', detail: 'events: no answer within 5 s' } },
    });
    expect(causes).toEqual(['evidence/unreadable']);
    expect(exitCode).toBe(3);
  });
});

describe('pairs that look alike', () => {
  const kills: [string, Change, string][] = [
    [
      'the kubelet’s liveness kill',
      liveness('HTTP probe failed with statuscode: 404', path),
      'health/wrong-path',
    ],
    [
      'the kernel’s kill at the memory limit',
      (evidence) => restarted(evidence, 0, { exitCode: 137, reason: 'OOMKilled' }, { secondsAgo: 40 }),
      'memory/oom-killed',
    ],
    [
      'a kill of a child process',
      (evidence) => restarted(evidence, 0, { exitCode: 137 }, { secondsAgo: 40 }),
      'memory/child-killed',
    ],
    [
      'the application’s own crash',
      (evidence) =>
        restarted(
          evidence,
          0,
          { exitCode: 1 },
          { secondsAgo: 40, lines: ['Traceback (most recent call last):', '  File "x"', 'RuntimeError: no'] },
        ),
      'crash/startup-exception',
    ],
  ];
  test.each(kills)('%s', async (_, change, cause) => {
    expect((await diagnosed(change)).causes).toEqual([cause]);
  });

  test('too slow to start, wrong path, database down', async () => {
    const causes = await Promise.all(
      [
        liveness(REFUSED, says('INFO:     Waiting for application startup.')),
        liveness('HTTP probe failed with statuscode: 404', path),
        liveness(
          'HTTP probe failed with statuscode: 503',
          says('ERROR:    todo: Health check: database error: connection failed: timeout'),
        ),
      ].map(async (change) => (await diagnosed(change, { topic: 'health' })).causes),
    );
    expect(causes).toEqual([['health/not-listening-yet'], ['health/wrong-path'], ['health/database-down']]);
  });

  test.each([
    ['out of memory', { exitCode: 137, reason: 'OOMKilled' }, 'memory/oom-killed'],
    ['an exception', { exitCode: 1 }, 'crash/startup-exception'],
  ])(
    'a container that ends while it starts (%s), and fails its probes on the way',
    async (_, ended, cause) => {
      const traceback = ['Traceback (most recent call last):', '  File "x"', 'RuntimeError: no'];
      const { causes } = await diagnosed((evidence) => {
        crashed(evidence, 0, ended, ended.exitCode === 1 ? traceback : []);
        podEvent(evidence, 0, 'Unhealthy', `Readiness probe failed: ${REFUSED}`, {
          count: 5,
          since: 90,
          secondsAgo: 65,
        });
      });
      expect(causes).toEqual([cause]);
    },
  );

  test('right after a restart a probe is refused for a moment: the failure before it counts', async () => {
    const change = together(liveness('HTTP probe failed with statuscode: 404', path), (evidence) =>
      podEvent(evidence, 0, 'Unhealthy', `Liveness probe failed: ${REFUSED}`, { secondsAgo: 5 }),
    );
    expect((await diagnosed(change, { topic: 'health' })).causes).toEqual(['health/wrong-path']);
  });

  test('a container that is about to end fails its readiness probe in other ways: what has ended it counts', async () => {
    const change = together(liveness('HTTP probe failed with statuscode: 404', path), (evidence) => {
      notReady(evidence, 0);
      podEvent(evidence, 0, 'Unhealthy', `Readiness probe failed: ${TIMED_OUT}`, { secondsAgo: 38 });
      podEvent(evidence, 0, 'Unhealthy', `Readiness probe failed: ${REFUSED}`, { secondsAgo: 36 });
    });
    expect((await diagnosed(change)).causes).toEqual(['health/wrong-path']);
  });
});

test('a start that is slow for a CPU limit far below the contract’s: the limit goes first', async () => {
  const { causes, diagnoses } = await diagnosed((evidence) => {
    liveness(REFUSED, says('INFO:     Waiting for application startup.'))(evidence);
    const [own] = evidence.deployment.spec.template.spec.containers;
    if (own) own.resources = { ...own.resources, limits: { cpu: '10m', memory: '1Gi' } };
    for (const { probe } of evidence.inPod)
      if (probe.ok) Object.assign(probe, { ok: false, why: 'failed', detail: 'python3 ended with code 137' });
  });
  expect(causes[0]).toBe('health/not-listening-yet');
  expect(causes).not.toContain('evidence/unreadable');
  expect(diagnoses[0]?.summary).toContain('with a CPU limit of 10m, where the contract has 1000m');
  expect(diagnoses[0]?.fix[0]?.command).toContain('backend.resources.limits.cpu=1000m');
});

test.each([
  [
    'curl',
    'Readiness probe errored and resulted in unknown state: failed to exec in container: failed to start exec "8a": OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH',
  ],
  // Runtimes of before say that it failed.
  [
    'wget',
    'Readiness probe failed: OCI runtime exec failed: exec failed: unable to start container process: exec: "wget": executable file not found in $PATH: unknown',
  ],
])(
  'a probe whose command, %s, the image does not have: told by the first event',
  async (command, message) => {
    const { causes, diagnoses } = await diagnosed((evidence) => {
      const pod = podOf(evidence);
      notReady(evidence, 0);
      const status = statusOf(evidence);
      status.state = { running: { startedAt: ago(5) } };
      pod.metadata.creationTimestamp = ago(6);
      containerOf(evidence).readinessProbe = { exec: { command: [command, '-f', 'http://localhost:8000'] } };
      podEvent(evidence, 0, 'Unhealthy', message, { count: 1, secondsAgo: 2 });
    });
    expect(causes[0]).toBe('health/command-fails');
    expect(diagnoses[0]?.summary).toContain(`cannot be started, because the image has no ${command}`);
  },
);

describe('a pod that has just started', () => {
  /** Quick probes: after 25 s they have failed more often than they may. */
  const quick =
    (count: number, since: number): Change =>
    (evidence) => {
      notReady(evidence, 0);
      statusOf(evidence, 0).state = { running: { startedAt: ago(25) } };
      Object.assign(containerOf(evidence).readinessProbe ?? {}, { initialDelaySeconds: 4, periodSeconds: 5 });
      podEvent(evidence, 0, 'Unhealthy', `Readiness probe failed: ${REFUSED}`, {
        count,
        since,
        secondsAgo: 1,
      });
      says('INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)')(evidence);
    };

  test('whose probe has failed more often than it may is not merely starting', async () => {
    expect((await diagnosed(quick(4, 20))).causes).toEqual(['health/bound-to-loopback']);
  });

  test('…where the failures are not those of the run before', async () => {
    expect((await diagnosed(quick(40, 300))).causes).not.toContain('health/bound-to-loopback');
  });

  test('…and not before', async () => {
    expect((await diagnosed(quick(3, 20))).causes).not.toContain('health/bound-to-loopback');
  });
});

describe('the health endpoint as it answers inside the pods', () => {
  const inside =
    (status: number): Change =>
    ({ vantage }) => {
      for (const pod of vantage.pods) {
        if (pod.inside.ok && pod.inside.value.localhost) pod.inside.value.localhost.status = status;
      }
    };
  const outside: Change = ({ health }) =>
    Object.assign(health, { status: 503, json: undefined, body: 'upstream' });

  test('fails as well: it is the application', async () => {
    const { diagnoses } = await diagnosed(together(outside, inside(503)));
    expect(diagnoses[0]).toMatchObject({ cause: 'health/server-error', verdict: 'confirmed' });
    expect(diagnoses[0]?.evidence.map(({ source, value }) => `${source}: ${value}`)).toContain(
      'asked at localhost inside the pod: HTTP 503',
    );
  });

  test('is well: what lies between answers so', async () => {
    const { causes, diagnoses, exitCode } = await diagnosed(together(outside, inside(200)));
    expect(causes).toEqual(['service/http-error']);
    expect(diagnoses[0]).toMatchObject({ verdict: 'likely', object: { kind: 'Service' } });
    expect(diagnoses[0]?.symptoms).toContain('functional/health');
    expect(exitCode).toBe(1);
  });

  test('makes certain what the kubelet got no valid response to', async () => {
    const broken = readiness('Get "http://10.244.0.5:8000/api/health": EOF');
    expect((await diagnosed(together(broken, inside(500)))).diagnoses[0]).toMatchObject({
      cause: 'health/server-error',
      verdict: 'confirmed',
      wouldConfirm: null,
    });
    expect((await diagnosed(together(broken, inside(200)))).diagnoses[0]).toMatchObject({
      cause: 'health/server-error',
      verdict: 'likely',
    });
  });
});
