/** A sample of all single mutations of the objects that are read; `npm run fuzz:world` judges every one. */
import { expect, jest, test } from '@jest/globals';
import { complaints, describeMutation, judgeMutated, mutationsOf, recordWorld } from '../../fuzz/world.js';

jest.setTimeout(120_000);

/** Another seed is another sample. */
const SEED = 20260209;
const SAMPLE = 120;

test('an odd value anywhere is no defect: nothing throws, nothing itself fails, no exit code 4', async () => {
  const world = await recordWorld('crash-loop');
  const mutations = mutationsOf(world);
  expect(mutations.length).toBeGreaterThan(5000);
  const bad: string[] = [];
  let seed = SEED;
  for (let count = 0; count < SAMPLE; count += 1) {
    // Numerical Recipes’ generator: good enough to choose by.
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const mutation = mutations[seed % mutations.length];
    if (!mutation) continue;
    const report = await judgeMutated(world, mutation);
    bad.push(...complaints(report).map((words) => `${describeMutation(mutation)}: ${words}`));
  }
  expect(bad).toEqual([]);
});
