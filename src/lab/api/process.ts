/** What an exec runs: the tool's in-pod programs, or the simulated shell. */
import { cgroupPrograms } from '../../evidence/in-pod/cgroup.js';
import {
  isSameProgram,
  NOT_RECEIVED,
  receiveProgram,
  type PodProgram,
} from '../../evidence/in-pod/program.js';
import { parseTargets } from '../../evidence/in-pod/targets.js';
import { parseVantage } from '../../evidence/in-pod/vantage.js';
import { parseLadder } from '../../evidence/ladder/program.js';
import type { ContainerView } from '../container-view.js';
import { measureInPod, readControlGroup } from '../in-pod.js';
import { climbInLab } from '../ladder.js';
import { lookFromInside } from '../vantage.js';
import { hasProgram, Shell, type Output } from '../shell.js';

/** The container runtime could not start the program. */
export class StartError extends Error {
  override readonly name = 'StartError';
  constructor(program: string) {
    super(
      'error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: ' +
        `exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`,
    );
  }
}

export interface Input {
  /** What comes over standard input, as it comes, until its end. */
  chunks: AsyncIterator<string, void>;
  /** Set for a terminal: shows what is typed. */
  echo?: (text: string) => void;
}

const SHELLS = ['sh', 'bash', '/bin/sh', '/bin/bash'];

/**
 * @returns the exit code
 * @throws StartError when the image has no such program
 */
export async function runProcess(
  argv: string[],
  view: ContainerView,
  out: Output,
  input: Input | undefined,
): Promise<number> {
  const [program = ''] = argv;
  const isPython = program === 'python3';
  const hasTool = view.pod.tools.includes(isPython ? 'python3' : 'sh');
  if (!hasTool || (!isPython && !isProgram(program))) throw new StartError(program);
  const received = await receive(argv, input);
  if (received === 'incomplete') return NOT_RECEIVED;
  const known = received && knownProgram(received, view);
  if (known) {
    out.stdout(known());
    return 0;
  }
  // Of Python the lab knows the tool's own programs only.
  if (isPython) throw new StartError(program);
  const shell = new Shell(view);
  if (received) return shell.run(received.text, out, [argv[3] ?? '', ...received.args]);
  if (program === 'cat' && argv.length === 1 && input) return copy(input, out);
  if (!SHELLS.includes(program)) return shell.execute(argv, out);
  if (argv[1] === '-c') return shell.run(argv[2] ?? '', out, argv.slice(3));
  if (input) await interact(shell, out, input);
  return shell.status;
}

/** The program that a starter is sent over standard input, or that is an argument; see src/evidence/in-pod/program.ts. */
async function receive(argv: string[], input: Input | undefined): Promise<ReturnType<typeof receiveProgram>> {
  let stdin = '';
  for (;;) {
    const received = receiveProgram(argv, stdin);
    if (received !== 'incomplete') return received;
    const next = await input?.chunks.next();
    if (next === undefined || next.done === true) return 'incomplete';
    stdin += next.value;
  }
}

/** What one of the tool's own programs prints; undefined for any other. */
function knownProgram(program: PodProgram, view: ContainerView): (() => string) | undefined {
  const targets = parseTargets(program);
  if (targets) return () => measureInPod(targets, view);
  const ladder = parseLadder(program);
  if (ladder) return () => climbInLab(ladder, view);
  const vantage = parseVantage(program);
  if (vantage) return () => lookFromInside(vantage, view);
  const isCgroup = cgroupPrograms().some((each) => isSameProgram(each, program));
  return isCgroup ? () => readControlGroup(view) : undefined;
}

async function copy({ chunks }: Input, out: Output): Promise<number> {
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) out.stdout(next.value);
  return 0;
}

function isProgram(program: string): boolean {
  return SHELLS.includes(program) || hasProgram(program);
}

async function interact(shell: Shell, out: Output, input: Input): Promise<void> {
  const terminal: Output = {
    stdout: (text) => out.stdout(text.replaceAll('\n', '\r\n')),
    stderr: (text) => out.stdout(text.replaceAll('\n', '\r\n')),
  };
  const prompt = () => {
    if (input.echo) out.stdout('$ ');
  };
  prompt();
  for await (const line of inputLines(input)) {
    shell.run(line, input.echo ? terminal : out);
    if (shell.exited) return;
    prompt();
  }
}

const CONTROL = { interrupt: '\u0003', endOfInput: '\u0004', delete: '\u007f' };

/** Line by line, until the end; a terminal shows what is typed. */
async function* inputLines({ chunks, echo }: Input): AsyncGenerator<string> {
  let line = '';
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    for (const character of next.value) {
      if (character === CONTROL.endOfInput && echo) return;
      if (character === '\r' || character === '\n') {
        echo?.('\r\n');
        yield line;
        line = '';
      } else if (character === CONTROL.delete) {
        if (line !== '') echo?.('\b \b');
        line = line.slice(0, -1);
      } else if (character === CONTROL.interrupt) {
        echo?.('^C\r\n');
        line = '';
        yield line;
      } else {
        echo?.(character);
        line += character;
      }
    }
  }
  if (line !== '') yield line;
}
