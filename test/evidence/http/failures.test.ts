import { describe, expect, test } from '@jest/globals';
import { describeFailure, isOwnLimit } from '../../../src/evidence/http/failures.js';

const TARGET = new URL('http://192.0.2.7:30081/api/health');
const failure = (code: string) =>
  describeFailure(TARGET, 'connecting', Object.assign(new Error(code), { code }));

describe('a socket that was never made', () => {
  test.each(['EMFILE', 'ENFILE', 'ENOBUFS'])(
    '%s is this machine’s limit, not the backend’s failure',
    (code) => {
      const { outcome, message } = failure(code);
      expect(outcome).toBe('own-limit');
      expect(message).toContain('was not asked');
      expect(message).toContain('ulimit -n');
      expect(isOwnLimit(code)).toBe(true);
    },
  );

  test.each([
    ['ECONNRESET', 'reset'],
    ['ECONNREFUSED', 'refused'],
    // What `::1` gives where there is no IPv6.
    ['EADDRNOTAVAIL', 'unreachable'],
  ])('%s is %s', (code, outcome) => {
    expect(failure(code).outcome).toBe(outcome);
    expect(isOwnLimit(code)).toBe(false);
  });
});
