/** Starts oclif; bin/run.js calls it. */
import os from 'node:os';
import { Errors, handle, run, type Interfaces } from '@oclif/core';
import { guardProcess, reportFailure, tell } from './failure.js';
import { overlookedFlag, parseProblem, usageLines } from './wrong-usage.js';

const WRONG_USAGE = 2;
/** What a command of a plugin does not say of itself. */
const PROGRAM = { bin: 'todo-k8s', command: '', flags: {}, args: {}, owners: () => [] };

/** @param root the package's folder, where package.json and oclif.manifest.json are, or what oclif shall load instead */
export async function main(root: Interfaces.LoadOptions): Promise<void> {
  guardProcess();
  nameWhatIsMissing(process.env);
  if (process.argv.length === 2 && process.stdout.isTTY) {
    await welcome();
    return;
  }
  const overlooked = overlookedFlag(process.argv.slice(2), PROGRAM.bin);
  if (overlooked !== undefined) {
    tell(overlooked);
    process.exitCode = WRONG_USAGE;
    return;
  }
  try {
    await run(process.argv.slice(2), root);
  } catch (error) {
    if (error instanceof Errors.ExitError) await handle(error);
    // Wrong usage that no command has told: there is no such command. 1 is how oclif ends what it could not do.
    else if (error instanceof Errors.CLIError && error.oclif.exit === WRONG_USAGE) {
      tell(toldByHook(error) ? error.message : usageLines(parseProblem(error, PROGRAM), PROGRAM));
      process.exitCode = WRONG_USAGE;
    } else reportFailure(error);
  }
}

async function welcome(): Promise<void> {
  const [{ welcomeText }, { clusterState }, { streamStyle }, { writeStdout }, { printed }] =
    await Promise.all([
      import('./welcome.js'),
      import('./cluster-state.js'),
      import('./stream-style.js'),
      import('../report/write.js'),
      import('../report/printed.js'),
    ]);
  await writeStdout(
    process.stdout,
    printed(await welcomeText(process.env, streamStyle(process.stdout, {}), clusterState)),
  );
}

/**
 * oclif asks for the user's home and shell, and a user id that has no entry in passwd, as containers have them, has
 * neither. What it is given is what container runtimes (HOME=/) and login (/bin/sh) take then.
 */
function nameWhatIsMissing(env: NodeJS.ProcessEnv): void {
  if (isMissing(os.homedir)) env.HOME = '/';
  if (env.SHELL === undefined && isMissing(os.userInfo)) env.SHELL = '/bin/sh';
}

/** Of a command that does not exist, in three lines already. */
function toldByHook({ message }: Error): boolean {
  return message.startsWith(`${PROGRAM.bin}: `);
}

function isMissing(ask: () => unknown): boolean {
  try {
    ask();
    return false;
  } catch {
    return true;
  }
}
