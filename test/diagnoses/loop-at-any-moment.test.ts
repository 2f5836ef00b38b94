/** A container that ends again and again, asked about at each moment of its loop: the same cause every time, and never calm. */
import { describe, expect, test } from '@jest/globals';
import type { Container, ContainerStatus } from '../../src/evidence/objects.js';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, notReady, podOf } from '../support/pod-states.js';

const ENDED = { exitCode: 9, reason: 'Error', startedAt: ago(24), finishedAt: ago(22) };
const JUST = { ...ENDED, startedAt: ago(3), finishedAt: ago(1) };

const MOMENTS: [moment: string, status: Partial<ContainerStatus>][] = [
  ['ended for the first time', { state: { terminated: JUST }, restartCount: 0 }],
  ['ended once more', { state: { terminated: JUST }, restartCount: 1, lastState: { terminated: ENDED } }],
  [
    'held back',
    {
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } },
      restartCount: 1,
      lastState: { terminated: ENDED },
    },
  ],
  [
    'started again, and not yet known as started',
    {
      state: { running: { startedAt: ago(1) } },
      started: false,
      restartCount: 1,
      lastState: { terminated: ENDED },
    },
  ],
  [
    'started again',
    {
      state: { running: { startedAt: ago(1) } },
      started: true,
      restartCount: 1,
      lastState: { terminated: ENDED },
    },
  ],
  [
    'started for the third time, and up for longer than before',
    {
      state: { running: { startedAt: ago(6) } },
      started: true,
      restartCount: 2,
      lastState: { terminated: JUST },
    },
  ],
];

type Kind = 'beside' | 'stays' | 'init';

const PROXY: Container = { name: 'proxy', image: 'proxy:1' };

function loop(kind: Kind, isUp: boolean, moment: Partial<ContainerStatus>) {
  return (evidence: HealthyEvidence): void => {
    const pod = podOf(evidence);
    pod.metadata.creationTimestamp = ago(40);
    notReady(evidence, 0);
    const [own] = pod.status.containerStatuses ?? [];
    if (!own) throw new Error('no status');
    const ready = moment.state?.running !== undefined && moment.started === true && kind !== 'init';
    const status: ContainerStatus = { ...own, name: 'proxy', ready, ...moment };
    own.ready = isUp;
    own.started = isUp;
    own.state = isUp
      ? { running: { startedAt: ago(30) } }
      : { waiting: { reason: kind === 'beside' ? 'ContainerCreating' : 'PodInitializing' } };
    if (kind === 'beside') {
      pod.spec.containers.push(PROXY);
      pod.status.containerStatuses?.push(status);
    } else {
      pod.spec.initContainers = [{ ...PROXY, ...(kind === 'stays' && { restartPolicy: 'Always' }) }];
      pod.status.initContainerStatuses = [status];
      if (!isUp) pod.status.phase = 'Pending';
    }
    const progress = evidence.deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
    Object.assign(progress ?? {}, { reason: 'ReplicaSetUpdated', lastUpdateTime: ago(40) });
  };
}

describe.each<[what: string, kind: Kind, isUp: boolean, cause: string]>([
  ['beside the application, which waits', 'beside', false, 'container/sidecar-failing'],
  ['beside the application, which serves', 'beside', true, 'container/sidecar-failing'],
  ['an init container that stays', 'stays', false, 'container/sidecar-failing'],
  ['an init container that stays, and the application serves', 'stays', true, 'container/sidecar-failing'],
  ['an init container', 'init', false, 'container/init-failing'],
])('%s', (_what, kind, isUp, cause) => {
  test.each(MOMENTS)('%s', async (_moment, status) => {
    const { causes, diagnoses, unexplained, exitCode } = await diagnosed(loop(kind, isUp, status));
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed' });
    expect(unexplained).toEqual([]);
    expect(exitCode).toBe(1);
  });
});
