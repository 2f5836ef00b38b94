/** Roots and symptoms: two faults at once are both told, and what follows from a fault is told with it. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { SHOWN } from './shown/all.js';
import {
  containerOf,
  crashed,
  notReady,
  podEvent,
  podOf,
  restarted,
  unscheduled,
  waiting,
} from '../support/pod-states.js';

type Change = (evidence: HealthyEvidence) => void;

const noSecret =
  (index: number): Change =>
  (evidence) =>
    waiting(evidence, index, 'CreateContainerConfigError', 'secret "todo-certs" not found');
const noMemory =
  (index: number): Change =>
  (evidence) =>
    unscheduled(evidence, index, '0/1 nodes are available: 1 Insufficient memory.');
const noImage =
  (index: number): Change =>
  (evidence) => {
    containerOf(evidence, index).image = 'registry.example.org/todo/backend:v9';
    waiting(evidence, index, 'ErrImagePull', 'manifest unknown');
  };
const noModule =
  (index: number): Change =>
  (evidence) =>
    crashed(evidence, index, { exitCode: 1 }, [
      'Traceback (most recent call last):',
      '  File "x"',
      "ModuleNotFoundError: No module named 'x'",
    ]);
const oom =
  (index: number): Change =>
  (evidence) =>
    restarted(evidence, index, { exitCode: 137, reason: 'OOMKilled' }, { secondsAgo: 60 });
const unauthorised =
  (index: number): Change =>
  (evidence) => {
    notReady(evidence, index);
    podEvent(evidence, index, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 401', {
      count: 9,
    });
  };
const pressure: Change = ({ nodes }) => {
  const condition = nodes[0]?.status?.conditions?.find(({ type }) => type === 'MemoryPressure');
  if (condition) condition.status = 'True';
};
const noLimit: Change = (evidence) => {
  for (const index of [0, 1]) delete containerOf(evidence, index).resources?.limits?.memory;
};

const PAIRS: [string, Change, string, Change][] = [
  ['config/secret-missing', noSecret(0), 'scheduling/insufficient-memory', noMemory(1)],
  ['image/not-found', noImage(0), 'crash/import-error', noModule(1)],
  ['memory/oom-killed', oom(0), 'health/auth-required', unauthorised(1)],
  ['memory/oom-killed', oom(0), 'scheduling/insufficient-memory', noMemory(1)],
  ['crash/import-error', noModule(0), 'memory/oom-killed', oom(1)],
  ['health/auth-required', unauthorised(0), 'image/not-found', noImage(1)],
  ['memory/node-pressure', pressure, 'image/not-found', noImage(1)],
  ['image/not-found', noImage(0), 'memory/no-limit', noLimit],
];

describe('two faults at once: neither hides the other', () => {
  test.each(PAIRS)('%s', async (first, changeFirst, second, changeSecond) => {
    const { causes, unexplained, exitCode } = await diagnosed((evidence) => {
      changeFirst(evidence);
      changeSecond(evidence);
    });
    expect([...causes].sort()).toEqual([first, second].sort());
    expect(unexplained).toEqual([]);
    expect(exitCode).toBe(1);
  });

  test('a warning stands behind an error', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      noLimit(evidence);
      noImage(0)(evidence);
    });
    expect(diagnoses.map(({ severity }) => severity)).toEqual(['error', 'warning']);
  });
});

describe('symptoms', () => {
  test('a stuck rollout is told with what it is stuck at', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      noImage(0)(evidence);
      const progress = evidence.deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
      Object.assign(progress ?? {}, { status: 'False', reason: 'ProgressDeadlineExceeded' });
    });
    expect(diagnoses.map(({ cause, folded }) => [cause, folded])).toEqual([
      ['image/not-found', ['rollout/stuck']],
    ]);
  });

  test('another pod’s trouble is no symptom', async () => {
    const { diagnoses } = await diagnosed((evidence) => {
      oom(0)(evidence);
      restarted(evidence, 1, { exitCode: 143 }, { secondsAgo: 60 });
      podEvent(evidence, 1, 'Killing', 'Container backend failed liveness probe, will be restarted', {
        secondsAgo: 60,
      });
    });
    expect(diagnoses.map(({ cause, object }) => [cause, object?.name])).toEqual([
      ['crash/liveness-killed', POD_NAMES[1]],
      ['memory/oom-killed', POD_NAMES[0]],
    ]);
  });

  test('a check that fails for a pod of which nothing was found is not explained away', async () => {
    const { unexplained, exitCode } = await diagnosed(
      (evidence) => {
        noSecret(0)(evidence);
        // Not ready, and it is not known why.
        notReady(evidence, 1);
      },
      { topic: 'pods' },
    );
    expect(unexplained).toEqual([]);
    expect(exitCode).toBe(1);
  });

  test('a check that nothing explains is told, and the doctor is not green', async () => {
    const { causes, unexplained, exitCode } = await diagnosed(({ deployment }) => {
      deployment.spec.strategy = { type: 'Recreate' };
    });
    expect(causes).toEqual([]);
    expect(unexplained).toEqual(['deployment/strategy']);
    expect(exitCode).toBe(1);
  });

  test('checks that are blocked go with what blocks them', async () => {
    const { diagnoses } = await diagnosed(noSecret(0));
    expect(diagnoses[0]?.symptoms).toEqual(
      expect.arrayContaining(['pods/running', 'pods/ready', 'functional/database-logs']),
    );
  });
});

describe('order', () => {
  test('each diagnosis has the path of its topic, its ruled-out causes and a way to see it fixed', async () => {
    const { diagnoses } = await diagnosed(noMemory(0));
    const [first] = diagnoses;
    expect(first?.path.map(({ hop, state }) => [hop, state])).toEqual([
      ['cluster', 'good'],
      ['nodes', 'good'],
      ['deployment', 'good'],
      ['released', 'good'],
      ['created', 'good'],
      ['scheduled', 'broken'],
      ['kept', 'good'],
      ['image', 'good'],
      ['configured', 'good'],
      ['alive', 'good'],
      ['ready', 'not-reached'],
      ['rollout', 'unknown'],
    ]);
    expect(first?.ruledOut).toEqual(expect.arrayContaining(['image pull', 'preemption']));
    expect(first?.ruledOut).not.toContain('scheduling');
    expect(first?.then).toBe('todo-k8s doctor pods --watch');
  });

  /** First what keeps pods from serving, then what they need, then what is before them. */
  test.each([
    ['crash/import-error', 'service/selector-mismatch'],
    ['image/not-found', 'service/target-port-mismatch'],
    ['crash/import-error', 'service/wrong-node-port'],
    ['scheduling/insufficient-memory', 'db/sslmode-missing'],
    ['config/runs-as-root', 'db/url-malformed'],
    ['container/init-failing', 'service/selector-mismatch'],
    ['health/wrong-port', 'service/selector-mismatch'],
    ['health/auth-required', 'service/target-port-mismatch'],
    ['db/authentication-failed', 'service/selector-mismatch'],
    ['db/database-missing', 'service/target-port-mismatch'],
  ])('%s before %s, whichever explains more', async (first, second) => {
    const change = (cause: string) => SHOWN.find(([id]) => id === cause)?.[1];
    const { causes } = await diagnosed((evidence) => {
      for (const each of [second, first]) {
        const shown = change(each);
        if (shown === undefined) throw new Error(`no state shows ${each}`);
        shown(evidence);
      }
    });
    expect(causes[0]).toBe(first);
    expect(causes).toContain(second);
  });

  test('hops behind a broken one are not reached', async () => {
    const { topics } = await diagnosed(
      (evidence) => Object.assign(evidence, { deployment: undefined, pods: [], replicaSets: [] }),
      { topic: 'pods' },
    );
    // What Helm has on record does not depend on the Deployment: it may say why there is none.
    const behind = topics[0]?.path.slice(3).filter(({ hop }) => hop !== 'released');
    expect(behind?.length).toBeGreaterThan(5);
    expect(behind?.map(({ state }) => state)).toEqual(behind?.map(() => 'not-reached'));
  });

  test('the same evidence gives the same diagnoses', async () => {
    const change: Change = (evidence) => {
      noMemory(0)(evidence);
      noImage(1)(evidence);
      podOf(evidence);
    };
    expect(JSON.stringify((await diagnosed(change)).diagnoses)).toBe(
      JSON.stringify((await diagnosed(change)).diagnoses),
    );
  });
});
