import { describe, expect, test } from '@jest/globals';
import { packLayer, tarOf, type Entry } from '../../../scripts/image/layer.js';
import { entriesOf } from '../../../scripts/image/parts.js';
import { Parser, type ReadEntry } from 'tar';

const file = (path: string, text = path, executable = false): Entry => ({
  path,
  kind: 'file',
  executable,
  bytes: Buffer.from(text),
});

/** Path, mode and kind of each member, in order. */
function listed(archive: Buffer): string[] {
  const seen: string[] = [];
  const parser = new Parser();
  parser.on('entry', (entry: ReadEntry) => {
    seen.push(
      `${(entry.mode ?? 0).toString(8)} ${entry.uid}:${entry.gid} ${entry.mtime?.getTime()} ${entry.path}`,
    );
    entry.resume();
  });
  parser.end(archive);
  return seen;
}

describe('a layer', () => {
  test('is the same whatever order its files were found in', () => {
    const files = [file('usr/b'), file('usr/a'), file('etc/x', 'y'), file('usr-local/z')];
    expect(packLayer(files).equals(packLayer([...files].reverse()))).toBe(true);
  });

  test('has each folder before what is in it, once, and belongs to root', () => {
    const layer = packLayer([
      file('opt/todo/bin/run.js', 'x', true),
      { path: 'tmp', kind: 'folder', mode: 0o1777 },
    ]);
    expect(listed(layer)).toEqual([
      '755 0:0 0 opt/',
      '755 0:0 0 opt/todo/',
      '755 0:0 0 opt/todo/bin/',
      '755 0:0 0 opt/todo/bin/run.js',
      '1777 0:0 0 tmp/',
    ]);
  });

  test('gives back what went in: bytes of every length around a block, and links', async () => {
    const sizes = [0, 1, 511, 512, 513, 1024];
    const entries: Entry[] = [
      ...sizes.map((size) => file(`f/${size}`, 'x'.repeat(size))),
      { path: 'lib64/ld.so', kind: 'link', target: '/lib/ld.so' },
    ];
    const found = await entriesOf(packLayer(entries), (path) => path);
    expect(found.map((each) => (each.kind === 'file' ? each.bytes.length : each.kind))).toEqual([
      ...sizes.map(String).sort().map(Number),
      'link',
    ]);
    expect(found.at(-1)).toEqual({ path: 'lib64/ld.so', kind: 'link', target: '/lib/ld.so' });
  });

  test('keeps a path of 101 to 255 bytes, and refuses a longer name', () => {
    const long = `${'folder/'.repeat(20)}file`;
    expect(listed(packLayer([file(long)])).at(-1)).toContain(long);
    expect(() => packLayer([file('x'.repeat(101))])).toThrow(/does not fit/);
    expect(() => tarOf([{ path: 'é'.repeat(60), type: 'File', mode: 0o644 }])).toThrow(/does not fit/);
  });

  test.each([[''], ['/etc/passwd'], ['../etc'], ['a/../../b'], ['/']])('refuses the path %j', (path) => {
    expect(() => packLayer([file(path)])).toThrow(/not a path of a layer/);
  });

  test('refuses two files of one path', () => {
    expect(() => packLayer([file('a', 'one'), file('a', 'two')])).toThrow(/twice/);
  });
});
