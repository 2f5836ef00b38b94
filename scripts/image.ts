/**
 * Builds the container image without a container engine: `npm run image`.
 *
 *   npm run image -- [--name NAME:TAG] [--out FILE]   writes an OCI archive and prints its digest
 *   npm run image -- --root FOLDER                    writes the root file system instead; the Dockerfile takes it from there
 *   npm run image -- --fetch                          only fetches what it is made of, for a place without a network
 *   npm run image -- --lock [NODE-VERSION]            pins the parts that the mirrors have today in deploy/image/parts.json
 *
 * The same sources give the same digest, on any day and under any umask. It needs Debian 12 (apt-get, dpkg-deb) and
 * npm.
 */
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { imageConfig, programEntries, SYSTEM, type Package } from './image/contents.js';
import { packLayer, type Entry } from './image/layer.js';
import { ociImage } from './image/oci.js';
import { architecture, libraryEntries, nodeEntries, PartError, pinned, type Parts } from './image/parts.js';

const root = path.resolve(import.meta.dirname, '..');
const PARTS = path.join(root, 'deploy/image/parts.json');
/** What Node.js' binary is linked with: `ldd` says so. */
const LIBRARIES = ['libc6', 'libgcc-s1', 'libstdc++6'];

async function json<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

/** Layers, bottom first. */
async function layers(about: Package): Promise<Entry[][]> {
  const { debian, architectures } = await json<Parts>(PARTS);
  const machine = architecture();
  const parts = architectures[machine];
  if (parts === undefined)
    throw new PartError(`deploy/image/parts.json pins nothing for ${machine}: npm run image -- --lock does`);
  const libraries: Entry[][] = [];
  for (const [name, pin] of Object.entries(parts.libraries))
    libraries.push(await libraryEntries(name, pin, debian, machine));
  return [[...SYSTEM, ...libraries.flat()], await nodeEntries(parts.node), await programEntries(root, about)];
}

async function writeRoot(folder: string, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    const place = path.join(folder, entry.path);
    await mkdir(path.dirname(place), { recursive: true });
    if (entry.kind === 'folder') await mkdir(place, { recursive: true, mode: entry.mode ?? 0o755 });
    else if (entry.kind === 'link') await symlink(entry.target, place);
    else await writeFile(place, entry.bytes, { mode: entry.executable ? 0o755 : 0o644 });
  }
}

async function lock(version: string | undefined): Promise<void> {
  const parts = await json<Parts>(PARTS);
  const before = parts.architectures[architecture()]?.node.version;
  const others = Object.values(parts.architectures).map(({ node }) => node.version);
  const node = version ?? before ?? others[0];
  if (node === undefined) throw new PartError('which version of Node.js? npm run image -- --lock 24.1.2');
  parts.architectures[architecture()] = await pinned(node, LIBRARIES);
  await writeFile(PARTS, `${JSON.stringify(parts, null, 2)}\n`);
}

async function build(name: string | undefined, out: string | undefined): Promise<void> {
  const about = await json<Package>(path.join(root, 'package.json'));
  const machine = architecture();
  const image = ociImage(
    name ?? `ghcr.io/todo-k8s/todo-k8s:${about.version}`,
    machine,
    imageConfig(about),
    (await layers(about)).map(packLayer),
    new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000).toISOString(),
  );
  const file = path.resolve(out ?? `todo-k8s-${about.version}-linux-${machine}.oci.tar`);
  await writeFile(`${file}.${process.pid}`, image.archive);
  await rename(`${file}.${process.pid}`, file);
  console.log(
    `${path.relative(process.cwd(), file)}  ${Math.round(image.archive.length / 1e6)} MB\n${image.digest}`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    out: { type: 'string' },
    root: { type: 'string' },
    fetch: { type: 'boolean', default: false },
    lock: { type: 'boolean', default: false },
  },
});
try {
  if (values.lock) await lock(positionals[0]);
  else if (values.fetch) await layers(await json<Package>(path.join(root, 'package.json')));
  else if (values.root !== undefined) {
    process.umask(0o022);
    const about = await json<Package>(path.join(root, 'package.json'));
    await writeRoot(path.resolve(values.root), (await layers(about)).flat());
  } else await build(values.name, values.out);
} catch (error) {
  if (!(error instanceof PartError)) throw error;
  console.error(`image: ${error.message}`);
  process.exitCode = 1;
}
