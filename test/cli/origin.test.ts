/** `--origin`: what follows it asks the same question. */
import { expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.js';
import { verify } from '../faults/support/verify.js';

test('the next step asks for pages of the same origin', async () => {
  const { stdout, exitCode } = await verify('--lab', '--origin=http://localhost:3000', '-o', 'json');
  const { next, checks } = JSON.parse(stdout) as Report;
  expect(exitCode).toBe(1);
  expect(checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual(['functional/cors']);
  expect(next).toBe('todo-k8s doctor --lab=healthy --origin=http://localhost:3000');
});
