/** The pages say it in the words of scripts/words.json; ESLint holds the texts of src to the same list. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

interface Words {
  words: { pattern: string; instead: string }[];
  literals: string;
}

const { words: WORDS, literals: LITERALS } = JSON.parse(readFileSync('scripts/words.json', 'utf8')) as Words;

/** What the program prints of its own, generated pages included; errors of drivers are other people's. */
const PAGES = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && file !== 'driver-words.md')
    .map((file) => `docs/${file}`),
];

test('the pages use no word of the list', () => {
  expect(PAGES.length).toBeGreaterThan(60);
  const found = PAGES.flatMap((page) =>
    readFileSync(page, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        WORDS.flatMap(({ pattern, instead }) =>
          new RegExp(pattern).test(line) ? [`${page}:${index + 1}: ${instead} (${line.trim()})`] : [],
        ),
      ),
  );
  expect(found).toEqual([]);
});

test.each([
  ['copy the host anew', true],
  ['Mend the registry', true],
  ['behind a hop, as it is', true],
  ["'x' is no duration: expected 5s", true],
  ['the Service has not the port', true],
  ['there is no Deployment', false],
  ['it is no longer there', false],
  ['recommended by the vendor', false],
  ['{"hop":"dns"}', false],
  ['shallow copy, upper limit', false],
])('%j', (words, isFound) => {
  expect(WORDS.some(({ pattern }) => new RegExp(pattern).test(words))).toBe(isFound);
});

test.each([
  ['port 8000 by the contract', true],
  ['nodePort=30081', true],
  ['-l app.kubernetes.io/component=backend', true],
  ['after 18000 ms', false],
  ['app.kubernetes.io/instance', false],
])('of one application alone: %j', (words, isFound) => {
  expect(new RegExp(LITERALS).test(words)).toBe(isFound);
});
