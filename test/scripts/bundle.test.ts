import { describe, expect, test } from '@jest/globals';
import { withCheaperWords, withLazyRequires } from '../../scripts/lazy-requires.js';
import { packChunks } from '../../scripts/pack-chunks.js';

type Require = (id: string) => unknown;

/** Runs CommonJS, and says what it loaded, in order. */
function run(source: string, modules: Record<string, unknown>) {
  const loaded: string[] = [];
  const require: Require = (id) => {
    loaded.push(id);
    if (!(id in modules)) throw new Error(`no module ${id}`);
    return modules[id];
  };
  const module = { exports: {} as Record<string, unknown> };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- what a bundle is
  new Function('module', 'exports', 'require', source)(
    module,
    module.exports,
    Object.assign(require, { resolve: (id: string) => id }),
  );
  return { exports: module.exports as Record<string, (...args: unknown[]) => unknown>, loaded };
}

describe('lazy requires', () => {
  const source = withLazyRequires(
    [
      'const __importDefault = (mod) => (mod && mod.__esModule ? mod : { default: mod });',
      'const __importStar = (mod) => mod;',
      'const node_path_1 = require("node:path");',
      'const thing_1 = __importDefault(require("./thing"));',
      'var base_1 = require("./base");',
      'exports.Names = __importStar(require("./names"));',
      'exports.Child = class extends base_1.Base {};',
      'exports.make = () => new thing_1.default((0, node_path_1.join)("a", "b"));',
    ].join('\n'),
  );
  const modules = {
    'node:path': { join: (...parts: string[]) => parts.join('/') },
    './thing': class {
      constructor(readonly path: string) {}
    },
    './base': { Base: Object },
    './names': { all: 1 },
  };

  test('only what the module itself needs is loaded with it', () => {
    expect(run(source, modules).loaded).toEqual(['./base']);
  });

  test('what is used is loaded once, and works as before', () => {
    const { exports, loaded } = run(source, modules);
    expect(exports.make?.()).toEqual({ path: 'a/b' });
    exports.make?.();
    expect(exports.Names).toEqual({ all: 1 });
    expect(loaded.sort()).toEqual(['./base', './names', './thing', 'node:path']);
  });
});

describe('cheaper words for oclif’s', () => {
  const file = '/node_modules/@oclif/core/lib/config/plugin.js';

  test('stand in their place, in that file alone', () => {
    const source = 'ids.sort((a, b) => a.id.localeCompare(b.id))';
    expect(withCheaperWords(file, source)).toBe('ids.sort((a, b) => (a.id < b.id ? -1 : 1))');
    expect(withCheaperWords('/lib/config/config.js', source)).toBe(source);
  });

  test('a file without them is told, because it is of another version', () => {
    expect(() => withCheaperWords(file, 'ids.sort()')).toThrow('has no a.id.localeCompare(b.id) any more');
  });
});

describe('packs of chunks', () => {
  const files = () =>
    new Map([
      ['main.cjs', 'exports.a = require("./chunks/a.cjs"); exports.c = require("./chunks/c.cjs");'],
      ['commands/deep/x.cjs', 'module.exports = require("../../chunks/b.cjs");'],
      [
        'chunks/a.cjs',
        'exports.count = (globalThis.ran = (globalThis.ran ?? 0) + 1); exports.b = require("./b.cjs");',
      ],
      [
        'chunks/b.cjs',
        'exports.a = require("./a.cjs"); exports.c = require("./c.cjs"); exports.fs = require("fs");',
      ],
      ['chunks/c.cjs', 'exports.c = true; exports.later = () => require("./a.cjs");'],
    ]);

  test('chunks of a pack leave, and who asks for them asks the pack', () => {
    const packed = files();
    packChunks(packed, new Map([['pack.cjs', ['a.cjs', 'b.cjs']]]));
    expect([...packed.keys()].sort()).toEqual([
      'chunks/c.cjs',
      'chunks/pack.cjs',
      'commands/deep/x.cjs',
      'main.cjs',
    ]);
    expect(packed.get('main.cjs')).toBe(
      'exports.a = require("./chunks/pack.cjs").load("./a.cjs"); exports.c = require("./chunks/c.cjs");',
    );
    expect(packed.get('commands/deep/x.cjs')).toContain('require("../../chunks/pack.cjs").load("./b.cjs")');
    expect(packed.get('chunks/c.cjs')).toContain('require("./pack.cjs").load("./a.cjs")');
  });

  test('a pack runs each chunk once, also those that need each other, and passes on what it does not hold', () => {
    const packed = files();
    packChunks(packed, new Map([['pack.cjs', ['a.cjs', 'b.cjs']]]));
    const { exports, loaded } = run(packed.get('chunks/pack.cjs') ?? '', {
      './c.cjs': { c: true },
      fs: 'fs',
    });
    expect(loaded).toEqual([]);
    const a = exports.load?.('./a.cjs') as { count: number; b: { a: unknown; c: unknown; fs: unknown } };
    expect(a.count).toBe(1);
    expect(a.b.a).toBe(a);
    expect(a.b.c).toEqual({ c: true });
    expect(exports.load?.('./a.cjs')).toBe(a);
    expect(loaded).toEqual(['./c.cjs', 'fs']);
  });
});
