import { describe, expect, test } from '@jest/globals';
import { mapStrings, sanitize, sanitizeDeep, sanitizeLine } from '../../src/evidence/sanitize.js';
import { LINEAR_MS } from '../support/patience.js';

describe('sanitize', () => {
  test.each([
    ['plain text stays', 'a b\tc\nd', 'a b\tc\nd'],
    ['words of other scripts stay', 'Grüße 世界 👩‍💻', 'Grüße 世界 👩‍💻'],
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['8-bit CSI', '\u009b31mred', 'red'],
    ['a window title', '\u001b]0;title\u0007text', 'text'],
    ['a hyperlink', '\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['an unterminated sequence ends with its line', '\u001b]0;title\nnext', '\nnext'],
    ['cursor movement and bell', 'a\u001b[2Jb\u0008\u0007c', 'abc'],
    ['NUL', 'a\0b', 'ab'],
    ['bidirectional overrides', 'user\u202etxt.exe\u2066x\u200f', 'usertxt.exex'],
    ['zero width and byte-order mark', 'pass\u200bword\ufeff', 'password'],
    ['line separators', 'a\u2028b', 'ab'],
    ['tag characters', 'a\u{e0041}b', 'ab'],
    ['carriage returns', 'a\r\nb\rc', 'a\nb\nc'],
    ['lone surrogates', 'a\ud800b', 'a\ufffdb'],
    ['an escape at the end', 'a\u001b', 'a'],
  ])('%s', (_name, text, expected) => {
    expect(sanitize(text)).toBe(expected);
  });

  test('one line stays one line', () => {
    expect(sanitizeLine('a\r\n::error::b\tc')).toBe('a ::error::b c');
  });

  test('takes linear time', () => {
    const hostile = ['\u001b[', '\u001b]', '\u001b[1;', '\u001bP\u001b', '\u009d', '\u202e'].map((part) =>
      part.repeat(200_000),
    );
    const begin = performance.now();
    for (const text of [...hostile, `\u001b]${'a'.repeat(2_000_000)}`, `\u001b[${'1'.repeat(2_000_000)}`]) {
      sanitize(text);
    }
    expect(performance.now() - begin).toBeLessThan(LINEAR_MS);
  });
});

describe('deep values', () => {
  test('strings and keys, at every level', () => {
    expect(sanitizeDeep({ 'a\u0007': ['x\u001b[1m', { b: 1, c: null }] })).toEqual({
      a: ['x', { b: 1, c: null }],
    });
  });

  test('a key __proto__ stays a key', () => {
    const value = sanitizeDeep(JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>);
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect((value as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('what is nested too deeply is cut', () => {
    const deep = JSON.parse('['.repeat(10_000) + ']'.repeat(10_000)) as unknown;
    expect(JSON.stringify(mapStrings(deep, (text) => text))).toContain('nested too deeply');
  });
});
