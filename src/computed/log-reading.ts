/**
 * The one reading of a log: what it says of the database, for verify, doctor and bundles alike, with the lines that show it.
 * Judged are the level, what the line says of the database, and the vocabulary of drivers and servers.
 */
import { DEFAULT_CONTRACT, type Contract } from '../contract/contract.js';
import type { LogLine } from '../evidence/evidence.js';
import { DATABASE_MODULE, DATABASE_SUBJECT, NO_DATABASE, OTHER_SYSTEM } from '../vocabulary/database.js';
import { isSaid } from '../vocabulary/vocabulary.js';
import type { DatabaseMeaning, WayPlace } from '../vocabulary/vocabulary.js';
import { databaseError, databaseWords, type DatabaseError } from './database-error.js';
import { logEvents, type LogEvent, type LoggedException } from './log-events.js';
import { saysConnected, saysRecovered, soundsOfTrouble } from './log-grammar.js';
import { LONGEST } from './log-line.js';
import { memoised } from './memo.js';

export interface DatabaseTrouble {
  means: DatabaseMeaning;
  place: WayPlace;
  /** The line that says most: the exception's, else the event's. */
  line: LogLine;
  /** All that is said of it, with what an exception goes on to say. */
  words: string;
  /** Where it was raised: file and line of the application's own code, where a traceback tells. */
  raisedAt: string | undefined;
}

export interface LogReading {
  /** The last line about a connection that came about. */
  connected: LogLine | undefined;
  /** Every error of the database, oldest first. */
  errors: readonly DatabaseTrouble[];
  /** Those since the last connection. */
  current: readonly DatabaseTrouble[];
}

type Patterns = Pick<Contract['database'], 'connectedLogPatterns' | 'errorLogPatterns'>;

const READINGS = new WeakMap<readonly LogLine[], Map<string, LogReading>>();
/** One of a contract's copies is as good as another. */
const keyOf = memoised(({ connectedLogPatterns, errorLogPatterns }: Patterns) =>
  JSON.stringify([connectedLogPatterns, errorLogPatterns]),
);

/**
 * Pure, and computed once for a log and its patterns.
 * @param patterns the contract's. Those of the default contract are judged with what stands around them; a pattern that the
 *   user wrote for an error is taken at its word
 * @throws SyntaxError on a pattern that is not a regular expression
 */
export function readLog(lines: readonly LogLine[], patterns: Patterns): LogReading {
  const known = READINGS.get(lines) ?? new Map<string, LogReading>();
  READINGS.set(lines, known);
  const key = keyOf(patterns);
  const found = known.get(key) ?? read(lines, patterns);
  known.set(key, found);
  return found;
}

function read(lines: readonly LogLine[], patterns: Patterns): LogReading {
  const ownConnected = patterns.connectedLogPatterns.map(expression);
  const connectedWords = [...ownConnected, ...CONNECTED];
  const ownErrors = patterns.errorLogPatterns
    .filter((pattern) => !DEFAULT_CONTRACT.database.errorLogPatterns.includes(pattern))
    .map(expression);
  let connected: LogLine | undefined;
  const errors: DatabaseTrouble[] = [];
  let since = 0;
  for (const event of logEvents(lines)) {
    const isLoud = event.level === 'error' || event.exceptions.length > 0;
    // A pattern of the user's own may speak of anything; those of CONNECTED have a name of the database in them.
    const isRead =
      isLoud ||
      MAY_MATTER.test(event.text) ||
      matches(ownErrors, event.text) ||
      matches(ownConnected, event.text);
    if (!isRead) continue;
    const trouble = troubleOf(event, ownErrors);
    if (trouble) {
      errors.push(trouble);
    } else if (isConnection(event, connectedWords)) {
      connected = event.line;
      since = errors.length;
    }
  }
  return { connected, errors, current: errors.slice(since) };
}

function expression(pattern: string): RegExp {
  return new RegExp(pattern, 'i');
}

function matches(expressions: readonly RegExp[], text: string): boolean {
  return expressions.some((each) => each.test(text));
}

/** What any event must have that is looked at closely: most lines of a log have none of it. */
const MAY_MATTER = new RegExp(
  `${DATABASE_SUBJECT.source}|Error\\b|Exception\\b|FATAL|SSL|connection|certificate|relation|transaction|endpoint|Errno|sqlite|quota|role |column |statement|slots|clients|keyword argument|name resolution|not known|revision|query_wait|connected to|ready to use`,
  'i',
);

