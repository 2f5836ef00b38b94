/**
 * Why an application says that it ended: its log's last words, by the vocabulary of Python, its servers and the kernel. The
 * newest that says something counts: what was wrong before and was survived did not end it.
 */
import { databaseTrouble } from './log-reading.js';
import { logEvents, type LogEvent, type LoggedException } from './log-events.js';
import type { LogLine } from '../evidence/evidence.js';
import { END_WORDS, WORKER_ENDS, type EndMeaning } from '../vocabulary/process-end.js';

export interface CrashSign {
  cause: EndMeaning;
  /** The line that shows it. */
  line: LogLine;
  /** What it names: the module, the variable, the port, the path; undefined where it names none. */
  subject: string | undefined;
  /** The variables that are missing. */
  missing: readonly string[];
  /** What else its words name, as the vocabulary's row calls it: `port`, `level`. */
  named: Readonly<Record<string, string | undefined>>;
  /** File and line of the application's own code where it was raised; undefined where no traceback tells. */
  raisedAt: string | undefined;
  /** What ended the start is an exception of a database driver. */
  database: boolean;
}

const NOTHING_NAMED = { missing: [], named: {}, database: false } as const;

function missingVariables(...missing: string[]): Pick<CrashSign, 'cause' | 'subject' | 'missing'> {
  return { cause: 'crash/missing-environment', subject: missing.join(', '), missing };
}

/** Characters of a line that are looked at. */
const LONGEST = 600;
/** Lines in which workers that died are counted, from the end. */
const MOST_LINES = 5000;

const KEY_ERROR = /^'([A-Z][A-Z0-9_]{0,100})'/;
const VALIDATION_ERROR = /\bValidationError$/;
const VALIDATION_LIST = /\bValidationError: \d{1,4} validation errors? for /;
/** pydantic 1 writes ` -> ` between the parts of a nested one. */
const FIELD = /^([A-Za-z_][A-Za-z0-9_.]{0,100}(?: -> [A-Za-z0-9_]{1,60}){0,5})$/;

/**
 * @param lines the log of the run that ended, oldest first
 * @param exitCode what it ended with: a server that ends itself on purpose ends with 0, so that another code has another reason
 * @returns the sign that says most, undefined where the log says nothing of an end
 */
export function readCrashLog(lines: readonly LogLine[], exitCode = 0): CrashSign | undefined {
  const events = logEvents(lines);
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index];
    const sign =
      event && (signOfChain(event, lines) ?? signOfWords(event.text, event.line) ?? listed(event, lines));
    if (sign && (sign.cause !== 'crash/request-limit' || exitCode === 0)) return sign;
  }
  return undefined;
}

/** Times that a worker of uvicorn or gunicorn died, the newest such line, and what finds such lines (words of a shell). */
export function workerDeaths(lines: readonly LogLine[]): {
  count: number;
  last: LogLine | undefined;
  find: string;
} {
  const isDeath = ({ text }: LogLine) => wordsOfDeath(text) !== undefined;
  const deaths = lines.slice(-MOST_LINES).filter(isDeath);
  const last = deaths.at(-1);
  return { count: deaths.length, last, find: wordsOfDeath(last?.text ?? '')?.find ?? '' };
}

function wordsOfDeath(text: string) {
  return WORKER_ENDS.find(({ says }) => says.test(text.slice(0, LONGEST)));
}

/** Of a chain the newest exception that is known, else the last one: it is what ended the process. */
function signOfChain(event: LogEvent, lines: readonly LogLine[]): CrashSign | undefined {
  const last = event.exceptions.at(-1);
  if (last === undefined) return undefined;
  const own = { ...NOTHING_NAMED, line: last.line, raisedAt: placeOf(last) };
  const known = [...event.exceptions]
    .reverse()
    .map((each) => signOfException(each, event, lines))
    .find((each) => each !== undefined);
  if (known) return known;
  const database = databaseTrouble(event) !== undefined;
  return { ...own, cause: 'crash/startup-exception', subject: last.name, database };
}

