import { describe, expect, test } from '@jest/globals';
import { decideColor, decideStyle, decideUnicode } from '../../src/report/style.js';

const at = (isTTY: boolean, env: Record<string, string> = {}, color?: boolean) =>
  decideColor({ isTTY, columns: 80, env, color });

describe('colour', () => {
  test.each([
    [true, {}, undefined, true],
    [false, {}, undefined, false],
    [true, { NO_COLOR: '1' }, undefined, false],
    [true, { NO_COLOR: '' }, undefined, true],
    [true, { TERM: 'dumb' }, undefined, false],
    [false, { FORCE_COLOR: '1' }, undefined, true],
    [false, { FORCE_COLOR: '' }, undefined, true],
    [true, { FORCE_COLOR: '0' }, undefined, false],
    [true, { FORCE_COLOR: 'false' }, undefined, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, undefined, true],
    [true, { FORCE_COLOR: '1' }, false, false],
    [false, { NO_COLOR: '1', TERM: 'dumb' }, true, true],
  ])('TTY %s, %j, flag %s: %s', (isTTY, env, flag, expected) => {
    expect(at(isTTY, env as Record<string, string>, flag)).toBe(expected);
  });

  test('is what the style paints with', () => {
    expect(decideStyle({ isTTY: true, columns: 80, env: {} }).color.red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(decideStyle({ isTTY: false, columns: 80, env: {} }).color.red('x')).toBe('x');
  });
});

describe('symbols', () => {
  test.each([
    [{}, true],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'de_DE.UTF-8' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LC_ALL: '', LANG: 'POSIX' }, false],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, false],
    [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, false],
  ])('%j: %s', (env, expected) => {
    expect(decideUnicode(env as Record<string, string>)).toBe(expected);
  });
});

test.each([
  [100, {}, 100],
  [300, {}, 120],
  [10, {}, 40],
  [undefined, {}, 80],
  [0, {}, 80],
  [undefined, { COLUMNS: '100' }, 100],
  [90, { COLUMNS: '100' }, 90],
  [undefined, { COLUMNS: 'wide' }, 80],
])('columns %s, %j: %i', (columns, env, expected) => {
  expect(decideStyle({ isTTY: true, columns, env: env }).columns).toBe(expected);
});

test('--ascii: no symbol but ASCII, whatever the terminal can', () => {
  const { symbols, unicode } = decideStyle({
    isTTY: true,
    columns: 80,
    env: { LANG: 'C.UTF-8' },
    ascii: true,
  });
  expect(unicode).toBe(false);
  expect(Object.values(symbols).flat().join('')).toMatch(/^[\x20-\x7e]+$/);
});