/** Words of success beyond the contract's. */
const CONNECTED: readonly RegExp[] = [
  /\b(?:database|postgres\w*|\bdb)\b.{0,80}?\b(?:connected|connection (?:was |has been |is )?(?:successfully )?(?:established|successful|succeeded|ok|opened|verified|restored|re-established|made|up and running)|is (?:up(?! to\b)|reachable|available)|reachable|reconnected)\b/i,
  /\b(?:re)?connected (?:successfully )?to (?:the |our )?(?:\w+ )?(?:database|postgres\w*|db|neon)\b/i,
  /\b(?:successfully connected|connection (?:successfully )?(?:established|opened|restored)|(?:established|opened|restored) (?:an? |the )?(?:\w+ )?connection)\b.{0,40}\b(?:database|postgres\w*|db)\b/i,
  /\bconnection to (?:the )?(?:database|postgres\w*|db)\b.{0,40}?\b(?:established|successful|succeeded|ok|ready|restored|re-established)\b/i,
  // psycopg_pool, once its connections are there.
  /\bpool '[^']{1,80}' is ready to use\b/i,
];

function isConnection({ level, text, exceptions }: LogEvent, expressions: readonly RegExp[]): boolean {
  if (level === 'error' || exceptions.length > 0) return false;
  // Names of events: database_connected, db.connected.
  const words = text.replace(/(?<=[a-z])[_.](?=[a-z])/gi, ' ');
  return saysConnected(words, expressions) && (saysRecovered(words) || !soundsOfTrouble(text));
}

/** A warning of Python's about the code: nothing has happened. */
const OF_CODE =
  /\b(?:\w*Deprecation|Future|Syntax|Import|SA|Resource|RemovedIn\w{1,20}|Moved\w{1,20}|LegacyAPI|User)Warning: /;
