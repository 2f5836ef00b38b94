/** The program's own image: built, and put where the node finds it. Only this folder's cluster allows that. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PROJECT, run } from './cluster.js';

const REPOSITORY = 'ghcr.io/todo-k8s/todo-k8s';
export const TAG = 'suite';
export const IMAGE = `${REPOSITORY}:${TAG}`;

const LIMIT_MS = 240_000;

/** @returns its digest. @throws with what went wrong */
export async function buildImage(archive: string): Promise<string> {
  const args = ['tsx', 'scripts/image.ts', '--out', archive, '--name', IMAGE];
  const { code, stdout, stderr } = await run('npx', args, { cwd: PROJECT, timeoutMs: LIMIT_MS });
  const digest = /sha256:([0-9a-f]{64})/.exec(stdout)?.[1];
  if (code !== 0 || digest === undefined) throw new Error(`the image could not be built: ${stderr}`);
  return digest;
}

/** Puts what `buildImage` wrote on the node. @throws with what went wrong */
export async function importImage(archive: string): Promise<void> {
  const socket = path.join(process.env.TODO_K8S_CLUSTER ?? '', 'containerd.sock');
  const { code, stderr } = await run('ctr', ['-a', socket, '-n', 'k8s.io', 'images', 'import', archive]);
  if (code !== 0) throw new Error(`the image could not be loaded: ${stderr}`);
}

let loaded: Promise<void> | undefined;

/** Builds and loads the image, once for all parts. */
export function loadImage(): Promise<void> {
  loaded ??= inFolder(async (folder) => {
    const archive = path.join(folder, 'image.tar');
    await buildImage(archive);
    await importImage(archive);
  });
  return loaded;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-image-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
