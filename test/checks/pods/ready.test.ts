import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/ready.js';
import type { Pod } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';

const [FIRST] = POD_NAMES;
const unready = (startedAt: string, more: (pod: Pod) => void = () => undefined) =>
  judge(check, ({ pods: [pod] }) => {
    if (!pod?.status) return;
    pod.status.conditions = [
      {
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        message: 'containers with unready status: [backend]',
      },
    ];
    Object.assign(pod.status.containerStatuses?.[0] ?? {}, {
      ready: false,
      state: { running: { startedAt } },
    });
    more(pod);
  });

describe('pods/ready', () => {
  test('passes when every pod is Ready', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: '2 of 2 pods Ready' });
  });

  test('fails on one that is not, in the condition’s words', () => {
    const judged = unready('2026-02-09T13:58:03Z');
    expect(judged).toMatchObject({ status: 'fail', ids: ['not-ready'] });
    expect(judged.messages).toEqual([
      `${FIRST} is not Ready (READY 0/1, ContainersNotReady): containers with unready status: [backend]`,
    ]);
    expect(judged.findings[0]?.object).toEqual({ kind: 'Pod', namespace: 'default', name: FIRST });
  });

  test('says when the readiness probe has not begun yet', () => {
    const judged = unready('2026-02-09T14:04:55Z');
    expect(judged).toMatchObject({ status: 'fail', ids: ['starting'] });
    expect(judged.messages[0]).toContain('it runs for 5 s, and its readiness probe begins after 15 s');
  });

  test('does not call a pod young by a clock that is ahead, or without a probe', () => {
    expect(unready('2026-02-09T15:00:00Z').ids).toEqual(['not-ready']);
    expect(unready('2026-02-09T14:04:55Z', (pod) => (pod.spec.containers = [])).ids).toEqual(['not-ready']);
  });

  test('a pod without a Ready condition is not Ready', () => {
    const judged = judge(check, ({ pods: [pod] }) => {
      if (pod) pod.status = { phase: 'Running' };
    });
    expect(judged).toMatchObject({ status: 'fail', messages: [`${FIRST} is not Ready (READY 0/0)`] });
  });

  test('does not judge a pod that is ending', () => {
    const judged = unready(
      '2026-02-09T13:58:03Z',
      (pod) => (pod.metadata.deletionTimestamp = '2026-02-09T14:04:00Z'),
    );
    expect(judged).toMatchObject({ status: 'pass', text: '1 of 1 pods Ready' });
  });

  test('proves nothing where there is no pod', () => {
    expect(judge(check, (evidence) => (evidence.pods = []))).toMatchObject({ status: 'skip' });
  });

  describe('of a pod whose condition Ready is True', () => {
    const ready = (change: (pod: Pod) => void) => judge(check, ({ pods: [pod] }) => pod && change(pod));
    const sidecar = { name: 'proxy', ready: false, restartCount: 0 };

    test.each<[string, (pod: Pod) => void, string]>([
      [
        'the container is not ready',
        ({ status }) => Object.assign(status?.containerStatuses?.[0] ?? {}, { ready: false }),
        'container backend is not ready',
      ],
      [
        'a second container is not ready',
        ({ spec, status }) => {
          spec.containers.push({ name: 'proxy' });
          status?.containerStatuses?.push(sidecar);
        },
        'container proxy is not ready',
      ],
      [
        'a container has no status',
        ({ spec }) => spec.containers.push({ name: 'proxy' }),
        'proxy has no status',
      ],
      [
        'a sidecar is not ready',
        ({ spec, status }) => {
          spec.initContainers = [{ name: 'proxy', restartPolicy: 'Always' }];
          if (status) status.initContainerStatuses = [sidecar];
        },
        'container proxy is not ready',
      ],
      [
        'ContainersReady is False',
        ({ status }) =>
          Object.assign(status?.conditions?.find(({ type }) => type === 'ContainersReady') ?? {}, {
            status: 'False',
          }),
        'condition ContainersReady is False',
      ],
    ])('fails when %s', (_what, change, part) => {
      const judged = ready(change);
      expect(judged).toMatchObject({ status: 'fail', ids: ['contradiction'] });
      expect(judged.messages[0]).toContain(`${part}, although the pod’s condition Ready is True`);
    });

    test('an init container that has ended is none', () => {
      const judged = ready(({ spec, status }) => {
        spec.initContainers = [{ name: 'migrate' }];
        if (status) status.initContainerStatuses = [{ ...sidecar, name: 'migrate', ready: true }];
      });
      expect(judged.status).toBe('pass');
    });
  });
});
