import { describe, expect, test } from '@jest/globals';
import { duration } from '../../src/report/digest.js';
import { labelled } from '../../src/report/remedy.js';
import { fix, look, remedyText, text, undo, type Part } from '../../src/rule/fix.js';
import { measureFor, narrowMeasure } from '../../src/report/width.js';
import { firstLines, wrap, wrapItems } from '../../src/report/wrap.js';

describe('wrap', () => {
  test('breaks at spaces', () => {
    expect(wrap('one two three four', 9, narrowMeasure)).toEqual(['one two', 'three', 'four']);
  });

  test('breaks a word only when it is wider than a line, after punctuation where there is some', () => {
    expect(wrap('see spec.template.spec.containers', 16, narrowMeasure)).toEqual([
      'see',
      'spec.template.',
      'spec.containers',
    ]);
    expect(wrap('aaaaaaaaaa', 4, narrowMeasure)).toEqual(['aaaa', 'aaaa', 'aa']);
  });

  test('never splits a character that takes two columns, or one of several code points', async () => {
    const measure = await measureFor('数据👨‍👩‍👧');
    expect(wrap('数据库👨‍👩‍👧', 3, measure)).toEqual(['数', '据', '库', '👨‍👩‍👧']);
  });

  test('loses nothing: words come back in order', () => {
    const text = Array.from({ length: 200 }, (_, index) => 'x'.repeat(index % 23))
      .join(' ')
      .replace(/ +/g, ' ')
      .trim();
    for (let columns = 1; columns < 40; columns += 1) {
      const lines = wrap(text, columns, narrowMeasure);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  test.each([
    ['x', 300_000],
    ['数', 20_000],
    ['e\u0301', 20_000],
    ['👍', 20_000],
  ])('a word of many %s takes linear time', async (character, times) => {
    const measure = await measureFor(character);
    // Quadratic time would be minutes: the test's own bound catches it on any machine.
    const lines = wrap(character.repeat(times), 40, measure);
    expect(lines.join('')).toHaveLength(character.length * times);
  });

  test('items stay whole where they fit on a line', () => {
    expect(wrapItems(['one two', 'three four', 'five'], '·', 14, narrowMeasure)).toEqual([
      'one two',
      'three four',
      'five',
    ]);
    expect(wrapItems(['one', 'two', 'three'], '·', 9, narrowMeasure)).toEqual(['one · two', 'three']);
    expect(wrapItems([], '·', 9, narrowMeasure)).toEqual([]);
  });
});

describe('width', () => {
  test.each([
    ['plain', 5],
    ['✔ ✖ ▲ ○ ? – · … é', 17],
    ['数据', 4],
    ['e\u0301', 1],
    ['👍', 2],
  ])('%s takes %i columns', async (text, columns) => {
    expect((await measureFor(text))(text)).toBe(columns);
  });
});

describe('parts of a fix', () => {
  const lines = (parts: Part[]) => labelled(parts).map(({ part, label }) => `${label}|${part.kind}`);

  test.each([
    ['words alone', [text('Ask somebody.')], ['fix|text']],
    ['a command', [look('a')], ['look|look']],
    ['words before a command are of its kind', [text('See:'), look('a')], ['look|text', '|look']],
    ['words behind a command belong to it', [fix('a'), text('And the chart.')], ['fix|fix', '|text']],
    ['each kind is said once', [look('a'), look('b'), fix('c')], ['look|look', '|look', 'fix|fix']],
    ['going back is no fix', [fix('a'), undo('b')], ['fix|fix', 'undo|undo']],
  ])('%s', (_name, parts, expected) => {
    expect(lines(parts)).toEqual(expected);
  });

  test('words that look like a command are words', () => {
    expect(labelled([text('kubectl get pods')])[0]?.part).toEqual({ kind: 'text', text: 'kubectl get pods' });
  });

  test('as one text, a note stands behind its command, and nothing gives nothing', () => {
    expect(remedyText([text('Then:'), fix('a', 'b')])).toBe('Then:\na   # b');
    expect(remedyText([])).toBeUndefined();
  });
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [59_990, '59.99 s'],
  [59_999, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

describe('the first lines', () => {
  test.each([
    ['what fits', ['one', 'two'], 2, ['one', 'two']],
    ['a mark where there is more', ['one', 'two', 'three'], 2, ['one', 'two thre…']],
    ['as much of the last line as there is room for', ['a', 'bbbbbb cccc', 'd'], 2, ['a', 'bbbbbb c…']],
    ['no punctuation before the mark', ['a', 'bbbbbb, (', 'cc'], 2, ['a', 'bbbbbb…']],
  ])('%s', (_, lines, most, told) => {
    expect(firstLines(lines, most, '…', 9, narrowMeasure)).toEqual(told);
  });

  test('of the names of thousands of pods take no longer than those of a few', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `todo-chatbot-backend-7d9c6b5f4-${index}`);
    const measure = await measureFor(names.join(' '));
    const begun = performance.now();
    expect(firstLines(names, 2, '…', 76, measure)).toHaveLength(2);
    // Half a minute where each character that is left out costs a look at all the others.
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
