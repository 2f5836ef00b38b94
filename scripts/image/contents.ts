/** What is in the image: three layers, from what changes least to what changes most. */
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Entry } from './layer.js';
import type { ImageConfig } from './oci.js';

/** The program's folder in the image. */
const PROGRAM = 'opt/todo-k8s';

/** A user that no passwd file names, because there is none: the number alone is what Kubernetes needs. */
export const USER = '65532:65532';

/** Where the C library looks for names, and a folder that anybody may write to where the root file system is writable. */
export const SYSTEM: readonly Entry[] = [
  { path: 'etc/nsswitch.conf', kind: 'file', executable: false, bytes: Buffer.from('hosts: files dns\n') },
  { path: 'tmp', kind: 'folder', mode: 0o1777 },
];

export interface Package {
  version: string;
  description: string;
  license: string;
  homepage: string;
  files: string[];
}

/** The program, as the npm package has it: `files` of package.json, and package.json itself. */
export async function programEntries(root: string, { files }: Package): Promise<Entry[]> {
  const names = (
    await Promise.all(['package.json', 'LICENSE', ...files].map((name) => below(root, name)))
  ).flat();
  return Promise.all(
    names.map(async (name) => ({
      path: `${PROGRAM}/${name}`,
      kind: 'file' as const,
      executable: /^bin\/(run|complete)\.js$/.test(name),
      bytes: await readFile(path.join(root, name)),
    })),
  );
}

/** @throws when it is not there: what was not built must not be missing in an image */
async function below(root: string, name: string): Promise<string[]> {
  const place = path.join(root, name);
  if (!(await stat(place)).isDirectory()) return [name];
  const found = await readdir(place, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** The Dockerfile says the same; a test compares them. */
export function imageConfig({ version, description, license, homepage }: Package): ImageConfig {
  return {
    User: USER,
    Env: ['PATH=/usr/local/bin', 'NODE_ENV=production'],
    Entrypoint: ['/usr/local/bin/node', `/${PROGRAM}/bin/run.js`],
    Cmd: ['verify'],
    WorkingDir: '/',
    Labels: {
      'org.opencontainers.image.title': 'todo-k8s',
      'org.opencontainers.image.description': description,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': license,
      'org.opencontainers.image.source': homepage.replace(/#.*$/, ''),
    },
  };
}
