/** Minikube's own program, where it is installed: what it is asked never starts or changes anything. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isIP } from 'node:net';
import { delimiter, join } from 'node:path';
import type { FactContext } from './fact-context.js';

/** Milliseconds. */
const TIMEOUT_MS = 2000;

/**
 * The program's file; undefined where it is not installed, `not-minikube` where the cluster does not look like one of
 * Minikube's.
 */
export async function findMinikube(context: FactContext): Promise<string | undefined> {
  const profile = context.client.context;
  // A profile's name ends up in argv: one that could be read as an option is refused.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(profile)) return 'not-minikube';
  if (!/\bminikube\b/.test(profile)) {
    const nodes = await context.observe('nodes');
    const named = nodes.ok && nodes.value.some(({ metadata }) => /^minikube\b/.test(metadata.name));
    if (!named) return 'not-minikube';
  }
  return onPath(process.platform === 'win32' ? 'minikube.exe' : 'minikube');
}

/**
 * The address that minikube tells for the context's profile; undefined where the cluster does not look like one of
 * minikube's, where the program is not installed, or where it gives no address in time.
 */
export async function minikubeAddress(context: FactContext): Promise<string | undefined> {
  const program = await findMinikube(context);
  if (program === undefined || program === 'not-minikube') return undefined;
  const output = await runMinikube(program, ['ip', '--profile', context.client.context], context.signal);
  const address = output?.trim() ?? '';
  return isIP(address) === 0 ? undefined : address;
}

/** What it printed, whatever its exit code; undefined where it was not done in time, or could not be run. */
export async function runMinikube(
  program: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { execFile } = await import('node:child_process');
  const { PATH, HOME, USERPROFILE, MINIKUBE_HOME } = process.env;
  // Only what it needs of the environment, which may hold secrets.
  const env = { PATH, HOME, USERPROFILE, MINIKUBE_HOME };
  return new Promise((resolve) => {
    execFile(
      program,
      argv,
      { env, signal, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 20, windowsHide: true },
      (error, stdout) => resolve(error === null || typeof error.code === 'number' ? stdout : undefined),
    );
  });
}

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const file = join(folder, program);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}
