import { describe, expect, test } from '@jest/globals';
import { remedyParts } from '../../src/report/remedy.js';
import { duration } from '../../src/report/digest.js';
import { measureFor, narrowMeasure } from '../../src/report/width.js';
import { wrap, wrapItems } from '../../src/report/wrap.js';

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

describe('remedies', () => {
  test.each([
    ['kubectl get pods', [['command', 'kubectl get pods']]],
    [
      'helm upgrade x   # with care',
      [
        ['command', 'helm upgrade x'],
        ['note', 'with care'],
      ],
    ],
    [
      'wait, then: kubectl get pods',
      [
        ['prose', 'wait, then:'],
        ['command', 'kubectl get pods'],
      ],
    ],
    ['raise the limit of the pods', [['prose', 'raise the limit of the pods']]],
    ['minikube status; minikube start', [['command', 'minikube status; minikube start']]],
    [
      'run this:\nkind: Role\n  a: 1',
      [
        ['prose', 'run this:'],
        ['block', 'kind: Role\n  a: 1'],
      ],
    ],
    ['kubectl apply -f - <<EOF\nx\nEOF', [['block', 'kubectl apply -f - <<EOF\nx\nEOF']]],
    ['if kubectl get fails ask for help', [['command', 'if kubectl get fails ask for help']]],
    [
      'kubectl describe pods   # State says why; then kubectl logs POD --previous',
      [
        ['command', 'kubectl describe pods'],
        ['note', 'State says why; then'],
        ['command', 'kubectl logs POD --previous'],
      ],
    ],
    [
      'kubectl get pods   # todo-k8s verify',
      [
        ['command', 'kubectl get pods'],
        ['command', 'todo-k8s verify'],
      ],
    ],
    [
      'install the helm chart of the minikube profile',
      [['prose', 'install the helm chart of the minikube profile']],
    ],
    ['export URL=x', [['command', 'export URL=x']]],
  ])('%j', (remedy, expected) => {
    expect(remedyParts(remedy).map(({ kind, text }) => [kind, text])).toEqual(expected);
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
