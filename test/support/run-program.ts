/** Runs a program for pods in a child of this machine, as an exec would run it. */
import { spawn } from 'node:child_process';
import { overStdin, type PodProgram, type ProgramCall } from '../../src/evidence/in-pod/program.js';

export interface Ran {
  stdout: string;
  stderr: string;
  code: number | null;
  /** Milliseconds. */
  ms: number;
}

/** @param write sends the standard input; what is not ended stays open, as that of an exec does */
export async function runCall(
  { argv: [program = '', ...args], stdin }: ProgramCall,
  env: NodeJS.ProcessEnv = process.env,
  write: (input: NodeJS.WritableStream) => void = (input) => void input.write(stdin ?? ''),
): Promise<Ran> {
  const began = performance.now();
  const child = spawn(program, args, {
    env,
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  child.stdin?.on('error', () => undefined);
  if (child.stdin) write(child.stdin);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { stdout, stderr, code, ms: performance.now() - began };
}

export const runProgram = (program: PodProgram, env?: NodeJS.ProcessEnv): Promise<Ran> =>
  runCall(overStdin(program), env);
