/** What an exec runs: the tool's in-pod programs, or the simulated shell. */
import { parseInPodArgv } from '../../evidence/in-pod/script.js';
import type { ContainerView } from '../container-view.js';
import { CGROUP_ARGV } from '../../evidence/in-pod/cgroup.js';
import { parseLadderArgv } from '../../evidence/ladder/argv.js';
import { measureInPod, readControlGroup } from '../in-pod.js';
import { climbInLab } from '../ladder.js';
import { lookFromInside } from '../vantage.js';
import { parseVantageArgv } from '../../evidence/in-pod/vantage.js';
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
  /** Lines of standard input, until its end. */
  lines: AsyncIterable<string>;
  tty: boolean;
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
  const known = knownProgram(argv, view);
  const tool = program === 'python3' ? 'python3' : 'sh';
  const installed =
    view.pod.tools.includes(tool) && (known !== undefined || (program !== 'python3' && isProgram(program)));
  if (!installed) throw new StartError(program);
  if (known) {
    out.stdout(known());
    return 0;
  }
  const shell = new Shell(view);
  if (!SHELLS.includes(program)) return shell.execute(argv, out);
  if (argv[1] === '-c') return shell.run(argv[2] ?? '', out, argv.slice(3));
  if (input) await interact(shell, out, input);
  return shell.status;
}

/** What one of the tool's own programs prints; undefined for any other command. */
function knownProgram(argv: readonly string[], view: ContainerView): (() => string) | undefined {
  const call = parseInPodArgv(argv);
  if (call) return () => measureInPod(call.targets, view);
  const ladder = parseLadderArgv(argv);
  if (ladder) return () => climbInLab(ladder, view);
  const vantage = parseVantageArgv(argv);
  if (vantage) return () => lookFromInside(vantage, view);
  const isCgroup = CGROUP_ARGV.some(([, program]) => program.every((item, index) => argv[index] === item));
  return isCgroup ? () => readControlGroup(view) : undefined;
}

function isProgram(program: string): boolean {
  return SHELLS.includes(program) || hasProgram(program);
}

async function interact(shell: Shell, out: Output, { lines, tty }: Input): Promise<void> {
  const terminal: Output = {
    stdout: (text) => out.stdout(text.replaceAll('\n', '\r\n')),
    stderr: (text) => out.stdout(text.replaceAll('\n', '\r\n')),
  };
  const prompt = () => {
    if (tty) out.stdout('$ ');
  };
  prompt();
  for await (const line of lines) {
    shell.run(line, tty ? terminal : out);
    if (shell.exited) return;
    prompt();
  }
}
