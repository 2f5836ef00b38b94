import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MAX_FILE_BYTES, readTextFile } from '../../src/contract/read-file.js';
import type { Tree } from '../../src/contract/tree.js';
import { parseYaml } from '../../src/contract/yaml-tree.js';
import { contractErrorOf, temporaryFile, temporaryFolder } from './files.js';

const parse = (text: string): Tree => parseYaml(text, 'x.yaml');
const errorOf = (text: string): Promise<string> => contractErrorOf(() => parse(text));

describe('readTextFile', () => {
  test('reads UTF-8, without its byte order mark', async () => {
    expect(await readTextFile(temporaryFile('a', '\uFEFFgrün: 1\n'))).toBe('grün: 1\n');
  });

  test('reads a file of exactly the size that is allowed, and no larger one', async () => {
    expect(await readTextFile(temporaryFile('a', Buffer.alloc(MAX_FILE_BYTES, 'a')))).toHaveLength(
      MAX_FILE_BYTES,
    );
    expect(
      await contractErrorOf(() => readTextFile(temporaryFile('b', Buffer.alloc(MAX_FILE_BYTES + 1, 'a')))),
    ).toBe('b: is larger than 1 MiB, which no contract or values file is');
  });

  test('says what is wrong with a file', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'd'));
    symlinkSync('loop', path.join(folder, 'loop'));
    const cases: [string, string][] = [
      [path.join(folder, 'none.yaml'), 'none.yaml: does not exist'],
      [path.join(folder, 'd'), 'd: is a directory, expected a file'],
      [path.join(folder, 'loop'), 'loop: is a symbolic link that leads in a circle'],
      [temporaryFile('binary', new Uint8Array([0xff, 0xfe, 0x41])), 'binary: is not UTF-8 text'],
    ];
    for (const [file, expected] of cases)
      expect(await contractErrorOf(() => readTextFile(file))).toBe(expected);
  });

  test('does not wait for a pipe that nobody writes to, nor read an endless device to its end', async () => {
    const pipe = path.join(temporaryFolder(), 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
    // Nobody has it open for writing: that is its end.
    expect(await readTextFile(pipe)).toBe('');
    expect(await contractErrorOf(() => readTextFile('/dev/zero'))).toContain('is larger than 1 MiB');
  });
});

describe('parseYaml', () => {
  test('knows where everything was written', () => {
    const tree = parse('a: 1\nb:\n  - x\n  - {c: "y"}\n');
    expect(tree).toMatchObject({
      kind: 'map',
      entries: [
        {
          key: 'a',
          place: { line: 1, column: 1 },
          value: { value: 1, text: '1', place: { line: 1, column: 4 } },
        },
        {
          key: 'b',
          place: { line: 2, column: 1 },
          value: {
            kind: 'list',
            items: [
              { value: 'x', place: { line: 3, column: 5 } },
              { entries: [{ key: 'c', value: { value: 'y', place: { line: 4, column: 9 } } }] },
            ],
          },
        },
      ],
    });
  });

  test('reads JSON too', () => {
    expect(parse('{"a": {"b": [true, null, 1.5]}}')).toMatchObject({
      entries: [
        { value: { entries: [{ value: { items: [{ value: true }, { value: null }, { value: 1.5 }] } }] } },
      ],
    });
  });

  test.each([
    ['', 'x.yaml: is empty'],
    ['# only a comment\n', 'x.yaml: is empty'],
    ['---\n', 'x.yaml: is empty'],
    ['a: 1\n---\nb: 2\n', 'x.yaml:2:1: a second YAML document begins here'],
    [
      'a: 1\nb: [1, 2\n',
      'is not valid YAML: the indentation fits no level above (or a bracket above is not closed)',
    ],
    ['a:\n\t b: 1\n', 'x.yaml:2:1: is not valid YAML: a tab is used for indentation'],
    ['a: b: c\n', 'x.yaml:1:4: is not valid YAML: a mapping’s key must stand on one line'],
    ['a: "\\q"\n', 'is not valid YAML: unknown escape sequence'],
    ['a: 1\nb: 2\na: 3\n', 'x.yaml:3:1: a: the key is given twice in the same mapping; first in line 1'],
    ['a: {b: 1, b: 2}\n', 'x.yaml:1:11: b: the key is given twice'],
    ['__proto__: {x: 1}\n', 'x.yaml:1:1: __proto__: is not allowed as a key'],
    ['a: {constructor: {prototype: 1}}\n', 'x.yaml:1:5: constructor: is not allowed as a key'],
    ['? [a]\n: 1\n', 'x.yaml:1:3: expected a plain text as key'],
    ['a: *b\n', 'an alias stands here whose anchor is not before it'],
  ])('%j is refused', async (text, expected) => {
    expect(await errorOf(text)).toContain(expected);
  });

  test('an alias takes the last anchor of its name that stands before it', () => {
    expect(parse('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')).toMatchObject({
      entries: [
        { value: { value: 1 } },
        { value: { value: 1 } },
        { value: { value: 2 } },
        { value: { value: 2 } },
      ],
    });
  });

  test('an alias bomb is stopped, and so is an anchor that holds itself', async () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    expect(await errorOf(['l0: &l0 lol', ...levels].join('\n'))).toContain('holds more than 100000 values');
    expect(await errorOf('a: &a [*a]\n')).toContain('is nested more than 64 levels deep');
  });

  test.each([
    ['brackets', '['.repeat(1_000_000)],
    ['braces', '{a: '.repeat(200_000)],
    ['list items', '- '.repeat(500_000)],
    ['keys', '? '.repeat(500_000)],
    ['indentation', Array.from({ length: 1300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('deep nesting of %s is refused before it costs a stack', async (_name, text) => {
    expect(await errorOf(text)).toContain('is nested more than 64 levels deep');
  });

  test('as many keys as fit into a file cost seconds at most', async () => {
    const text = Array.from({ length: 90_000 }, (_, i) => `k${i}: 1`).join('\n');
    const start = Date.now();
    expect(await errorOf(`${text}\nk5: 2\n`)).toMatch(/holds more than|k5: the key is given twice/);
    // A search for duplicates that is quadratic takes minutes.
    expect(Date.now() - start).toBeLessThan(30_000);
  }, 60_000);
});
