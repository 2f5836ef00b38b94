import { describe, expect, test } from '@jest/globals';
import { OWN_LIMIT } from '../../../src/computed/load-tally.js';
import { judged } from '../../load/judged.js';

describe('failed requests', () => {
  test('fail the run and are told by kind and by pod', async () => {
    const { exitCode, messages, messageIds } = await judged([50, 50], (facts) => {
      facts.problems = [{ what: 'HTTP 503', requests: 5 }];
      Object.assign(facts.pods[1] ?? {}, { errors: 5, problems: [{ what: 'HTTP 503', requests: 5 }] });
    });
    expect(exitCode).toBe(1);
    expect(messageIds).toEqual(['failed', 'pod']);
    expect(messages).toEqual([
      '5 of 100 requests failed: 5 × HTTP 503',
      '5 of 50 requests that pod-1 served failed: 5 × HTTP 503',
    ]);
  });

  test('that are nobody’s leave the spread open where they could change it', async () => {
    const { statuses } = await judged([30, 20], (facts) => {
      facts.completed = 80;
      facts.lost = [{ what: 'connection refused', requests: 30 }];
      facts.problems = facts.lost;
    });
    expect(statuses).toMatchObject({ 'no-errors': 'fail', 'even-spread': 'unknown' });
  });

  test('are those, too, that say with 200 that something is wrong', async () => {
    const { exitCode, messages, messageIds } = await judged([50, 50], (facts) => {
      facts.flaws = [{ pod: 'pod-0', what: 'database "down"', requests: 50 }];
    });
    expect(exitCode).toBe(1);
    expect(messageIds).toEqual(['flawed']);
    expect(messages).toEqual([
      '50 of 50 requests that pod-0 answered with HTTP 200 say: 50 × database "down"',
    ]);
  });

  test('are all there is when nothing answers', async () => {
    const { exitCode, messages, messageIds } = await judged([0, 0], (facts) => (facts.endedBy = 'no-route'), {
      route: {
        via: 'none',
        tried: [{ url: 'http://localhost:30081', outcome: 'refused', detail: 'connection refused' }],
      },
    });
    expect(exitCode).toBe(1);
    expect(messageIds).toContain('no-route');
    expect(messages).toContain('no request could be sent: http://localhost:30081: connection refused');
  });
});

describe('requests that this machine had no socket for', () => {
  const own = { what: OWN_LIMIT, requests: 40 };

  test('are no error of the backend, and leave open whether it has any', async () => {
    const { exitCode, statuses, messages } = await judged([30, 30], (facts) => {
      facts.completed = 100;
      facts.problems = [own];
      facts.lost = [own];
    });
    expect(exitCode).toBe(3);
    expect(statuses['no-errors']).toBe('unknown');
    expect(messages.join(' ')).toContain('ulimit -n');
    expect(messages.join(' ')).not.toMatch(/Service|reset/);
  });

  test('do not excuse the errors beside them', async () => {
    const { statuses } = await judged([30, 30], (facts) => {
      facts.completed = 100;
      facts.problems = [own, { what: 'HTTP 503', requests: 1 }];
    });
    expect(statuses['no-errors']).toBe('fail');
  });
});
