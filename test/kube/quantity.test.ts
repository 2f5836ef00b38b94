import { describe, expect, test } from '@jest/globals';
import { parseQuantity, sameQuantity } from '../../src/kube/quantity.js';

describe('parseQuantity', () => {
  test.each([
    ['1', 1_000_000_000n],
    ['1000m', 1_000_000_000n],
    ['0.5', 500_000_000n],
    ['.5', 500_000_000n],
    ['1.', 1_000_000_000n],
    ['500u', 500_000n],
    ['7n', 7n],
    ['+2k', 2_000_000_000_000n],
    ['-1', -1_000_000_000n],
    ['1Ki', 1024n * 10n ** 9n],
    ['1.5Gi', 3n * 2n ** 29n * 10n ** 9n],
    ['1e3', 10n ** 12n],
    ['1E3', 10n ** 12n],
    ['1E', 10n ** 27n],
    ['1Ei', 2n ** 60n * 10n ** 9n],
    ['1e-3', 1_000_000n],
    ['12E+2', 1200n * 10n ** 9n],
    ['0', 0n],
  ])('%s', (text, nanos) => {
    expect(parseQuantity(text)).toBe(nanos);
  });

  test('rounds what is finer than nano away from zero, as the API does', () => {
    expect(parseQuantity('0.1n')).toBe(1n);
    expect(parseQuantity('-0.1n')).toBe(-1n);
  });

  test.each(['', ' 1', '1 Gi', '1K', '1gi', '1Mib', 'abc', '1e', '1e1.5', '--1', '1,5', '.', '1m1', 'NaN'])(
    'refuses %p',
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  test('refuses exponents and lengths that no quantity has, in no time', () => {
    expect(parseQuantity('1e999999999')).toBeUndefined();
    expect(parseQuantity('9'.repeat(1_000_000))).toBeUndefined();
  });
});

describe('sameQuantity', () => {
  test.each([
    ['1000m', '1', true],
    ['1Gi', '1024Mi', true],
    ['1.5Gi', '1536Mi', true],
    ['1e9', '1G', true],
    ['0.5', '500m', true],
    ['1Gi', '1G', false],
    ['1', '1m', false],
    ['x', 'x', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(sameQuantity(a, b)).toBe(same);
  });
});
