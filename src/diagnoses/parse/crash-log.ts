/**
 * Why an application says that it ended: its log's last words, in the forms of Python, uvicorn and the kernel. One pass,
 * line by line; of each line only the beginning is looked at, and no pattern can backtrack over more than that.
 */
import type { LogLine } from '../../evidence/evidence.js';
import type { CauseId } from '../causes/index.js';

export interface CrashSign {
  cause: CauseId;
  /** The line that shows it. */
  line: LogLine;
  /** What it names: the module, the variable, the port, the path; undefined where it names none. */
  subject: string | undefined;
  /** What ended the start is an exception of a database driver. */
  database: boolean;
}

/** Characters of a line that are looked at. */
const LONGEST = 600;
/** Lines that are looked at, from the end: a container's last words are at the end of its log. */
const MOST_LINES = 5000;

/** Lines that say it all, whatever stands around them; `$1` is the subject. */
const SIGNS: readonly [pattern: RegExp, cause: CauseId][] = [
  [/Error loading ASGI app\. Could not import module "([^"]{1,200})"/, 'crash/import-error'],
  [/Error loading ASGI app\. Attribute "([^"]{1,200})" not found/, 'crash/import-error'],
  [/\b(?:ModuleNotFoundError|ImportError): (.{1,300})/, 'crash/import-error'],
  [/exec format error/, 'image/wrong-architecture'],
  [/address already in use/i, 'crash/port-in-use'],
  [/Read-only file system(?:: '([^']{1,300})')?/, 'crash/read-only-filesystem'],
  [/Permission denied(?:: '([^']{1,300})')?/, 'crash/permission-denied'],
];

/** Exceptions of pydantic and of `os.environ[…]` whose subject stands on the line, or on the next one. */
const KEY_ERROR = /^KeyError: '([A-Za-z_][A-Za-z0-9_]{0,100})'/;
const VALIDATION_ERROR = /\bValidationError: \d{1,4} validation errors? for /;
const FIELD_NAME = /^([A-Za-z_][A-Za-z0-9_.]{0,100})$/;
const REQUIRED = /^\s{1,8}(?:Field required|field required)/;

/** `pkg.module.SomeError: text` or `SomeError`, at the start of a line. */
const EXCEPTION = /^((?:[A-Za-z_]\w{0,60}\.){0,8}[A-Za-z_]\w{0,80})(?::\s|$)/;
const DATABASE = /psycopg|asyncpg|sqlalchemy|OperationalError|InterfaceError|pg8000/i;
const WORKER_DIED = /Child process \[\d{1,10}\] died/;
/** The level that logging puts before a line. */
const LEVEL = /^(?:ERROR|CRITICAL|INFO|WARNING):\s{1,10}/;

/**
 * @param lines the log of the run that ended, oldest first
 * @returns the sign that says most, undefined where the log says nothing of an end
 */
export function readCrashLog(lines: readonly LogLine[]): CrashSign | undefined {
  const walker = new Walker();
  for (const line of lines.slice(-MOST_LINES)) walker.see(line);
  return walker.sign();
}

/** Times that a worker of uvicorn died, and the newest such line. */
export function workerDeaths(lines: readonly LogLine[]): { count: number; last: LogLine | undefined } {
  const deaths = lines.slice(-MOST_LINES).filter(({ text }) => WORKER_DIED.test(text.slice(0, LONGEST)));
  return { count: deaths.length, last: deaths.at(-1) };
}

/** The newest exception at each moment, and the newest sign that stands by itself. */
class Walker {
  #sign: { found: CrashSign; index: number } | undefined;
  #exception: { found: CrashSign; index: number } | undefined;
  #index = 0;
  #inTraceback = false;
  /** Inside pydantic's list: the field whose problem stands on the next line. */
  #inValidation: LogLine | undefined;
  #field: string | undefined;
  readonly #missing: string[] = [];

  see(line: LogLine): void {
    this.#index += 1;
    const text = line.text.slice(0, LONGEST);
    const bare = text.replace(LEVEL, '');
    if (bare.includes('Traceback (most recent call last):')) {
      this.#inTraceback = true;
      this.#inValidation = undefined;
      return;
    }
    if (this.#inValidation && this.#field !== undefined && REQUIRED.test(text)) {
      this.#missing.push(this.#field);
      this.#field = undefined;
      return;
    }
    if (this.#inValidation) {
      const field = FIELD_NAME.exec(text);
      if (field) this.#field = field[1];
      if (field || text.startsWith(' ')) return;
      this.#inValidation = undefined;
    }
    const name = this.#inTraceback ? EXCEPTION.exec(bare)?.[1] : undefined;
    if (name !== undefined) {
      this.#inTraceback = false;
      this.#exception = { found: exception(line, bare, name), index: this.#index };
    }
    if (VALIDATION_ERROR.test(bare)) {
      this.#inValidation = line;
      this.#missing.length = 0;
      const found: CrashSign = {
        cause: 'crash/missing-environment',
        line,
        subject: undefined,
        database: false,
      };
      this.#exception = { found, index: this.#index };
      return;
    }
    for (const [pattern, cause] of SIGNS) {
      const match = pattern.exec(bare);
      if (match) {
        const found: CrashSign = { cause, line, subject: match[1], database: false };
        this.#sign = { found, index: this.#index };
        return;
      }
    }
  }

  sign(): CrashSign | undefined {
    const exception = this.#exception?.found;
    const sign = this.#sign?.found;
    // The newest wins: what was wrong before and was survived did not end it.
    const isNewer = (this.#exception?.index ?? 0) > (this.#sign?.index ?? 0);
    if (!exception || (sign && !isNewer)) return sign;
    if (exception.cause !== 'crash/missing-environment' || exception.subject !== undefined) return exception;
    // Fields that are there and wrong are the application's affair: no variable is missing.
    return this.#missing.length > 0
      ? { ...exception, subject: this.#missing.join(', ') }
      : { ...exception, cause: 'crash/startup-exception', subject: 'ValidationError' };
  }
}

function exception(line: LogLine, text: string, name: string): CrashSign {
  const key = KEY_ERROR.exec(text)?.[1];
  const database = DATABASE.test(name) || DATABASE.test(text);
  // An environment variable's name is in capitals; any other key is the application's own.
  return key?.toUpperCase() === key && key !== undefined
    ? { cause: 'crash/missing-environment', line, subject: key, database: false }
    : { cause: 'crash/startup-exception', line, subject: name, database };
}
