/** What nobody expected to fail comes to: one line on stderr, and exit code 4. */
import { withoutCredentials } from '../evidence/credential-urls.js';
import { sanitize, sanitizeLine } from '../evidence/sanitize.js';
import { fileProblem } from '../report/outputs.js';
import { printed } from '../report/printed.js';

/** Exit code of a defect of this program, or of a result that could not be written. */
export const FAILURE = 4;
/** Codes of a reader that went away. */
const GONE = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);
const TOO_MANY_FILES = new Set(['EMFILE', 'ENFILE']);
/** Characters; an error's message may quote a whole document. */
const LONGEST = 500;

/** What a user reads of an error: never the error object, which may hold secrets, and no stack trace. */
export function failureText(error: unknown): string {
  const { code = '', message = String(error) } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (TOO_MANY_FILES.has(code))
    return 'too many files are open: allow this process more of them (ulimit -n) and run it again';
  const [line = ''] = message.trim().split('\n', 1);
  return `internal error: ${sanitizeLine(line).slice(0, LONGEST)}`;
}

/** A message may quote a server, a file or a plugin: without what looks like a credential, and fit for a terminal. */
export function tell(text: string): void {
  process.stderr.write(printed(`${withoutCredentials(sanitize(text))}\n`));
}

/** The stack trace, where DEBUG asks for it. */
export function tellStack(error: unknown): void {
  if (process.env.DEBUG && error instanceof Error) tell(error.stack ?? '');
}

/** One failure often causes others; the first one is told. */
let isTold = false;

function tellOnce(text: string, error: unknown): void {
  process.exitCode = FAILURE;
  if (isTold) return;
  isTold = true;
  tell(`todo-k8s: ${text}`);
  tellStack(error);
}

/** Tells an error that no command has told. */
export function reportFailure(error: unknown): void {
  tellOnce(failureText(error), error);
}

/**
 * From here on an error that nobody catches ends the process with exit code 4, and one of stdout is told, also where
 * whoever wrote does not look (as `console.log` does not). A reader that went away has what it wanted; and where stderr
 * cannot be written nothing can be told, which changes no exit code.
 */
export function guardProcess(): void {
  const readersGone = new WeakSet<object>();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (GONE.has(error.code ?? '')) readersGone.add(error);
    else tellOnce(`cannot write to stdout: ${fileProblem(error)}`, error);
  });
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error: unknown) => {
    // oclif throws what stdout tells, but for EPIPE.
    if (typeof error === 'object' && error !== null && readersGone.has(error)) return;
    reportFailure(error);
    process.exit(FAILURE);
  });
}
