/** Starts oclif; bin/run.js calls it. */
import os from 'node:os';
import { Errors, handle, run, type Interfaces } from '@oclif/core';
import { guardProcess, reportFailure } from './failure.js';

/** @param root the package's folder, where package.json and oclif.manifest.json are, or what oclif shall load instead */
export async function main(root: Interfaces.LoadOptions): Promise<void> {
  guardProcess();
  nameWhatIsMissing(process.env);
  try {
    await run(process.argv.slice(2), root);
  } catch (error) {
    // oclif words wrong usage, and ends the process. With 1 it ends what it could not do; here 1 is a failed check.
    if (error instanceof Errors.CLIError && error.oclif.exit !== 1) await handle(error);
    else reportFailure(error);
  }
}

/**
 * oclif asks for the user's home and shell, and a user id that has no entry in passwd, as containers have them, has
 * neither. What it is given is what container runtimes (HOME=/) and login (/bin/sh) take then.
 */
function nameWhatIsMissing(env: NodeJS.ProcessEnv): void {
  if (isMissing(os.homedir)) env.HOME = '/';
  if (env.SHELL === undefined && isMissing(os.userInfo)) env.SHELL = '/bin/sh';
}

function isMissing(ask: () => unknown): boolean {
  try {
    ask();
    return false;
  } catch {
    return true;
  }
}
