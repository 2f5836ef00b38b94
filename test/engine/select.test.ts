import { describe, expect, test } from '@jest/globals';
import type { AnyCheck } from '../../src/checks/check.js';
import { selectChecks } from '../../src/engine/select.js';

const checks = ['cluster/reachable', 'pods/ready', 'pods/running', 'service/ports'].map(
  (id) => ({ meta: { id } }) as AnyCheck,
);
const select = (only: string[], skip: string[] = []) => [...selectChecks(checks, only, skip)];

describe('selectChecks', () => {
  test('takes ids, suites and globs', () => {
    expect(select(['pods/ready'])).toEqual(['pods/ready']);
    expect(select(['pods'])).toEqual(['pods/ready', 'pods/running']);
    expect(select(['*/r*'])).toEqual(['cluster/reachable', 'pods/ready', 'pods/running']);
    expect(select([], ['pods', 'cluster/*'])).toEqual(['service/ports']);
  });

  test('a pattern that matches nothing is an error, not an empty run', () => {
    expect(() => select(['pod'])).toThrow("no check matches 'pod'");
    expect(() => select([], ['nothing/*'])).toThrow('no check matches');
    expect(() => select(['pods'], ['pods'])).toThrow('leave no check');
  });

  test('characters that mean something in regular expressions are plain', () => {
    expect(() => select(['pods/.eady'])).toThrow('no check matches');
    expect(() => select(['(((((a+)+)+)+)+)b'])).toThrow('no check matches');
  });
});
