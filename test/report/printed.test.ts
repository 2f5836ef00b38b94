import { describe, expect, test } from '@jest/globals';
import { printed, printedCommands, printedLine } from '../../src/report/printed.js';
import { LINEAR_MS } from '../support/patience.js';

describe('a finished text', () => {
  test.each([
    ['colours of its own stay', '\u001b[1;31mred\u001b[0m', '\u001b[1;31mred\u001b[0m'],
    ['cursor and screen', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
    ['a window title', '\u001b]0;title\u0007text', 'text'],
    ['a link, ended by ST', '\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['8-bit sequences', '\u009b2Ja\u009d0;t\u009cb', 'ab'],
    ['bells, backspaces and NUL', 'a\u0007\u0008\0b', 'ab'],
    ['bidirectional and invisible', 'a\u202eb\u2066c\u200bd\u00ade\ufefff', 'abcdef'],
    ['separators of lines', 'a\u2028b\u2029c', 'abc'],
    ['non-characters', 'a\ufffeb\uffffc\ufdd0d\u{1fffe}e', 'abcde'],
    ['tags', 'a\u{e0041}b', 'ab'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['a line that writes over itself', 'good\rbad', 'good\nbad'],
    ['a command for the runner', 'a\n::set-output name=x::y', 'a\n: :set-output name=x::y'],
    ['the older form', '##[set-env name=x]y', '# #[set-env name=x]y'],
    ['what is harmless', '✔ Grüße 世界 👩‍💻\tx\n', '✔ Grüße 世界 👩‍💻\tx\n'],
  ])('%s', (_name, text, expected) => {
    expect(printed(text)).toBe(expected);
    expect(printed(expected)).toBe(expected);
  });

  test('a line is one line', () => {
    expect(printedLine('a\r\n::error::b\tc')).toBe('a : :error::b c\n');
  });

  test('commands of this program stay commands, without what a terminal would act on', () => {
    expect(printedCommands('::error title=a::b\u001b]0;t\u0007\n')).toBe('::error title=a::b\n');
  });

  test('takes linear time', () => {
    const begin = performance.now();
    for (const part of ['\u001b[', '\u001b]', '\u001b[1;', '\u009d', '\u202e', '::', ' ::a'])
      printed(part.repeat(200_000));
    expect(performance.now() - begin).toBeLessThan(LINEAR_MS);
  });
});
