import { expect, test } from '@jest/globals';
import { FURTHER_COMMANDS, VERIFICATION_STEPS } from '../../bench/contract-commands.js';
import { CHECKS } from '../../src/checks/index.js';

const all = [...VERIFICATION_STEPS, ...FURTHER_COMMANDS];

test('each command that verify is compared with is answered by a check, and counted once', () => {
  const ids: string[] = CHECKS.map(({ meta }) => meta.id);
  expect(all.filter(({ answeredBy }) => !ids.includes(answeredBy))).toEqual([]);
  expect(new Set(all.map(({ command }) => command)).size).toBe(all.length);
});
