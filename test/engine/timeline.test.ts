import { describe, expect, test } from '@jest/globals';
import { timelineOf } from '../../src/engine/timeline.js';
import type { KubernetesEvent, Pod } from '../../src/evidence/objects.js';
import { healthyEvidence } from '../support/healthy.js';

function pod(change: (status: NonNullable<Pod['status']>, pod: Pod) => void = () => undefined): Pod {
  const [first] = healthyEvidence().pods;
  if (!first?.status) throw new Error('the healthy evidence has a pod with a status');
  change(first.status, first);
  return first;
}

function event(name: string, more: Partial<KubernetesEvent> = {}): KubernetesEvent {
  return {
    metadata: { name },
    type: 'Warning',
    reason: 'BackOff',
    message: 'back-off restarting failed container',
    lastTimestamp: '2026-02-09T14:01:00Z',
    involvedObject: { kind: 'Pod', namespace: 'default', name },
    ...more,
  };
}

const said = (pods?: Pod[], events?: KubernetesEvent[]) =>
  timelineOf({ pods, events })?.entries.map(({ at, level, reason, message }) => [at, level, reason, message]);

test('nothing was read: there is no timeline; nothing happened: it is empty', () => {
  expect(timelineOf({ pods: undefined, events: undefined })).toBeUndefined();
  expect(timelineOf({ pods: [], events: undefined })).toEqual({ entries: [], omitted: 0 });
});

describe('a pod', () => {
  test('that restarted: made, ended with its reason and uptime, started again, Ready', () => {
    const restarted = pod((status, { metadata }) => {
      metadata.creationTimestamp = '2026-02-09T13:58:00Z';
      const [container] = status.containerStatuses ?? [];
      if (!container) throw new Error('the healthy pod has a container');
      container.restartCount = 2;
      container.state = { running: { startedAt: '2026-02-09T14:00:12Z' } };
      container.lastState = {
        terminated: {
          exitCode: 137,
          reason: 'OOMKilled',
          startedAt: '2026-02-09T13:59:00Z',
          finishedAt: '2026-02-09T14:00:10Z',
        },
      };
      status.conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-02-09T14:00:30Z' }];
    });
    expect(said([restarted])).toEqual([
      ['2026-02-09T13:58:00Z', 'normal', 'Created', 'pod created'],
      [
        '2026-02-09T14:00:10Z',
        'warning',
        'OOMKilled',
        'container backend ended after 70 s: OOMKilled, exit code 137',
      ],
      ['2026-02-09T14:00:12Z', 'normal', 'Started', 'container backend started, restart 2'],
      ['2026-02-09T14:00:30Z', 'normal', 'Ready', 'pod is Ready'],
    ]);
  });

  test.each([
    ['2026-02-09T14:03:00Z', ['NotReady']],
    // Since it was made: it has not been ready yet.
    ['2026-02-09T13:58:01Z', []],
  ])('that is not Ready since %s', (lastTransitionTime, reasons) => {
    const unready = pod((status) => {
      status.startTime = '2026-02-09T13:58:01Z';
      status.containerStatuses = [];
      status.conditions = [{ type: 'Ready', status: 'False', lastTransitionTime }];
    });
    expect(said([unready])?.map(([, , reason]) => reason)).toEqual(['Created', ...reasons]);
  });
});

describe('events', () => {
  test('count as often as they were seen, at the time that they have', () => {
    const events = [
      event('a', { count: 7 }),
      event('b', { lastTimestamp: undefined, eventTime: '2026-02-09T14:02:00.123456Z', type: 'Normal' }),
    ];
    expect(timelineOf({ pods: undefined, events })?.entries).toMatchObject([
      { object: { name: 'a' }, count: 7, level: 'warning' },
      { object: { name: 'b' }, count: 1, level: 'normal', at: '2026-02-09T14:02:00.123456Z' },
    ]);
  });

  test('without a time, or with one that is none, are left out', () => {
    expect(
      said([], [event('a', { lastTimestamp: undefined }), event('b', { lastTimestamp: 'yesterday' })]),
    ).toEqual([]);
  });

  test('that tell what a pod’s status tells are told once', () => {
    const started = pod((status) => {
      const [container] = status.containerStatuses ?? [];
      if (container) container.state = { running: { startedAt: '2026-02-09T13:58:05Z' } };
    });
    const same = event(started.metadata.name, { reason: 'Started', lastTimestamp: '2026-02-09T13:58:05Z' });
    expect(said([started], [same])?.filter(([, , reason]) => reason === 'Started')).toHaveLength(1);
  });
});

test('of too many the warnings stay, and the rest is counted', () => {
  const events = Array.from({ length: 150 }, (_, index) =>
    event(`e-${index}`, {
      type: index < 20 ? 'Warning' : 'Normal',
      lastTimestamp: new Date(index * 60_000).toISOString(),
    }),
  );
  const timeline = timelineOf({ pods: undefined, events });
  expect(timeline?.entries).toHaveLength(100);
  expect(timeline?.entries.filter(({ level }) => level === 'warning')).toHaveLength(20);
  expect(timeline?.omitted).toBe(50);
});