/** SQL that SQLAlchemy or the server shows of itself, with any words in it. */
const ECHO =
  /^sqlalchemy\.engine\S*\s|^(?:SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK|WITH|\[(?:generated|cached|raw))\b/;
/** Names of databases and their drivers: beside another system's name "database" alone may be that one's. */
const OWN_NAME = /postgres|psycopg|asyncpg|sqlalchemy|pg8000|pgbouncer|neon\.tech|\b5432\b|libpq/i;

/** What an event says of a database that is in trouble, by the default patterns; undefined where it says nothing. */
export function databaseTrouble(event: LogEvent): DatabaseTrouble | undefined {
  return troubleOf(event, []);
}

/** What somebody has written, and a line that is no alarm only repeats: the title of a task, what was searched for. */
const QUOTED =
  /(?<!\b(?:msg|message|event|err(?:or)?|reason|detail|cause|exception|exc_info|says?|said)["']?\s?[=:]?\s?)"[^"]{0,600}"/gi;

/** The same at any level, where a word says that it is somebody's: `title "database down"`. */
const TYPED =
  /\b(?:titles?|subject|description|comment|note|caption|search(?:ed|ing)?(?: for)?|search[_ ]term)["']?\s?[=:]?\s?(?:"[^"]{0,600}"|'[^']{0,600}')/gi;

function troubleOf(event: LogEvent, ownErrors: readonly RegExp[]): DatabaseTrouble | undefined {
  const { level, line, exceptions, logger = '' } = event;
  const byException = exceptions.length > 0 ? troubleOfChain(event) : undefined;
  if (byException) return byException;
  const text = event.text.replace(TYPED, ' ');
  if (level !== 'error' && level !== 'warning' && ECHO.test(text)) return undefined;
  if (level !== 'error' && OF_CODE.test(text)) return undefined;
  const isOwn = matches(ownErrors, text.slice(0, LONGEST));
  // Most lines tell of nothing that went wrong: none of the many words of drivers and servers is looked for in them.
  const isWrong = isEvent({ ...event, text });
  if (!isOwn && !isWrong) return undefined;
  if (!isOwn && (level === 'info' || level === 'debug') && isOnlyRepeated(text)) return undefined;
  const subject = speaksOfDatabase(text) || SERVER_FORM.test(text);
  const found = databaseWords(text);
  // A logger's name alone says nothing of words that are not known: a module of that name does other things, too.
  const isAbout = subject || found?.general !== true || DATABASE_LOGGER.test(logger);
  const isSaid = found !== undefined && isAbout && isWrong;
  const isTold = subject && isWrong && level !== 'debug';
  if (!isOwn && !isSaid && !isTold) return undefined;
  // A statement that was refused, and that the application told as no error, is no trouble of the database's.
  if (!isOwn && found?.means === 'statement' && level !== 'error') return undefined;
  // An exception that is no database's, told by a line that speaks of it: the line counts.
  const known: DatabaseError | undefined = found && { means: found.means, place: found.place };
  const byState = known ?? databaseError(text) ?? OTHER;
  // Words of the network that stand in a line for another reason say nothing of the database.
  const error = isAbout ? byState : OTHER;
  return { ...error, line, words: event.text, raisedAt: undefined };
}

function isOnlyRepeated(text: string): boolean {
  if (!text.includes('"')) return false;
  const own = text.replace(QUOTED, ' ');
  return own !== text && !speaksOfDatabase(own) && !soundsOfTrouble(own);
}

/** The name of a logger, among what stands before a line's words. */
const DATABASE_LOGGER =
  /(?<![a-z])(?:dbs?|databases?|postgres\w*|pg|sqlalchemy|asyncpg|psycopg\w*)(?![a-z])/i;
/** As libpq and PgBouncer write what a server says: the severity and two blanks. */
const SERVER_FORM = /\b(?:FATAL|PANIC): {2}\S/;

const OTHER: DatabaseError = { means: 'db/other', place: 'use' };

/** Something has gone wrong, by the level or by the words. */
function isEvent({ level, text }: LogEvent): boolean {
  return (
    level === 'error' ||
    (soundsOfTrouble(text) && !saysRecovered(text)) ||
    (level !== 'info' && level !== 'debug' && /^\s*FATAL:/.test(text))
  );
}

/** What was asked for by HTTP: its path and its parameters may be called anything. */
const ASKED_FOR =
  /\bhttps?:\/\/\S+|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \/\S*|(?<![\w.])\/(?:api|v\d+|docs|health\w*)\/\S*|\b(?:path|url|uri|route|endpoint)["']?\s?[=:]\s?["']?\/\S*|\b(?:q|query(?:_?string)?|params)["']?\s?[=:]\s?["']?[^\s"',}]*/gi;

function speaksOfDatabase(said: string): boolean {
  const text = said.replace(ASKED_FOR, ' ');
  const words = text.replace(/_/g, ' ');
  if (!DATABASE_SUBJECT.test(text) && !DATABASE_SUBJECT.test(words)) return false;
  if (!OTHER_SYSTEM.test(text) || OWN_NAME.test(text)) return true;
  const own = AMONG_OTHERS.exec(words)?.[1]?.split(NEXT_SYSTEM)[0];
  return own !== undefined && soundsOfTrouble(`: ${own}`);
}

/** One of several systems, each with its state: "redis: ok, database: failed". */
const AMONG_OTHERS =
  /(?:^|[,;|{(]\s?|:\s|=\S{1,40}\s)["']?(?:database|db)["']?(?:\s?[:=]\s?|\sis\s)([^,;|{}()]{1,80})/i;
const NEXT_SYSTEM = new RegExp(`\\s["']?(?=(?:${OTHER_SYSTEM.source})\\w*["']?\\s?[:=])`, 'i');

/** The reason in a chain of exceptions, where one of them is a database's or comes out of a driver. */
function troubleOfChain({ text, exceptions, line }: LogEvent): DatabaseTrouble | undefined {
  const own = exceptions.filter((each) => isDatabases(each));
  if (own.length === 0) {
    // The line before the traceback may say it: "Could not connect to the database".
    const about = speaksOfDatabase(text) && !exceptions.some(({ name }) => OTHER_SYSTEM.test(name));
    if (!about) return undefined;
  }
  const all = own.length > 0 ? own : exceptions;
  const words = all.map(({ name, text: said }) => `${name}: ${said}`).join('\n');
  const known = databaseError(words) ?? OTHER;
  const most =
    all.find((each) => databaseWords(`${each.name}: ${each.text}`)?.means === known.means) ?? all.at(-1);
  return {
    ...known,
    line: most?.line ?? line,
    words: text === '' ? words : `${text}\n${words}`,
    raisedAt: all.at(-1)?.file === undefined ? undefined : `${all.at(-1)?.file ?? ''}:${all.at(-1)?.at ?? 0}`,
  };
}

const DRIVER_FILE = /\/(?:psycopg2?|psycopg_pool|asyncpg|sqlalchemy|pg8000)\//;
/** Built-in exceptions that a driver lets through: whose they are, the frames tell. */
const BUILT_IN =
  /^(?:(?:asyncio\.\w+|builtins|concurrent\.futures\._base|socket|ssl|_ssl)\.)?(?:OSError|IOError|ConnectionError|ConnectionRefusedError|ConnectionResetError|BrokenPipeError|TimeoutError|CancelledError|gaierror|SSLError|SSLCertVerificationError|TypeError|ValueError|ExceptionGroup|FileNotFoundError|PermissionError|socket\.\w+)$/;

function isDatabases({ name, text, frames }: LoggedException): boolean {
  if (isSaid(NO_DATABASE, text)) return false;
  if (DATABASE_MODULE.test(name)) return !name.endsWith('Warning');
  if (OTHER_SYSTEM.test(name)) return false;
  const words = databaseWords(`${name}: ${text}`);
  const isOwn = words !== undefined && words.general !== true && words.means !== 'statement';
  // Loggers that write records leave the module out.
  if (isOwn && (!name.includes('.') || name.startsWith('alembic.'))) return true;
  if (BUILT_IN.test(name)) {
    const isDrivers = frames.some((file) => DRIVER_FILE.test(file));
    return isOwn || isDrivers || /\b(?:5432|6432|6543)\b|asyncpg|psycopg/.test(text);
  }
  return /psycopg|asyncpg|sqlalchemy\.|pg8000|^\((?:sqlite3|builtins)\.|sqlalche\.me/.test(text);
}
