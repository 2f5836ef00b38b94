/** Files for contract tests, in a folder of their own that is removed after each test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from '@jest/globals';
import { ContractError } from '../../src/contract/errors.js';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-contract-'));
  folders.push(folder);
  return folder;
}

export function temporaryFile(name: string, content: string | Uint8Array): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

/** The message of the ContractError that must be thrown, with the folders of files left out. */
export async function contractErrorOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return folders.reduce((message, folder) => message.replaceAll(`${folder}${path.sep}`, ''), error.message);
  }
  throw new Error('no ContractError was thrown');
}
