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
