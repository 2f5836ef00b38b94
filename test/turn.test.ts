import { describe, expect, test } from '@jest/globals';
import { inSlices, mapInSlices, nextSlice } from '../src/turn.js';

/** Longer than a slice. */
const LONG_MS = 60;

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Counts turns of the event loop, as a signal would be heard in each. */
function turns() {
  let count = 0;
  let goesOn = true;
  const turn = () => {
    count += 1;
    if (goesOn) setImmediate(turn);
  };
  setImmediate(turn);
  return { count: () => count, stop: () => void (goesOn = false) };
}

describe('slices', () => {
  test('others are heard between the steps of a long computation', async () => {
    const heard: number[] = [];
    const loop = turns();
    function* steps(): Generator<void, string> {
      for (let step = 0; step < 4; step += 1) {
        yield;
        busy(LONG_MS);
        heard.push(loop.count());
      }
      return 'done';
    }
    await expect(inSlices(steps())).resolves.toBe('done');
    loop.stop();
    expect(new Set(heard).size).toBe(4);
  });

  test('of many who wait at the same time each is followed by a turn', async () => {
    const heard: number[] = [];
    const loop = turns();
    busy(LONG_MS);
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        await nextSlice();
        busy(LONG_MS);
        heard.push(loop.count());
      }),
    );
    loop.stop();
    expect(new Set(heard).size).toBe(5);
  });

  test('short steps do not wait for one', async () => {
    const loop = turns();
    await new Promise((resolve) => setImmediate(resolve));
    function* steps(): Generator<void, number> {
      for (let step = 0; step < 1000; step += 1) yield;
      return 1000;
    }
    await inSlices(steps());
    loop.stop();
    // A busy machine may use up a slice now and then.
    expect(loop.count()).toBeLessThan(500);
  });

  test('a long list is gone through with turns in between, in its order', async () => {
    const loop = turns();
    const heard: number[] = [];
    const doubled = await mapInSlices([1, 2, 3, 4, 5, 6], (item, index) => {
      busy(LONG_MS / 2);
      heard.push(loop.count());
      return [item * 2, index];
    });
    loop.stop();
    expect(doubled).toEqual([
      [2, 0],
      [4, 1],
      [6, 2],
      [8, 3],
      [10, 4],
      [12, 5],
    ]);
    expect(new Set(heard).size).toBeGreaterThan(1);
    await expect(mapInSlices([], () => 1)).resolves.toEqual([]);
  });

  test('what a step throws is thrown', async () => {
    function* steps(): Generator<void, never> {
      yield;
      throw new Error('wrong');
    }
    await expect(inSlices(steps())).rejects.toThrow('wrong');
    await expect(nextSlice()).resolves.toBeUndefined();
  });
});
