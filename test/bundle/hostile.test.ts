/** Bundles that nobody made in good faith: refused with exit code 2 and the reason, nothing written, nothing hung. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import Verify from '../../src/commands/verify.js';
import type { Manifest } from '../../src/evidence/bundle/manifest.js';
import { startLab } from '../../src/lab/lab.js';
import { entriesOf, listed, tarOf, withFact, type Entry } from './archive.js';
import { runCommand, temporaryFolder } from './support.js';

jest.setTimeout(60_000);

const { folder, file, remove } = temporaryFolder();
afterAll(remove);

let sound: Entry[];
let manifest: Manifest;

beforeAll(async () => {
  const lab = await startLab();
  const good = file('good.tgz');
  try {
    await runCommand(Verify, ['--kubeconfig', lab.kubeconfigPath, '--only', 'service', '--record', good]);
  } finally {
    await lab.close();
  }
  sound = entriesOf(gunzipSync(readFileSync(good)));
  manifest = JSON.parse(sound[0]?.content.toString() ?? '') as Manifest;
});

/** The sound bundle with another manifest, and with more entries behind. */
function bundle(change: (manifest: Manifest) => unknown, more: Entry[] = []): Buffer {
  const copy = structuredClone(manifest);
  const changed = change(copy) ?? copy;
  const first = { path: 'manifest.json', content: Buffer.from(JSON.stringify(changed)) };
  return gzipSync(tarOf([first, ...sound.slice(1), ...more]));
}

/** Lists the entry, so that nothing but the entry itself is wrong. */
function withListed(entry: Entry): Buffer {
  return bundle((all) => void all.files.push(listed(entry)), [entry]);
}

/** The sound bundle, in which only the value of one fact is wrong. */
function withEvidence(key: string, value: string): Buffer {
  return withFact(sound, key, `{"ok":true,"at":"2026-02-09T14:05:00Z","value":${value}}`);
}

const text = Buffer.from('x\n');
const outside = file('outside.txt');

