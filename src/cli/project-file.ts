/** The project's own file, found upwards from the working directory, as git finds its folder. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export const PROJECT_FILE = 'todo-k8s.yaml';

/** @returns its path; undefined where no folder above has one */
export function findProjectFile(from: string): string | undefined {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const file = path.join(folder, PROJECT_FILE);
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/**
 * The project's file, where it says something of the contract.
 * @throws ContractError (2) for a file that cannot be read
 */
export async function projectContract(from: string): Promise<string | undefined> {
  const file = findProjectFile(from);
  if (file === undefined) return undefined;
  const [{ readTextFile }, { parseYaml }] = await Promise.all([
    import('../contract/read-file.js'),
    import('../contract/yaml-tree.js'),
  ]);
  const tree = parseYaml(await readTextFile(file), file);
  const keys = tree.kind === 'map' ? tree.entries.map(({ key }) => key) : [];
  return keys.includes('defaults') && !keys.includes('contract') ? undefined : file;
}
