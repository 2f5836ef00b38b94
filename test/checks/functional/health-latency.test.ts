import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/functional/health-latency.js';
import { judge } from '../../support/check-context.js';
import { failed } from './_outcomes.js';

describe('functional/health-latency', () => {
  test('passes up to the limit', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: '6 ms' });
    expect(judge(check, ({ health }) => (health.ms = 1000)).status).toBe('pass');
  });

  test('warns above it', () => {
    const judged = judge(check, ({ health }) => (health.ms = 1499.6));
    expect(judged).toMatchObject({
      status: 'warn',
      ids: ['slow'],
      messages: ['http://localhost:30081/api/health took 1500 ms'],
      findings: [{ data: { expected: 'at most 1000 ms', found: '1500 ms' } }],
    });
  });

  test('does not call an answer that never came slow', () => {
    const judged = judge(
      check,
      (evidence) => (evidence.health = failed(evidence.health, 'timeout', 'no answer')),
    );
    expect(judged.status).toBe('unknown');
  });
});
