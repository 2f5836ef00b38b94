/** Each row recognises its own example, and no row before it does. */
import { expect, test } from '@jest/globals';
import { imageProblem } from '../../src/computed/image-problem.js';
import { PULL_ERRORS } from '../../src/vocabulary/image-pull.js';

test.each(PULL_ERRORS.map((row) => [row.by, row.example, row] as const))('%s: %s', (_, example, row) => {
  expect(PULL_ERRORS.find(({ says }) => says.test(example))).toBe(row);
  expect(imageProblem('ErrImagePull', example)).toBe(row.means);
});
