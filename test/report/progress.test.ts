/** How far something has come, and for how long: only once it is long, and gone at the end. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createProgress } from '../../src/report/progress.js';
import { decideStyle } from '../../src/report/style.js';

const env = { LANG: 'C.UTF-8' };
const style = decideStyle({ isTTY: false, columns: 80, env });

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function watched(what?: string) {
  const written: string[] = [];
  const screen = { rows: 24, columns: 80, write: (text: string) => written.push(text) };
  return { progress: createProgress(screen, true, style, env, what), said: () => written.join('') };
}

test('what takes no second is not told', () => {
  const { progress, said } = watched('asking the cluster');
  jest.advanceTimersByTime(900);
  expect(said()).toBe('');
  progress?.stop();
});

test('then what is asked, and for how long', () => {
  const { progress, said } = watched('asking the cluster');
  jest.advanceTimersByTime(2200);
  expect(said()).toContain('asking the cluster  1 s');
  expect(said()).toContain('asking the cluster  2 s');
  progress?.stop();
});

test('a step is told at once, with the time once that is long', () => {
  const { progress, said } = watched();
  progress?.show('reading', 3, 10, ['logs']);
  expect(said()).toMatch(/reading {2}3\/10 {2}logs\n/);
  jest.advanceTimersByTime(1200);
  expect(said()).toContain('reading  3/10  logs  1 s');
  progress?.stop();
});

test('what cannot be counted takes the place of what could, and is told once it is long', () => {
  const { progress, said } = watched('asking the cluster');
  progress?.show('reading', 10, 10, []);
  progress?.tell('packing');
  expect(said()).toMatch(/packing\n/);
  jest.advanceTimersByTime(1200);
  expect(said()).toContain('packing  1 s');
  progress?.stop();
});

test.each([
  [0, 'reading  3/10  logs\n'],
  [13, 'reading  3\n'],
  [2, ' \n'],
])('a terminal of %d columns', (columns, shown) => {
  const written: string[] = [];
  const progress = createProgress(
    { rows: 0, columns, write: (text) => written.push(text) },
    true,
    style,
    env,
  );
  progress?.show('reading', 3, 10, ['logs']);
  expect(written.join('')).toContain(shown);
  progress?.stop();
});

test('nothing where nobody watches', () => {
  const screen = { write: () => true };
  expect(createProgress(screen, false, style, env)).toBeUndefined();
  expect(createProgress(screen, true, style, { CI: '1' })).toBeUndefined();
});
