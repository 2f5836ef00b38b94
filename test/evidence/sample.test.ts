import { describe, expect, test } from '@jest/globals';
import { chosenFirst, MAX_PODS, notSampled } from '../../src/evidence/facts/sample.js';
import type { Pod } from '../../src/evidence/objects.js';
import { healthyEvidence } from '../support/healthy.js';

/** Pods of which a later one is newer. */
function pods(count: number, change: (pod: Pod, index: number) => void = () => undefined): Pod[] {
  const [pod] = healthyEvidence().pods;
  if (!pod) throw new Error('the healthy state has pods');
  return Array.from({ length: count }, (_, index) => {
    const copy = structuredClone(pod);
    copy.metadata.name = `pod-${index}`;
    copy.metadata.creationTimestamp = new Date(Date.UTC(2026, 1, 9, 12, 0, index)).toISOString();
    change(copy, index);
    return copy;
  });
}

const chosen = (all: Pod[]) => chosenFirst(all).slice(0, MAX_PODS);

describe('which of many pods are looked into', () => {
  test('few: all of them, newest first', () => {
    expect(chosenFirst(pods(3)).map(({ metadata }) => metadata.name)).toEqual(['pod-2', 'pod-1', 'pod-0']);
  });

  test('none is left out of the list, and none is there twice', () => {
    expect(new Set(chosenFirst(pods(500)).map(({ metadata }) => metadata.name)).size).toBe(500);
  });

  test('some of every node, however old they are', () => {
    const all = pods(500, ({ spec }, index) => (spec.nodeName = index < 3 ? 'old' : `node-${index % 5}`));
    expect(new Set(chosen(all).map(({ spec }) => spec.nodeName))).toEqual(
      new Set(['old', 'node-0', 'node-1', 'node-2', 'node-3', 'node-4']),
    );
  });

  test('the oldest of all, where it is the one that is not ready or was restarted', () => {
    const all = pods(500, ({ status }, index) => {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      if (index === 0 && ready) ready.status = 'False';
      const [container] = status?.containerStatuses ?? [];
      if (index === 1 && container) container.restartCount = 2;
    });
    expect(
      chosen(all)
        .slice(0, 2)
        .map(({ metadata }) => metadata.name),
    ).toEqual(['pod-1', 'pod-0']);
  });

  test('pods without a node or a status are in trouble, and no surprise', () => {
    const all = pods(40, (pod, index) => {
      if (index !== 7) return;
      delete pod.spec.nodeName;
      delete pod.status;
    });
    expect(chosen(all)[0]?.metadata.name).toBe('pod-7');
  });

  test('what is said of one that is not', () => {
    expect(notSampled(5000)).toMatchObject({
      ok: false,
      why: 'not-sampled',
      detail: '20 of 5000 pods are looked into, and this is not one of them',
    });
  });
});
