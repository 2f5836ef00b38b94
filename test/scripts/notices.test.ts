import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { extract } from 'tar';
import { NOTICES_FILE, thirdPartyNotices } from '../../scripts/notices.js';
import { buildIfStale, ROOT } from '../faults/support/program.js';

describe('notices', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'todo-k8s-notices-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function put(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  /** A package with a licence, and one file. */
  function installed(folder: string, manifest: object, licence?: string, source = ''): void {
    const name = folder.replace(/.*node_modules\//, '');
    put(`${folder}/package.json`, JSON.stringify({ name, version: '1.0.0', license: 'MIT', ...manifest }));
    if (licence !== undefined) put(`${folder}/LICENSE.md`, licence);
    put(`${folder}/index.js`, source);
  }

  /** @param bytes that each file put into the output */
  function noticesOf(bytes: Record<string, number>): string {
    const inputs = Object.fromEntries(
      Object.entries(bytes).map(([file, bytesInOutput]) => [file, { bytesInOutput }]),
    );
    return thirdPartyNotices(
      { inputs: {}, outputs: { 'main.cjs': { inputs } } } as unknown as Metafile,
      root,
    );
  }

  test('only what is really bundled is named, with version and licence, also inside another package', () => {
    installed('node_modules/used', { license: 'ISC' }, 'text of used');
    installed('node_modules/used/node_modules/@scope/inner', { version: '2.0.0' }, 'text of inner');
    installed('node_modules/shaken', {}, 'text of shaken');
    const text = noticesOf({
      'src/cli/main.ts': 10,
      'node_modules/used/index.js': 5,
      'node_modules/used/node_modules/@scope/inner/index.js': 1,
      'node_modules/shaken/index.js': 0,
    });
    expect(text).toMatch(/^used 1\.0\.0, ISC\n\ntext of used$/m);
    expect(text).toMatch(/^@scope\/inner 2\.0\.0, MIT\n\ntext of inner$/m);
    expect(text).not.toContain('shaken');
  });

  test('packages with the same text share it; comments that claim rights are kept, others not', () => {
    const source =
      '/*! By somebody. MIT */ /* what it does */ /** @license By another */ /*! By somebody. MIT */';
    installed('node_modules/a', {}, 'the text\r\n');
    installed('node_modules/b', {}, '\nthe text');
    installed('node_modules/c', {}, 'the text', source);
    const text = noticesOf({
      'node_modules/b/index.js': 1,
      'node_modules/a/index.js': 1,
      'node_modules/c/index.js': 1,
    });
    expect(text).toContain('a 1.0.0, MIT\nb 1.0.0, MIT\n\nthe text\n');
    expect(text).toContain(
      'c 1.0.0, MIT\n\nthe text\n\n/*! By somebody. MIT */\n\n/** @license By another */\n',
    );
    expect(text).not.toContain('what it does');
  });

  test('a package without a licence file stops the build', () => {
    installed('node_modules/bare', {});
    expect(() => noticesOf({ 'node_modules/bare/index.js': 1 })).toThrow(/bare 1\.0\.0 has no licence file/);
  });

  test('so does a dependency that may have been put into the files of who depends on it', () => {
    installed('node_modules/whole', { dependencies: { part: '1' } }, 'text', 'const part = {};');
    expect(() => noticesOf({ 'node_modules/whole/index.js': 1 })).toThrow(/whole contain part/);
    installed('node_modules/whole', { dependencies: { part: '1' } }, 'text', 'require("part/lib");');
    expect(noticesOf({ 'node_modules/whole/index.js': 1 })).toContain('whole 1.0.0');
    installed('node_modules/whole', { dependencies: { '@types/part': '1' } }, 'text', 'const part = {};');
    expect(noticesOf({ 'node_modules/whole/index.js': 1 })).toContain('whole 1.0.0');
  });

  test('what is known to be inside a package has its text there', () => {
    installed('node_modules/tar', { dependencies: { minipass: '1' } }, 'text of tar');
    for (const name of ['@isaacs/fs-minipass', 'chownr', 'minizlib', 'yallist'])
      installed(`node_modules/${name}`, {}, `text of ${name}`);
    installed('node_modules/minipass', {}, 'an older one');
    installed('node_modules/tar/node_modules/minipass', { version: '9.0.0' }, 'text of minipass');
    const text = noticesOf({ 'node_modules/tar/index.js': 1 });
    expect(text).toMatch(/^minipass 9\.0\.0 \(inside tar\), MIT\n\ntext of minipass$/m);
    expect(text).not.toContain('an older one');
  });
});

describe('the package', () => {
  let folder: string;
  let files: string[];
  beforeAll(() => {
    buildIfStale();
    folder = mkdtempSync(join(tmpdir(), 'todo-k8s-package-'));
    const argv = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const [packed] = JSON.parse(execFileSync('npm', argv, { cwd: ROOT, encoding: 'utf8' })) as {
      filename: string;
      files: { path: string }[];
    }[];
    files = packed?.files.map(({ path }) => path) ?? [];
    extract({ file: join(folder, packed?.filename ?? ''), cwd: folder, sync: true });
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // That it is that of what is bundled now, lint says.
  test('carries the licence texts of what is bundled', () => {
    const carried = readFileSync(join(folder, 'package', NOTICES_FILE), 'utf8');
    expect(carried).toBe(readFileSync(join(ROOT, NOTICES_FILE), 'utf8'));
    for (const name of ['@oclif/core', '@kubernetes/client-node', 'undici', 'ws', 'yaml', 'zod', 'minipass'])
      expect(carried).toMatch(new RegExp(`^${name} \\d`, 'm'));
    // Tools of the build and the tests are in no file of the package.
    expect(carried).not.toMatch(/^(esbuild|jest|eslint|typescript|prettier) \d/m);
  });

  test('is what a user needs, and nothing of the build or the tests', () => {
    for (const file of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      NOTICES_FILE,
      'bin/run.js',
      'oclif.manifest.json',
    ])
      expect(files).toContain(file);
    const kinds =
      /^(bin\/((run|complete)\.js|compile-cache\.cjs|package\.json)|dist\/.*\.cjs|dist\/package\.json|docs\/(checks\/.*|causes)\.md|docs\/\w+\.schema\.json|[A-Z-]+(\.md|\.txt)?|package\.json|oclif\.manifest\.json)$/;
    expect(files.filter((file) => !kinds.test(file))).toEqual([]);
  });
});
