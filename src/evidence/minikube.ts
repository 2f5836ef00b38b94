/** `minikube ip`, for drivers whose node address the Node object does not tell. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isIP } from 'node:net';
import { delimiter, join } from 'node:path';
import type { FactContext } from './fact-context.js';

/** Milliseconds. */
const TIMEOUT_MS = 2000;

/**
 * The address that minikube tells for the context's profile; undefined where the cluster does not look like one of
 * minikube's, where the program is not installed, or where it gives no address in time.
 */
export async function minikubeAddress(context: FactContext): Promise<string | undefined> {
  const profile = context.client.context;
  const nodes = await context.observe('nodes');
  const named = nodes.ok && nodes.value.some(({ metadata }) => /^minikube\b/.test(metadata.name));
  // A profile's name ends up in argv: one that could be read as an option is refused.
  if ((!named && !/\bminikube\b/.test(profile)) || !/^[A-Za-z0-9][\w.-]*$/.test(profile)) return undefined;
  const program = await onPath(process.platform === 'win32' ? 'minikube.exe' : 'minikube');
  return program === undefined ? undefined : askMinikube(program, profile, context.signal);
}

async function askMinikube(
  program: string,
  profile: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { execFile } = await import('node:child_process');
  const { PATH, HOME, USERPROFILE, MINIKUBE_HOME } = process.env;
  // Only what it needs of the environment, which may hold secrets.
  const env = { PATH, HOME, USERPROFILE, MINIKUBE_HOME };
  return new Promise((resolve) => {
    execFile(
      program,
      ['ip', '--profile', profile],
      { env, signal, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 65536, windowsHide: true },
      (error, stdout) => {
        const address = stdout.trim();
        resolve(error === null && isIP(address) !== 0 ? address : undefined);
      },
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
