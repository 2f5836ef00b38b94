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
  ['a token, which the kubelet has not.', true],
  ['the Service selects not the pods', true],
  ['a port that is none', true],
  ['see to CoreDNS in kube-system', true],
  ['the first climb was slow', true],
  ['a rule of its own, or as yet data', true],
  ['The API server makes no pod of ReplicaSet todo', true],
  ['throttled in 81 % of the time', true],
  ['it stands in quotation marks', true],
  ['Kubernetes serves no extensions/v1beta1 any more', true],
  ['which one it is cannot be told', true],
  ['the two cannot be told apart', false],
  ['the pod has not started', false],
  ['see to it that DNS answers, or climbing', true],
  ['the Service does not select the pods', false],
  ['81 % of the time', false],
  ['./climb.js', false],
  ['there is no Deployment', false],
  ['it is no longer there', false],
  ['recommended by the vendor', false],
  ['{"hop":"dns"}', false],
  ['shallow copy, upper limit', false],
])('%j', (words, isFound) => {
  expect(WORDS.some(({ pattern }) => new RegExp(pattern).test(words))).toBe(isFound);
});

test('a screen on a page is one that the tests hold, never a pasted one', () => {
  const pasted = PAGES.flatMap((page) =>
    readFileSync(page, 'utf8')
      .replaceAll(/<!-- screen: \S+ -->[^]*?<!-- screen end -->/g, '')
      .split('\n')
      .flatMap((line) => (/^[✔✖▲○] /.test(line) ? [`${page}: ${line}`] : [])),
  );
  expect(pasted).toEqual([]);
});

test('nothing that is printed has a placeholder in it that nobody filled', () => {
  const folders = [
    'docs/checks',
    'docs/screens',
    'test/scenarios/goldens',
    'test/scenarios/doctor-goldens',
    'test/report/goldens',
  ];
  const files = [
    'docs/causes.md',
    ...folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(md|txt)$/.test(file))
        .map((file) => `${folder}/${file}`),
    ),
  ];
  expect(files.length).toBeGreaterThan(150);
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => (/(?<![\w$"'=])\{[a-z][A-Za-z]*\}/.test(line) ? [`${file}: ${line}`] : [])),
  );
  expect(found).toEqual([]);
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
