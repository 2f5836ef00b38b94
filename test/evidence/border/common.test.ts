/** What many objects have in common is kept once, and hidden once; what differs stays each one's own. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { Common } from '../../../src/evidence/border/common.js';
import { podShape } from '../../../src/evidence/border/pod-shape.js';
import { understand } from '../../../src/evidence/border/read.js';
import { createHider } from '../../../src/evidence/hide.js';
import type { Pod } from '../../../src/evidence/objects.js';
import { hideInPod } from '../../../src/evidence/pick.js';
import { createRedactor } from '../../../src/evidence/redaction.js';

const sent = (index: number, change: (pod: Pod) => void = () => undefined): unknown => {
  const pod: Pod = {
    metadata: {
      name: `backend-${index}`,
      uid: `uid-${index}`,
      labels: { app: 'backend' },
      annotations: { note: 'the same for all of them' },
    },
    spec: {
      containers: [
        { name: 'backend', args: ['--password', 'Canary-Args-1'], env: [{ name: 'A', value: 'b' }] },
      ],
      volumes: [{ name: `kube-api-access-${index}` }, { name: 'config', configMap: { name: 'c' } }],
    },
    status: {
      podIP: `10.0.0.${index}`,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-02-09T14:04:00Z' }],
    },
  };
  change(pod);
  return JSON.parse(JSON.stringify(pod)) as unknown;
};

const read = (pods: readonly unknown[], common?: Common): Pod[] =>
  pods.map((pod) => {
    const { value } = understand(pod, podShape, common);
    if (value === undefined) throw new Error('no pod');
    return value;
  });

describe('what pods have in common', () => {
  test('is one object for all of them, and each says what it says without', () => {
    const pods = [1, 2, 3].map((index) => sent(index));
    const [first, second, third] = read(pods, new Common());
    expect([first, second, third]).toEqual(read(pods));
    expect(second?.spec.containers).toBe(first?.spec.containers);
    expect(third?.metadata.labels).toBe(first?.metadata.labels);
    expect(third?.status?.conditions?.[0]).toBe(first?.status?.conditions?.[0]);
    expect(second?.spec.volumes?.[1]).toBe(first?.spec.volumes?.[1]);
    expect(second?.spec.volumes?.[0]).toEqual({ name: 'kube-api-access-2' });
    expect(second?.metadata).not.toBe(first?.metadata);
  });

  test.each<[string, (pod: Pod) => void]>([
    ['another value', (pod) => Object.assign(pod.spec.containers[0] ?? {}, { image: 'other' })],
    ['one more key', (pod) => Object.assign(pod.metadata.labels ?? {}, { more: 'backend' })],
    ['keys in another order', (pod) => (pod.metadata.labels = { z: '1', app: 'backend' })],
    ['a key called __proto__', (pod) => (pod.metadata.labels = JSON.parse('{"__proto__":"x"}') as never)],
    ['an empty list', (pod) => (pod.spec.containers = [])],
    ['a text where a number is', (pod) => (pod.spec.containers = [{ name: '1' }])],
  ])('%s is its own', (_what, change) => {
    const pods = [sent(1), sent(2, change), sent(3)];
    expect(read(pods, new Common())).toEqual(read(pods));
  });

  test('what is odd in a part is told of each object that has it', () => {
    const odd = sent(1, (pod) => Object.assign(pod.metadata.labels ?? {}, { app: 7 }));
    const common = new Common();
    const told = [odd, sent(2), odd].map((pod) => understand(pod, podShape, common).oddities.length);
    expect(told).toEqual([1, 0, 1]);
  });

  test('thousands of different values are not all remembered, and stay what they are', () => {
    const common = new Common();
    for (let index = 0; index < 10_000; index += 1) {
      expect(common.value({ index })).toEqual({ index });
      expect(common.text(`text ${index}`)).toBe(`text ${index}`);
    }
    expect(common.value({ index: 9_999 })).toEqual({ index: 9_999 });
  });
});

describe('hiding in what is shared', () => {
  const hide = (pods: Pod[]) => {
    const redactor = createRedactor();
    const hider = createHider(DEFAULT_CONTRACT, redactor);
    const hidden = new WeakMap<object, object>();
    return pods.map((pod) => hideInPod(pod, hider, hidden));
  };

  test('is done once, for all of them', () => {
    const pods = read(
      [1, 2, 3].map((index) => sent(index)),
      new Common(),
    );
    const [first, second, third] = hide(pods);
    expect(JSON.stringify([first, second, third])).not.toContain('Canary-Args-1');
    expect(third?.spec.containers).toBe(first?.spec.containers);
    // Not the shared value itself: a credential that is found later must still be found in it.
    expect(pods[0]?.spec.containers[0]?.args).toEqual(['--password', 'Canary-Args-1']);
  });

  test('nothing to hide: no copy', () => {
    const harmless = read([sent(1, (pod) => delete pod.spec.containers[0]?.args)]);
    expect(hide(harmless)[0]).toBe(harmless[0]);
  });

  test('one of them has something to hide in its own part', () => {
    const say = (pod: Pod) => Object.assign(pod.status ?? {}, { message: 'token=abcd-Canary-efgh-12' });
    const pods = read([sent(1), sent(2, say)], new Common());
    const [first, second] = hide(pods);
    expect(first?.status).toBe(pods[0]?.status);
    expect(second?.status?.message).toContain('(value hidden');
    expect(JSON.stringify(second)).not.toContain('Canary-efgh');
  });
});
