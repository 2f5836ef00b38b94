/** Runs one of the fixed programs in a pod, with the first tool that the image has. */
import type { Observed } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { KubernetesError, type ExecResult } from '../kubernetes/client.js';
import { failedForPod, now, unread, Unreadable, type Unread } from '../observed.js';
import type { Pod } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';
import type { InPodTool } from './script.js';

const MAX_BYTES = 256 * 1024;

/** Characters kept of what a container printed. */
export const MAX_WORDS = 200;

export interface InPodProgram<T> {
  /** The tools to try, in their order, with the command line for each. */
  argv: readonly (readonly [InPodTool, readonly string[]])[];
  /** Seconds after which the program ends by itself. */
  seconds: number;
  /** What was printed, as a value; undefined when it is not the program's output. */
  parse: (stdout: string, tool: InPodTool) => T | undefined;
}

/** @throws Unreadable with --no-exec */
export function requireExec({ options }: FactContext): void {
  if (!options.exec) throw new Unreadable(unread('not-collected', 'nothing was run inside pods (--no-exec)'));
}

/**
 * What the program found in the pod's backend container, or why it could not be run there.
 * @throws only when the reader was closed
 */
export async function runInPod<T>(
  context: FactContext,
  pod: Pod,
  program: InPodProgram<T>,
): Promise<Observed<T>> {
  const container = backendContainer(pod, context.contract.backend.container.name);
  if (container === undefined) return unread('failed', 'the pod has no container');
  const stopped = notRunning(pod, container.name);
  if (stopped !== undefined) return stopped;
  try {
    return await runFirstTool(context, pod, container.name, program);
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { name } = pod.metadata;
    return failedForPod(error, name, `running a program in pod ${name}`, context.hider);
  }
}

function notRunning(pod: Pod, container: string): Unread | undefined {
  const state = statusOf(pod, container)?.state;
  if (state?.running !== undefined) return undefined;
  const reason = state?.waiting?.reason ?? state?.terminated?.reason;
  const words = reason === undefined ? '' : ` (${reason})`;
  return unread('failed', `container ${container} is not running${words}: nothing can be run in it`);
}

async function runFirstTool<T>(
  context: FactContext,
  pod: Pod,
  container: string,
  program: InPodProgram<T>,
): Promise<Observed<T>> {
  for (const [tool, argv] of program.argv) {
    const result = await run(context, pod, container, argv, program.seconds);
    if (result === undefined) continue;
    const parsed = program.parse(result.stdout, tool);
    if (parsed !== undefined) return { ok: true, at: now(), value: parsed };
    const said = context.hider.line(result.stderr).slice(0, MAX_WORDS);
    return unread(
      'failed',
      `${tool} ended with code ${result.exitCode} in the container${said === '' ? '' : `: ${said}`}`,
    );
  }
  return unread('unsupported', 'the image has neither python3 nor sh: nothing can be measured from inside');
}

/** undefined where the image does not have the tool. */
async function run(
  { client, target, signal }: FactContext,
  pod: Pod,
  container: string,
  argv: readonly string[],
  seconds: number,
): Promise<ExecResult | undefined> {
  const address = { namespace: target.namespace, name: pod.metadata.name, container };
  try {
    // The program ends by itself before the exec does: ending the connection would not end it.
    const limits = { timeoutMs: seconds * 1000 + 2000, maxBytes: MAX_BYTES };
    const result = await client.exec(address, argv, limits, signal);
    return isMissing(result.exitCode, `${result.stderr}${result.stdout}`) ? undefined : result;
  } catch (error) {
    // Runtimes word a missing program as a failure to start: runc, crun, gVisor.
    if (error instanceof KubernetesError && isMissing(127, error.message)) return undefined;
    throw error;
  }
}

function isMissing(exitCode: number, words: string): boolean {
  if (exitCode !== 126 && exitCode !== 127 && exitCode !== 128) return false;
  return /executable file (`[^`]*` )?not found|no such file or directory|not found in \$PATH/i.test(words);
}
