import { expect, test } from '@jest/globals';
import { WatchClock } from '../../src/cli/watch-clock.js';
import { sample } from '../report/samples.js';

const AT = Date.parse('2026-02-09T14:05:00Z');
const SYMBOLS = { separator: '|', arrow: '->' };
const fail = { status: 'fail' as const };

const lookAt = (changed: Parameters<typeof sample>[0] = {}, name = 'default/todo') => ({
  name,
  report: sample(changed),
});

test('when it was seen, and what has changed since it was watched', () => {
  const clock = new WatchClock();
  const line = (changed: Parameters<typeof sample>[0], seconds: number) =>
    clock.line([lookAt(changed)], AT + seconds * 1000, SYMBOLS);
  expect(line({ 'pods/ready': fail }, 0)).toBe('14:05:00 UTC | no change so far | Ctrl-C ends it');
  expect(line({ 'pods/ready': fail }, 5)).toBe('14:05:05 UTC | no change so far | Ctrl-C ends it');
  expect(line({}, 10)).toBe('14:05:10 UTC | changed 0 s ago: pods/ready fail -> pass | Ctrl-C ends it');
  expect(line({}, 22)).toBe('14:05:22 UTC | changed 12 s ago: pods/ready fail -> pass | Ctrl-C ends it');
  // A later change is the one that counts; of many the number does.
  const down = { 'pods/ready': fail, 'pods/running': fail, 'functional/health': fail, 'service/type': fail };
  expect(line(down, 30)).toMatch(
    /^14:05:30 UTC \| changed 0 s ago: \S+ pass -> fail, \S+ pass -> fail, 2 more \|/,
  );
});

test('of several releases each change has the name of its release', () => {
  const clock = new WatchClock();
  clock.line([lookAt({}, 'a/todo'), lookAt({}, 'b/todo')], AT, SYMBOLS);
  expect(clock.line([lookAt({}, 'a/todo'), lookAt({ 'pods/ready': fail }, 'b/todo')], AT, SYMBOLS)).toContain(
    'changed 0 s ago: b/todo pods/ready pass -> fail |',
  );
});

test('a check that was not there before is no change', () => {
  const clock = new WatchClock();
  clock.line([{ name: 'x', report: { checks: [] } }], AT, SYMBOLS);
  expect(clock.line([lookAt({}, 'x')], AT + 1000, SYMBOLS)).toContain('no change so far');
});
