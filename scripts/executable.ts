/**
 * Builds one file that runs without Node.js on the machine: `npm run executable [-- --out FILE]`, for Linux on x64. It is the
 * Node.js that runs this script with the built program in it ("single executable application"), and needs the C libraries that
 * this Node.js is linked with.
 */
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inject } from 'postject';

const root = path.resolve(import.meta.dirname, '..');
/** Where Node.js looks whether something was put into it; https://nodejs.org/api/single-executable-applications.html. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const RESOURCE = 'NODE_SEA_BLOB';

/** Paths of the package's files that it runs from, with slashes. */
async function programFiles(): Promise<string[]> {
  const folders = await Promise.all(
    ['bin', 'dist'].map(async (folder) => {
      const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
    }),
  );
  return [...folders.flat(), 'package.json', 'oclif.manifest.json', 'THIRD-PARTY-NOTICES.txt'].sort();
}

/** @param out the file that is written; it is there only once it is whole */
async function buildExecutable(out: string): Promise<void> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'todo-k8s-executable-'));
  try {
    const names = await programFiles();
    const list = path.join(work, 'names.json');
    const config = path.join(work, 'config.json');
    const blob = path.join(work, 'blob');
    await writeFile(list, JSON.stringify(names));
    const assets = { names: list, ...Object.fromEntries(names.map((name) => [name, path.join(root, name)])) };
    await writeFile(
      config,
      JSON.stringify({
        main: path.join(root, 'scripts/executable/start.cjs'),
        output: blob,
        disableExperimentalSEAWarning: true,
        assets,
      }),
    );
    const { status, stderr } = spawnSync(process.execPath, ['--experimental-sea-config', config], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    const staged = `${out}.part`;
    await copyFile(process.execPath, staged);
    await inject(staged, RESOURCE, await readFile(blob), { sentinelFuse: FUSE });
    await chmod(staged, 0o755);
    await rename(staged, out);
  } finally {
    await rm(work, { recursive: true });
  }
}

const { values } = parseArgs({ options: { out: { type: 'string', default: 'todo-k8s-linux-x64' } } });
if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `npm run executable builds for Linux on x64, and this is ${process.platform} on ${process.arch}`,
  );
  process.exit(1);
}
await buildExecutable(path.resolve(values.out));
console.log(values.out);
