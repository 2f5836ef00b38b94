/** Layers of an image: files in memory, packed as a tar file that depends on nothing but their paths, modes and bytes. */
import { Header } from 'tar';

export type Entry =
  | { path: string; kind: 'file'; executable: boolean; bytes: Buffer }
  | { path: string; kind: 'link'; target: string }
  /** @property mode 0o755 unless it is said */
  | { path: string; kind: 'folder'; mode?: number };

const BLOCK = 512;
/** No dates: the same files make the same layer on any day. */
const UNDATED = new Date(0);

/**
 * One layer. Owner is root, modes are 0755 and 0644 whatever the umask of the machine was, the order is that of the paths.
 * @param entries with paths relative to the root, without `./`; folders above them need not be named
 * @throws where two entries have one path, or a path does not fit into a plain header (255 bytes)
 */
export function packLayer(entries: readonly Entry[]): Buffer {
  const all = new Map<string, Entry>();
  for (const entry of entries) {
    const path = entry.path.replace(/\/+$/, '');
    if (path === '' || path.startsWith('/') || path.split('/').includes('..'))
      throw new Error(`not a path of a layer: '${entry.path}'`);
    if (all.has(path) && entry.kind !== 'folder') throw new Error(`${path} is in the layer twice`);
    all.set(path, { ...entry, path });
  }
  for (const path of [...all.keys()]) {
    for (let above = parent(path); above !== ''; above = parent(above))
      if (!all.has(above)) all.set(above, { path: above, kind: 'folder' });
  }
  const ordered = [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return tarOf(
    ordered.map((entry) => ({ ...headerOf(entry), bytes: entry.kind === 'file' ? entry.bytes : undefined })),
  );
}

function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

interface Member {
  path: string;
  type: 'File' | 'SymbolicLink' | 'Directory';
  mode: number;
  linkpath?: string;
  bytes?: Buffer;
}

function headerOf(entry: Entry): Member {
  const { path } = entry;
  switch (entry.kind) {
    case 'file':
      return { path, type: 'File', mode: entry.executable ? 0o755 : 0o644 };
    case 'link':
      return { path, type: 'SymbolicLink', mode: 0o777, linkpath: entry.target };
    case 'folder':
      return { path: `${path}/`, type: 'Directory', mode: entry.mode ?? 0o755 };
  }
}

/** A tar file of these members, in this order. @throws where one does not fit into a plain header */
export function tarOf(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  for (const { bytes = Buffer.alloc(0), ...head } of members) {
    const header = new Header({
      ...head,
      size: bytes.length,
      mtime: UNDATED,
      uid: 0,
      gid: 0,
      uname: '',
      gname: '',
    });
    if (header.encode()) throw new Error(`the tar entry ${head.path} does not fit into a plain header`);
    parts.push(
      header.block ?? Buffer.alloc(0),
      bytes,
      Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
    );
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
