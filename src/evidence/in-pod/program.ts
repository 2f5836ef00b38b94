/**
 * How a fixed program gets into a pod: over standard input, started by a few words that know where it ends.
 *
 * A program as an argument would be part of the exec's URL, where 10 to 20 KB are more than many proxies take (414, 431).
 * The end of standard input is never waited for: Kubernetes before 1.30 (v4.channel.k8s.io) cannot close it by itself.
 *
 * What varies travels as argv items of their own, never inside the program's text: nothing can be injected.
 */
import { programText, type ProgramFile } from './program-text.js';

export type InPodTool = 'python3' | 'sh';

export interface PodProgram {
  tool: InPodTool;
  /** ASCII, so that a byte is a character to each who counts. */
  text: string;
  args: readonly string[];
}

/** One exec. */
export interface ProgramCall {
  argv: readonly string[];
  stdin: string | undefined;
}

/** Exit code where standard input ended before the program had come. */
export const NOT_RECEIVED = 97;

/** Its first argument is the number of bytes. Whole reads: a program may come in several pieces. */
const PYTHON_STARTER =
  'import sys;n=int(sys.argv.pop(1));p=sys.stdin.buffer.read(n);' +
  `len(p)<n and sys.exit(${NOT_RECEIVED});exec(p)`;

/** Line by line, because an image may lack head(1), and read takes no byte beyond its line. */
const SHELL_END = '#end-of-program';
const SHELL_STARTER = `p=;while IFS= read -r l;do [ "$l" = "${SHELL_END}" ]&&{ eval "$p";exit;};p="$p$l
";done;exit ${NOT_RECEIVED}`;
const SHELL_NAME = 'todo-k8s';

/** The program out of its files, in their order. */
export function podProgram(
  tool: InPodTool,
  files: readonly ProgramFile[],
  args: readonly string[],
): PodProgram {
  return { tool, text: files.map(programText).join(''), args };
}

export function overStdin({ tool, text, args }: PodProgram): ProgramCall {
  return tool === 'python3'
    ? { argv: ['python3', '-c', PYTHON_STARTER, String(text.length), ...args], stdin: text }
    : { argv: ['sh', '-c', SHELL_STARTER, SHELL_NAME, ...args], stdin: `${text}${SHELL_END}\n` };
}

/** For where standard input cannot be used. */
export function asArgument({ tool, text, args }: PodProgram): ProgramCall {
  const script = compact(tool, text);
  const argv =
    tool === 'python3' ? ['python3', '-c', script, ...args] : ['sh', '-c', script, SHELL_NAME, ...args];
  return { argv, stdin: undefined };
}

/** Without comments; indented by tabs, which cost a quarter of what four blanks do where they are percent-encoded. */
function compact(tool: InPodTool, text: string): string {
  const code = text.replace(/^ *#.*\n/gm, '').trim();
  return tool === 'python3' ? code.replace(/^ +/gm, ({ length }) => '\t'.repeat(length / 4)) : code;
}

/** True when both are the same program, whatever their arguments; one may have come as an argument. */
export function isSameProgram(one: PodProgram, other: PodProgram): boolean {
  return one.tool === other.tool && compact(one.tool, one.text) === compact(other.tool, other.text);
}

/**
 * The inverse, for whoever stands in for a container: the program that `argv` starts.
 * @param stdin what came over standard input so far
 * @returns `incomplete` as long as the program has not come as a whole; undefined for any other command
 */
export function receiveProgram(
  argv: readonly string[],
  stdin: string,
): PodProgram | 'incomplete' | undefined {
  const [tool, flag, script = '', next = '', ...rest] = argv;
  if (flag !== '-c') return undefined;
  if (tool === 'python3') {
    if (script !== PYTHON_STARTER) return { tool, text: script, args: argv.slice(3) };
    const length = Number(next);
    return stdin.length < length ? 'incomplete' : { tool, text: stdin.slice(0, length), args: rest };
  }
  if (tool !== 'sh' || next !== SHELL_NAME) return undefined;
  if (script !== SHELL_STARTER) return { tool, text: script, args: rest };
  const end = `\n${stdin}`.indexOf(`\n${SHELL_END}\n`);
  return end < 0 ? 'incomplete' : { tool, text: stdin.slice(0, end), args: rest };
}
