/** What the API server's answers tell of its clock. */
import { expect, test } from '@jest/globals';
import { ServerClock } from '../../../src/evidence/kubernetes/server-clock.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const date = (aheadMs: number) => new Date(NOW + aheadMs).toUTCString();

function heard(...answers: [date: string | undefined, tookMs: number][]): number {
  const clock = new ServerClock();
  for (const [each, tookMs] of answers) clock.hear(each, tookMs, NOW);
  return clock.aheadMs;
}

test.each<[string, string | undefined, number]>([
  ['nothing is known without the header', undefined, 0],
  ['what is no date says nothing', 'yesterday', 0],
  ['the rest of a second is no difference', date(-900), 0],
  ['nor is one second', date(1000), 0],
])('%s', (_, value, expected) => {
  expect(heard([value, 10])).toBe(expected);
});

test.each([-7_200_000, -300_000, -5000, 5000, 300_000, 86_400_000])(
  'a clock that is %d ms ahead',
  (aheadMs) => {
    expect(Math.abs(heard([date(aheadMs), 10]) - aheadMs)).toBeLessThanOrEqual(1000);
  },
);

test('the quickest answer counts, and a slow one does not', () => {
  expect(heard([date(300_000), 9000])).toBe(0);
  const quick = heard([date(300_000), 20]);
  expect(heard([date(303_000), 4000], [date(300_000), 20], [date(304_000), 900])).toBe(quick);
});