const CASES: [string, () => Buffer, RegExp][] = [
  ['no gzip', () => Buffer.from('hello'), /no bundle/],
  ['an empty file', () => Buffer.alloc(0), /no manifest|truncated|holds no/],
  [
    'gzip of something else',
    () => gzipSync('hello, this is some text '.repeat(60)),
    /its first file is not manifest/,
  ],
  ['a tar without manifest', () => gzipSync(tarOf(sound.slice(1))), /first file/],
  ['packed twice', () => gzipSync(bundle(() => undefined)), /its first file is not manifest/],
  ['a truncated file', () => bundle(() => undefined).subarray(0, 4000), /truncated/],
  [
    'an archive that ends early',
    () =>
      gzipSync(tarOf([{ path: 'manifest.json', content: sound[0]?.content ?? text }, ...sound.slice(1, -2)])),
    /truncated: .* is not in it/,
  ],
  [
    'a wrong checksum',
    () => bundle((all) => void Object.assign(all.files[0] ?? {}, { sha256: '0'.repeat(64) })),
    /checksum of .* is wrong/,
  ],
  ['a wrong size', () => bundle((all) => void Object.assign(all.files[0] ?? {}, { size: 1 })), /not as long/],
  [
    'a changed byte of evidence',
    () => {
      const tar = gunzipSync(bundle(() => undefined));
      const at = tar.indexOf('"spec"');
      tar[at + 1] = 'S'.charCodeAt(0);
      return gzipSync(tar);
    },
    /checksum of .* is wrong/,
  ],
  ['a newer schema', () => bundle((all) => ({ ...all, schemaVersion: 2 })), /made by a newer todo-k8s/],
  ['an unknown format', () => bundle((all) => ({ ...all, format: 'other' })), /no bundle of todo-k8s/],
  [
    'a manifest that is not JSON',
    () => gzipSync(tarOf([{ path: 'manifest.json', content: text }])),
    /is not JSON/,
  ],
  ['a manifest without target', () => bundle((all) => ({ ...all, target: undefined })), /not of the form/],
  [
    'another contract',
    () => bundle((all) => ({ ...all, contract: { backend: { replicaCount: 'many' } } })),
    /its contract is not one that this todo-k8s knows/,
  ],
  [
    'a pattern that would never be done with a line of its log',
    () => bundle((all) => void all.contract.database.errorLogPatterns.push('^(a+)+$')),
    /could take forever.*\^\(a\+\)\+\$/,
  ],
  [
    'a symbolic link',
    () =>
      withListed({
        path: 'evidence/link.json',
        content: Buffer.alloc(0),
        type: 'SymbolicLink',
        linkpath: outside,
      }),
    /not a plain file: "evidence\/link.json" \(SymbolicLink\)/,
  ],
  [
    'a hard link',
    () =>
      withListed({
        path: 'evidence/link.json',
        content: Buffer.alloc(0),
        type: 'Link',
        linkpath: '/etc/passwd',
      }),
    /not a plain file/,
  ],
  [
    'a device',
    () => withListed({ path: 'evidence/null', content: Buffer.alloc(0), type: 'CharacterDevice' }),
    /not a plain file/,
  ],
  [
    'a pipe',
    () => withListed({ path: 'evidence/pipe', content: Buffer.alloc(0), type: 'FIFO' }),
    /not a plain file/,
  ],
  [
    'a folder',
    () => withListed({ path: 'evidence/folder', content: Buffer.alloc(0), type: 'Directory' }),
    /not a plain file/,
  ],
  [
    'an absolute path',
    () => withListed({ path: '/evidence/x.json', content: text }),
    /lists a file that no bundle has/,
  ],
  [
    'a path upwards',
    () => withListed({ path: 'evidence/../../x', content: text }),
    /lists a file that no bundle has/,
  ],
  [
    'a path with dots',
    () => withListed({ path: 'evidence/..', content: text }),
    /lists a file that no bundle has/,
  ],
  [
    'a backslash',
    () => withListed({ path: 'evidence\\..\\x', content: text }),
    /lists a file that no bundle has/,
  ],
  [
    'a file twice',
    () => {
      const again = sound.find(({ path }) => path.startsWith('evidence/')) ?? { path: '', content: text };
      return bundle(() => undefined, [again]);
    },
    /twice/,
  ],
  [
    'a file listed twice',
    () => bundle((all) => void all.files.push(all.files[0] ?? listed({ path: '', content: text }))),
    /twice/,
  ],
  ['a second manifest', () => bundle(() => undefined, [{ path: 'manifest.json', content: text }]), /twice/],
  [
    'a file that is not listed',
    () => bundle(() => undefined, [{ path: 'evidence/x', content: text }]),
    /does not list/,
  ],
  [
    'an extended header',
    () =>
      withListed({
        path: 'evidence/pax',
        content: Buffer.from('30 path=../../../outside.txt\n'),
        type: 'ExtendedHeader',
      }),
    /of a kind that no bundle has \(ExtendedHeader\)/,
  ],
  [
    'a GNU long name',
    () => withListed({ path: '././@LongLink', content: text, type: 'NextFileHasLongPath' }),
    /lists a file/,
  ],
  [
    'a bomb by ratio',
    () => {
      const zeros = { path: 'evidence/zeros.json', content: Buffer.alloc(64 * 1024 * 1024) };
      return withListed(zeros);
    },
    /400 times its size/,
  ],
  [
    'a bomb by size, as it says itself',
    () =>
      bundle((all) => void all.files.push({ path: 'evidence/huge', size: 2 ** 40, sha256: '0'.repeat(64) })),
    /unpacks to more than 192 MiB/,
  ],
  [
    'more archives behind it',
    () => Buffer.concat([bundle(() => undefined), gzipSync(Buffer.alloc(8 * 1024 * 1024))]),
    /it goes on behind its end/,
  ],
  [
    'more pods than a cluster has',
    () => withEvidence('pods', JSON.stringify(Array.from({ length: 10_001 }, () => ({})))),
    /evidence\/pods\.json has more than 10000 items/,
  ],
  [
    'pods that are none',
    () => withEvidence('pods', '[null,1]'),
    /evidence\/pods\.json is not evidence as todo-k8s records it: value\[\d\]/,
  ],
  [
    'evidence that is nested without end',
    () => withEvidence('pods', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    /evidence\/pods\.json is not evidence as todo-k8s records it: value\[\d\]/,
  ],
  [
    'more files than a bundle has',
    () =>
      bundle((all) => {
        for (let index = 0; index < 3000; index += 1)
          all.files.push({ path: `evidence/f${index}`, size: 0, sha256: '0'.repeat(64) });
      }),
    /more than 2000 files/,
  ],
];

describe('a bundle with', () => {
  test.each(CASES)('%s is refused', async (_, make, words) => {
    const hostile = file('hostile.tgz');
    writeFileSync(hostile, make());
    const before = readdirSync(folder).sort();
    const { exitCode, stdout, stderr } = await runCommand(Verify, ['--from', hostile]);
    expect(stderr).toMatch(words);
    expect(stderr.startsWith(`todo-k8s: ${hostile}: `)).toBe(true);
    expect(stderr).not.toMatch(/internal error/);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test('nothing wrong is taken, also when packed by another hand', async () => {
    const repacked = file('repacked.tgz');
    writeFileSync(
      repacked,
      bundle(() => undefined),
    );
    const { exitCode } = await runCommand(Verify, ['--from', repacked]);
    expect(exitCode).toBe(0);
  });
});

test('no file, a folder, and a stream without end', async () => {
  expect((await runCommand(Verify, ['--from', file('none.tgz')])).stderr).toMatch(/there is no such file/);
  expect((await runCommand(Verify, ['--from', folder])).stderr).toMatch(/it is a directory/);
  expect((await runCommand(Verify, ['--from', '/dev/zero'])).stderr).toMatch(/no bundle/);
});

test('a bundle is for its owner alone', () => {
  expect(statSync(file('good.tgz')).mode & 0o777).toBe(0o600);
});
