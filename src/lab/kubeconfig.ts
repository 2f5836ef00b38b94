/** The lab's own kubeconfig file: in a directory of its own, readable by its owner alone, gone when the lab ends. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface KubeconfigFile {
  path: string;
  remove(): Promise<void>;
}

const CONTEXT = 'todo-k8s-lab';

/** Directories of labs that have not been closed. */
const open = new Set<string>();

/** One handler for all labs of the process: a lab that is not closed leaves nothing behind either. */
function removeAllAtExit(): void {
  for (const directory of open) rmSync(directory, { recursive: true, force: true });
}

/** The lab has no place for its files: the environment is at fault, and exit code 2. */
export class NoTemporaryFolderError extends Error {
  override readonly name = 'NoTemporaryFolderError';
}

/** @throws NoTemporaryFolderError when nothing can be made where temporary files belong */
export async function writeKubeconfig(
  server: string,
  authority: string,
  token: string,
  namespace = 'default',
): Promise<KubeconfigFile> {
  const directory = await mkdtemp(path.join(tmpdir(), 'todo-k8s-lab-')).catch((error: unknown) => {
    throw new NoTemporaryFolderError(
      `the lab cannot make its folder in ${tmpdir()} (${String((error as NodeJS.ErrnoException).code)}): ` +
        'set TMPDIR to a folder that can be written',
    );
  });
  if (open.size === 0) process.once('exit', removeAllAtExit);
  open.add(directory);
  const file = path.join(directory, 'kubeconfig');
  await writeFile(file, kubeconfig(server, authority, token, namespace), { mode: 0o600 });
  return {
    path: file,
    async remove() {
      await rm(directory, { recursive: true, force: true });
      open.delete(directory);
      if (open.size === 0) process.off('exit', removeAllAtExit);
    },
  };
}

function kubeconfig(server: string, authority: string, token: string, namespace: string): string {
  return `apiVersion: v1
kind: Config
current-context: ${CONTEXT}
clusters:
  - name: ${CONTEXT}
    cluster:
      server: ${server}
      certificate-authority-data: ${Buffer.from(authority).toString('base64')}
contexts:
  - name: ${CONTEXT}
    context:
      cluster: ${CONTEXT}
      namespace: ${JSON.stringify(namespace)}
      user: lab
users:
  - name: lab
    user:
      token: ${token}
`;
}
