import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { imageConfig, programEntries, SYSTEM, USER, type Package } from '../../../scripts/image/contents.js';
import { packLayer } from '../../../scripts/image/layer.js';
import { ociImage } from '../../../scripts/image/oci.js';
import { entriesOf, libraryEntries, type Parts } from '../../../scripts/image/parts.js';

const root = process.cwd();
const about = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Package;
const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8').replace(/\\\n\s*/g, ' ');
const parts = JSON.parse(readFileSync(path.join(root, 'deploy/image/parts.json'), 'utf8')) as Parts;
const EPOCH = '1970-01-01T00:00:00.000Z';

interface Descriptor {
  digest: string;
  size: number;
  mediaType: string;
}

async function opened(archive: Buffer): Promise<Map<string, Buffer>> {
  const entries = await entriesOf(archive, (name) => name);
  return new Map(entries.map((entry) => [entry.path, entry.kind === 'file' ? entry.bytes : Buffer.alloc(0)]));
}

describe('an image', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-image-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A program in a folder of its own, with these dates and under this umask. */
  async function program(name: string, date: number, umask: number): Promise<Buffer> {
    const place = path.join(folder, name);
    const before = process.umask(umask);
    try {
      mkdirSync(path.join(place, 'bin'), { recursive: true });
      mkdirSync(path.join(place, 'dist/commands'), { recursive: true });
      for (const file of [
        'package.json',
        'LICENSE',
        'bin/run.js',
        'dist/main.cjs',
        'dist/commands/verify.cjs',
      ]) {
        writeFileSync(path.join(place, file), `content of ${file}`);
        utimesSync(path.join(place, file), date, date);
      }
    } finally {
      process.umask(before);
    }
    return packLayer(await programEntries(place, { ...about, files: ['bin/run.js', 'dist'] }));
  }

  test('of the same sources has the same digest: on another day, in another folder, under another umask', async () => {
    const one = await program('one', 1_000_000, 0o022);
    const two = await program('two', 1_700_000_000, 0o077);
    const digest = (layer: Buffer) => ociImage('a/b:1', 'amd64', imageConfig(about), [layer], EPOCH);
    expect(digest(two)).toEqual(digest(one));
  });

  test('differs where one byte of the program, or the configuration, does', () => {
    const layer = packLayer([{ path: 'a', kind: 'file', executable: false, bytes: Buffer.from('1') }]);
    const other = packLayer([{ path: 'a', kind: 'file', executable: false, bytes: Buffer.from('2') }]);
    const executable = packLayer([{ path: 'a', kind: 'file', executable: true, bytes: Buffer.from('1') }]);
    const config = imageConfig(about);
    const digests = [
      ociImage('a/b:1', 'amd64', config, [layer], EPOCH),
      ociImage('a/b:1', 'amd64', config, [other], EPOCH),
      ociImage('a/b:1', 'amd64', config, [executable], EPOCH),
      ociImage('a/b:1', 'amd64', { ...config, User: '0' }, [layer], EPOCH),
      ociImage('a/b:1', 'arm64', config, [layer], EPOCH),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  test('that was not built is refused, and not packed without its program', async () => {
    const place = path.join(folder, 'empty');
    mkdirSync(place);
    writeFileSync(path.join(place, 'package.json'), '{}');
    writeFileSync(path.join(place, 'LICENSE'), '');
    await expect(programEntries(place, about)).rejects.toThrow(/ENOENT/);
  });

  test('is an OCI layout: from the index each digest and size leads to the bytes that it names', async () => {
    const layers = [packLayer(SYSTEM), await program('three', 1, 0o022)];
    const { digest, archive } = ociImage('ghcr.io/x/y:1.2', 'amd64', imageConfig(about), layers, EPOCH);
    const files = await opened(archive);
    const at = ({ digest, size }: Descriptor) => {
      const bytes = files.get(`blobs/${digest.replace(':', '/')}`) ?? Buffer.alloc(0);
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
      expect(bytes.length).toBe(size);
      return bytes;
    };
    const index = JSON.parse(String(files.get('index.json'))) as {
      manifests: (Descriptor & { annotations: Record<string, string> })[];
    };
    const [first] = index.manifests;
    if (first === undefined) throw new Error('the index is empty');
    expect(first.digest).toBe(digest);
    expect(first.annotations['io.containerd.image.name']).toBe('ghcr.io/x/y:1.2');
    const manifest = JSON.parse(String(at(first))) as { config: Descriptor; layers: Descriptor[] };
    const config = JSON.parse(String(at(manifest.config))) as {
      config: object;
      rootfs: { diff_ids: string[] };
    };
    expect(manifest.layers.map(at)).toEqual(layers);
    // Of a layer that is not compressed they are the same.
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map(({ digest }) => digest));
    expect(config.config).toMatchObject({ User: USER, Cmd: ['verify'] });
    expect(JSON.parse(String(files.get('oci-layout')))).toEqual({ imageLayoutVersion: '1.0.0' });
  });

  test('has no passwd, no shell, and a user who is not root', () => {
    expect(SYSTEM.map(({ path: each }) => each)).toEqual(['etc/nsswitch.conf', 'tmp']);
    expect(Number(USER.split(':')[0])).toBeGreaterThan(0);
  });

  const hasDpkg = (() => {
    try {
      execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  (hasDpkg ? test : test.skip)(
    'takes shared objects and the licence of a Debian package, and nothing else',
    async () => {
      const source = path.join(folder, 'package');
      const files = [
        'DEBIAN/control',
        'lib/x86_64-linux-gnu/libx.so.6',
        'usr/lib/x86_64-linux-gnu/libx-2.36.so',
        'usr/lib/x86_64-linux-gnu/gconv/BIG5.so',
        'usr/lib/x86_64-linux-gnu/libx.a',
        'usr/bin/tool',
        'usr/share/doc/libx/copyright',
        'usr/share/doc/libx/NEWS.gz',
        'etc/ld.so.conf.d/x.conf',
      ];
      for (const file of files) {
        mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
        writeFileSync(path.join(source, file), file);
      }
      const control =
        'Package: libx\nVersion: 1\nArchitecture: amd64\nMaintainer: x <x@example.org>\nDescription: x\n';
      writeFileSync(path.join(source, 'DEBIAN/control'), control);
      const cache = path.join(folder, 'cache');
      mkdirSync(path.join(cache, 'image'), { recursive: true });
      const deb = path.join(cache, 'image/libx_1_amd64.deb');
      execFileSync('dpkg-deb', ['--build', '--root-owner-group', source, deb], { stdio: 'ignore' });
      const sha256 = createHash('sha256').update(readFileSync(deb)).digest('hex');
      const { TODO_K8S_CACHE } = process.env;
      process.env.TODO_K8S_CACHE = cache;
      try {
        const found = await libraryEntries('libx', { version: '1', sha256 }, 'bookworm', 'amd64');
        expect(found.map((entry) => entry.path).sort()).toEqual([
          'lib/x86_64-linux-gnu/libx.so.6',
          'usr/lib/x86_64-linux-gnu/libx-2.36.so',
          'usr/share/doc/libx/copyright',
        ]);
      } finally {
        if (TODO_K8S_CACHE === undefined) delete process.env.TODO_K8S_CACHE;
        else process.env.TODO_K8S_CACHE = TODO_K8S_CACHE;
      }
    },
  );
});

describe('the Dockerfile makes the same image', () => {
  const config = imageConfig(about);
  const instruction = (name: string) => {
    const last = dockerfile.slice(dockerfile.indexOf('FROM scratch'));
    return [...last.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, value = '']) => value.trim());
  };

  test('its last stage has nothing but the root file system that scripts/image.ts writes', () => {
    expect(instruction('COPY')).toEqual(['--from=build /image/ /']);
    expect(dockerfile).toContain('npx tsx scripts/image.ts --root /image');
    expect(instruction('RUN')).toEqual([]);
  });

  test('and the same user, entry point, command, environment and labels', () => {
    expect(instruction('USER')).toEqual([config.User]);
    expect(JSON.parse(instruction('ENTRYPOINT')[0] ?? '')).toEqual(config.Entrypoint);
    expect(JSON.parse(instruction('CMD')[0] ?? '')).toEqual(config.Cmd);
    expect(instruction('WORKDIR')).toEqual([config.WorkingDir]);
    expect(instruction('ENV').join(' ').split(' ')).toEqual(config.Env);
    const labels = [...(instruction('LABEL')[0] ?? '').matchAll(/(\S+)="([^"]*)"/g)];
    expect(Object.fromEntries(labels.map(([, key, value]) => [key, value]))).toEqual(config.Labels);
  });

  test('and builds with the Node.js that it ships, on the Debian of the libraries', () => {
    for (const { node } of Object.values(parts.architectures))
      expect(dockerfile).toContain(`FROM node:${node.version}-${parts.debian} AS build`);
  });

  test('each part is pinned by version and digest', () => {
    for (const { node, libraries } of Object.values(parts.architectures)) {
      expect(Object.keys(libraries)).toEqual(['libc6', 'libgcc-s1', 'libstdc++6']);
      for (const pin of [node, ...Object.values(libraries)]) {
        expect(pin.version).toMatch(/^\d/);
        expect(pin.sha256).toMatch(/^[0-9a-f]{64}$/);
      }
    }
  });
});
