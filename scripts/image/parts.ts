/**
 * What the image has beside the program: Node.js, as npm distributes its binary, and the three C and C++ libraries that it
 * needs, from Debian. Each is pinned by version and digest in deploy/image/parts.json, fetched by npm and apt (which know this
 * machine's mirrors), checked, and kept in the cache.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Parser, type ReadEntry } from 'tar';
import type { Entry } from './layer.js';

const execute = promisify(execFile);

interface Pin {
  version: string;
  /** SHA-256 of the package file, in hexadecimal. */
  sha256: string;
}

export interface Parts {
  /** Debian's name of the suite, such as `bookworm`. */
  debian: string;
  /** By architecture, as OCI names it. */
  architectures: Record<string, { node: Pin & { package: string }; libraries: Record<string, Pin> }>;
}

/** A part that cannot be had, in words for the person who builds. */
export class PartError extends Error {
  override name = 'PartError';
}

/** OCI's name of this machine's architecture. */
export function architecture(): string {
  return { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
}

export function cacheFolder(): string {
  const { TODO_K8S_CACHE, XDG_CACHE_HOME } = process.env;
  return path.join(
    TODO_K8S_CACHE ?? path.join(XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'todo-k8s'),
    'image',
  );
}

/** Node.js' program and its licence. @throws PartError */
export async function nodeEntries(pin: Pin & { package: string }): Promise<Entry[]> {
  const what = `${pin.package}@${pin.version}`;
  const file = await fetched(`${pin.package}-${pin.version}.tgz`, pin, (folder) =>
    run('npm', ['pack', '--silent', '--pack-destination', folder, what], folder, what),
  );
  const found = await entriesOf(await readFile(file), (name) =>
    name === 'package/bin/node'
      ? 'usr/local/bin/node'
      : name === 'package/LICENSE'
        ? 'usr/share/doc/nodejs/copyright'
        : undefined,
  );
  if (!found.some(({ path }) => path === 'usr/local/bin/node'))
    throw new PartError(`${what} has no bin/node in it`);
  return found;
}

/** What programs need of a Debian library package: shared objects and the licence. @throws PartError */
export async function libraryEntries(
  name: string,
  pin: Pin,
  suite: string,
  machine: string,
): Promise<Entry[]> {
  const what = `${name}=${pin.version}`;
  const file = await fetched(`${name}_${pin.version}_${machine}.deb`, pin, (folder) =>
    run('apt-get', ['download', '-q', what], folder, `${what} (Debian ${suite})`),
  );
  const { stdout } = await execute('dpkg-deb', ['--fsys-tarfile', file], {
    encoding: 'buffer',
    maxBuffer: 64 << 20,
  });
  return entriesOf(stdout, (found) => {
    const place = found.replace(/^\.\//, '');
    const isObject = /^(usr\/)?lib(64)?\/([^/]+\/)?[^/]+\.so(\.[\d.]+)?$/.test(place);
    return isObject || place === `usr/share/doc/${name}/copyright` ? place : undefined;
  });
}

/**
 * The pins for this machine's architecture as of now, for `npm run image -- --lock`.
 * @throws PartError
 */
export async function pinned(
  node: string,
  names: readonly string[],
): Promise<Parts['architectures'][string]> {
  const folder = await scratch();
  try {
    const machine = { amd64: 'x64' }[architecture()] ?? architecture();
    const packageName = `node-linux-${machine}`;
    await run('npm', ['pack', '--silent', `${packageName}@${node}`], folder, `${packageName}@${node}`);
    await run('apt-get', ['download', '-q', ...names], folder, names.join(', '));
    const files = await readdir(folder);
    const pin = async (file: string | undefined, version: string) => {
      if (file === undefined) throw new PartError('not everything was downloaded');
      return { version, sha256: sha256(await readFile(path.join(folder, file))) };
    };
    const libraries: Record<string, Pin> = {};
    for (const name of names) {
      const file = files.find((each) => each.startsWith(`${name}_`));
      const { stdout } = await execute('dpkg-deb', ['-f', path.join(folder, file ?? ''), 'Version']);
      libraries[name] = await pin(file, stdout.trim());
    }
    const tarball = files.find((each) => each.endsWith('.tgz'));
    return { node: { package: packageName, ...(await pin(tarball, node)) }, libraries };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file of that name from the cache, or fetched into it. @throws PartError when it is not the one that was pinned */
async function fetched(name: string, pin: Pin, fetch: (folder: string) => Promise<void>): Promise<string> {
  const target = path.join(cacheFolder(), name.replace(/[:/]/g, '_'));
  if (existsSync(target) && sha256(await readFile(target)) === pin.sha256) return target;
  const folder = await scratch();
  try {
    await fetch(folder);
    const [file] = (await readdir(folder)).filter((each) => /\.(deb|tgz)$/.test(each));
    if (file === undefined) throw new PartError(`${name} was not downloaded`);
    const found = sha256(await readFile(path.join(folder, file)));
    if (found !== pin.sha256)
      throw new PartError(`${name} has the digest ${found}, and deploy/image/parts.json says ${pin.sha256}`);
    await rename(path.join(folder, file), target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Below the cache, so that what is whole can be renamed into it. */
async function scratch(): Promise<string> {
  await mkdir(cacheFolder(), { recursive: true });
  return mkdtemp(path.join(cacheFolder(), 'tmp-'));
}

async function run(command: string, args: string[], cwd: string, what: string): Promise<void> {
  try {
    await execute(command, args, { cwd, timeout: 300_000 });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const said = stderr.trim().split('\n').slice(-2).join(' ') || message.split('\n')[0];
    throw new PartError(
      `${command} could not fetch ${what}: ${said}\n` +
        'The pins are in deploy/image/parts.json; npm run image -- --lock takes the versions of today.',
    );
  }
}

/** @param place where an entry goes; undefined: left out */
export async function entriesOf(
  archive: Buffer,
  place: (path: string) => string | undefined,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const parser = new Parser();
  const done = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
  });
  parser.on('entry', (entry: ReadEntry) => {
    const path = place(entry.path);
    if (path === undefined || entry.type === 'Directory') {
      entry.resume();
    } else if (entry.type === 'SymbolicLink') {
      entries.push({ path, kind: 'link', target: entry.linkpath ?? '' });
      entry.resume();
    } else {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () =>
        entries.push({
          path,
          kind: 'file',
          executable: ((entry.mode ?? 0) & 0o111) !== 0,
          bytes: Buffer.concat(chunks),
        }),
      );
    }
  });
  parser.end(archive);
  await done;
  return entries;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
