/** Bounds of an observation: what ends it, and that nothing of it is kept when it is over. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { until, within } from '../src/time-limit.js';

const reasonOf = ({ reason }: AbortSignal) => (reason as Error).message;

describe('the bound of an observation', () => {
  test('aborts when time is up, and says what took so long', async () => {
    const { signal, dispose } = within(1, new AbortController().signal, 'looking at 3 releases');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(reasonOf(signal)).toBe('not determined: looking at 3 releases took longer than 0 s');
    dispose();
  });

  test('aborts with the outer one, for its reason', () => {
    const outer = new AbortController();
    const { signal, dispose } = until(60_000, outer.signal, 'late');
    expect(signal.aborted).toBe(false);
    outer.abort(new Error('interrupted'));
    expect(reasonOf(signal)).toBe('interrupted');
    dispose();
  });

  test('has ended before it begins where the outer one has', () => {
    const { signal, dispose } = until(60_000, AbortSignal.abort(new Error('interrupted')), 'late');
    expect(reasonOf(signal)).toBe('interrupted');
    dispose();
  });

  test('once disposed of it neither ends nor keeps what listened to it, as --watch would for its whole life', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const outer = new AbortController();
    const observed = () => {
      const { signal, dispose } = until(20, outer.signal, 'late');
      const evidence = { pods: Array.from({ length: 1000 }, () => 'pod') };
      signal.addEventListener('abort', () => evidence.pods.pop());
      dispose();
      return new WeakRef(evidence);
    };
    const kept = Array.from({ length: 5 }, observed);
    // A weak reference is looked at in the turn in which it was made: only the next one can lose it.
    await sleep(50);
    collect();
    expect(kept.filter((reference) => reference.deref() !== undefined)).toEqual([]);
    expect(outer.signal.aborted).toBe(false);
  });
});
