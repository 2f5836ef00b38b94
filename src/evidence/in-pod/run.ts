/** Runs one of the fixed programs in a pod, with the first tool that the image has. */
import { containerName } from '../../contract/target.js';
import type { Observed } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import {
  InputRefused,
  KubernetesError,
  type ExecResult,
  type KubernetesClient,
} from '../kubernetes/client.js';
import { failedForPod, now, unread, Unreadable, type Unread } from '../observed.js';
import type { Pod } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';
import {
  asArgument,
  NOT_RECEIVED,
  overStdin,
  type InPodTool,
  type PodProgram,
  type ProgramCall,
} from './program.js';

const MAX_BYTES = 256 * 1024;

/** Characters kept of what a container printed. */
export const MAX_WORDS = 200;

export interface InPodRun<T> {
  /** One for each tool, in the order in which they are tried. */
  programs: readonly PodProgram[];
  /** Seconds after which the program ends by itself. */
  seconds: number;
  /** What was printed, as a value; undefined when it is not the program's output. */
  parse: (stdout: string, tool: InPodTool) => T | undefined;
}

/** Clients by which a program came as an argument only, so that the next need not try the other way first. */
const argumentOnly = new WeakSet<KubernetesClient>();

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
  program: InPodRun<T>,
): Promise<Observed<T>> {
  const container = backendContainer(pod, containerName(context));
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
  { programs, seconds, parse }: InPodRun<T>,
): Promise<Observed<T>> {
  const address = { namespace: context.target.namespace, name: pod.metadata.name, container };
  for (const program of programs) {
    const { tool } = program;
    const result = await run(context, address, program, seconds);
    if (result === undefined) continue;
    const parsed = parse(result.stdout, tool);
    if (parsed !== undefined) return { ok: true, at: now(), value: parsed };
    const said = context.hider.line(result.stderr).slice(0, MAX_WORDS);
    return unread(
      'failed',
      `${tool} ended with code ${result.exitCode} in the container${said === '' ? '' : `: ${said}`}`,
    );
  }
  return unread('unsupported', 'the image has neither python3 nor sh');
}

/**
 * Runs the program over standard input, or as an argument where that cannot be used.
 * @returns undefined where the image does not have the tool
 * @throws KubernetesError, which tells of both ways where both failed
 */
async function run(
  context: FactContext,
  address: Address,
  program: PodProgram,
  seconds: number,
): Promise<ExecResult | undefined> {
  const { client } = context;
  let refused: string | undefined;
  if (!argumentOnly.has(client)) {
    try {
      const result = await call(context, address, overStdin(program), seconds);
      if (result?.exitCode !== NOT_RECEIVED) return result;
      refused = 'it ended before the program had come';
    } catch (error) {
      if (!(error instanceof InputRefused)) throw error;
      refused = error.message;
    }
  }
  try {
    const result = await call(context, address, asArgument(program), seconds);
    argumentOnly.add(client);
    return result;
  } catch (error) {
    if (refused === undefined || !(error instanceof KubernetesError)) throw error;
    const message = `${error.message} Standard input could not be used before: ${refused}`;
    throw new KubernetesError(error.why, message, error.status, error.access);
  }
}

interface Address {
  namespace: string;
  name: string;
  container: string;
}

/** undefined where the image does not have the tool. */
async function call(
  { client, signal }: FactContext,
  address: Address,
  { argv, stdin }: ProgramCall,
  seconds: number,
): Promise<ExecResult | undefined> {
  try {
    // The program ends by itself before the exec does: ending the connection would not end it.
    const options = { timeoutMs: seconds * 1000 + 2000, maxBytes: MAX_BYTES, stdin };
    const result = await client.exec(address, argv, options, signal);
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
