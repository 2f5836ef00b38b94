/** Bundles taken apart and put together by nothing of this program. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import type { Manifest } from '../../src/evidence/bundle/manifest.js';

type Type =
  NonNullable<ConstructorParameters<typeof Header>[0]> extends infer D
    ? D extends { type?: infer T }
      ? T
      : never
    : never;

export interface Entry {
  path: string;
  content: Buffer;
  type?: Type;
  linkpath?: string;
}

/** The entries of a plain tar archive, read by hand. */
export function entriesOf(tar: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; tar[at] !== 0;) {
    const path = tar
      .subarray(at, at + 100)
      .toString()
      .replace(/\0.*$/s, '');
    const size = parseInt(tar.subarray(at + 124, at + 136).toString(), 8);
    entries.push({ path, content: Buffer.from(tar.subarray(at + 512, at + 512 + size)) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

export function tarOf(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(({ path, content, type = 'File', linkpath }) => {
    const header = new Header({
      path,
      size: content.length,
      type,
      mode: 0o644,
      ...(linkpath && { linkpath }),
    });
    header.encode();
    return [header.block ?? Buffer.alloc(0), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export function listed(entry: Entry): Manifest['files'][number] {
  return {
    path: entry.path,
    size: entry.content.length,
    sha256: createHash('sha256').update(entry.content).digest('hex'),
  };
}

/** The bundle with another text for one fact, right checksum included. @param sound its entries, manifest first */
export function withFact(sound: readonly Entry[], key: string, json: string): Buffer {
  const path = `evidence/${key}.json`;
  const entry = { path, content: Buffer.from(json) };
  const [head, ...rest] = sound;
  const manifest = JSON.parse(head?.content.toString() ?? '') as Manifest;
  const others = manifest.files.filter((file) => file.path !== path);
  const first = {
    path: 'manifest.json',
    content: Buffer.from(JSON.stringify({ ...manifest, files: [...others, listed(entry)] })),
  };
  return gzipSync(tarOf([first, ...rest.filter((each) => each.path !== path), entry]));
}