function placeOf({ file, at }: LoggedException): string | undefined {
  return file === undefined ? undefined : `${file}:${at ?? 0}`;
}

function signOfException(
  each: LoggedException,
  event: LogEvent,
  lines: readonly LogLine[],
): CrashSign | undefined {
  const own = { ...NOTHING_NAMED, line: each.line, raisedAt: placeOf(each) };
  if (VALIDATION_ERROR.test(each.name)) return validation(each, lines, own);
  const key = each.name === 'KeyError' ? KEY_ERROR.exec(each.text)?.[1] : undefined;
  if (key !== undefined) return { ...own, ...missingVariables(key) };
  // A file that libpq may not read is the database's affair: its own words say which.
  const words = signOfWords(`${each.name}: ${each.text}`.slice(0, LONGEST), each.line);
  if (words === undefined) return undefined;
  const isDatabases = words.cause === 'crash/permission-denied' && databaseTrouble(event) !== undefined;
  return isDatabases ? undefined : { ...words, raisedAt: own.raisedAt };
}

function signOfWords(text: string, line: LogLine): CrashSign | undefined {
  const words = text.slice(0, LONGEST);
  for (const { says, means } of END_WORDS) {
    const match = says.exec(words);
    if (!match) continue;
    if (means === 'crash/permission-denied' && /certificate|private key/i.test(words)) return undefined;
    const subject = match.slice(1).find(Boolean)?.trim();
    const own = { ...NOTHING_NAMED, line, raisedAt: undefined, named: match.groups ?? {} };
    // SQLAlchemy does not name the variable: a backend of this kind takes its URL from one.
    if (means === 'crash/missing-environment')
      return { ...own, ...missingVariables(subject ?? 'DATABASE_URL') };
    return { ...own, cause: means, subject };
  }
  return undefined;
}

/** pydantic's list without a traceback before it: the application printed the exception itself. */
function listed(event: LogEvent, lines: readonly LogLine[]): CrashSign | undefined {
  if (!VALIDATION_LIST.test(event.text)) return undefined;
  const each = { name: 'ValidationError', text: '', line: event.line };
  return validation(each, lines, { ...NOTHING_NAMED, line: event.line, raisedAt: undefined });
}

/**
 * The fields of pydantic's list: those that are missing, else those that are wrong, with pydantic's words and without the
 * value. A list that names no field is the application's own exception.
 */
function validation(
  { name, line }: Pick<LoggedException, 'name' | 'text' | 'line'>,
  lines: readonly LogLine[],
  own: Omit<CrashSign, 'cause' | 'subject'>,
): CrashSign {
  const missing: string[] = [];
  const wrong: string[] = [];
  let field: string | undefined;
  for (const { text } of lines.slice(lines.indexOf(line) + 1)) {
    const bare = text.slice(0, LONGEST).replace(/^\s*[|│]\s?/, '');
    const found = FIELD.exec(bare.trim());
    if (found && !bare.startsWith(' ')) {
      field = found[1];
    } else if (field !== undefined && /^\s{1,8}\S/.test(bare)) {
      const said = bare.trim().replace(/ ?\[type=.*$/, '');
      if (/^field required/i.test(said)) missing.push(field);
      else wrong.push(`${field}: ${said}`);
      field = undefined;
    } else if (!/^\s/.test(bare)) {
      break;
    }
  }
  if (missing.length > 0) {
    const found = missingVariables(...missing);
    // Both are wrong: named by its own alone, the other would be the next crash.
    const others = wrong.length > 0 ? `, and not valid: ${wrong.slice(0, 3).join('; ')}` : '';
    return { ...own, ...found, subject: `${found.subject ?? ''}${others}` };
  }
  return wrong.length > 0
    ? { ...own, cause: 'crash/settings-invalid', subject: wrong.slice(0, 3).join('; ') }
    : { ...own, cause: 'crash/startup-exception', subject: name };
}
