/**
 * One line of a log, taken apart: its level and its words, in the forms of uvicorn, gunicorn, hypercorn, Python's logging,
 * loguru, structlog (console and JSON), logfmt, glog and PostgreSQL. No pattern can backtrack over more than a line's beginning.
 */

export type Level = 'debug' | 'info' | 'warning' | 'error';

export interface Said {
  /** undefined: the line does not say one. */
  level: Level | undefined;
  /** The words without time, level and logger; of a JSON line, its message. */
  text: string;
  /** What stands before them where a logger's name may stand; undefined: nothing is known to. */
  logger?: string | undefined;
  /** Lines of a traceback that a JSON line carries. */
  traceback: string[];
}

/** Characters of a line that are looked at. */
export const LONGEST = 2000;

/** uvicorn's and gunicorn's access logs hold what clients sent: that must not look like the application's own word. */
export const ACCESS_LINE = /"[A-Z]{3,10} \S{1,1900} HTTP\/\d/;

/** By words from outside: a Map knows no `constructor`. */
const LEVELS: ReadonlyMap<string, Level> = new Map<string, Level>([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['notice', 'info'],
  ['log', 'info'],
  ['success', 'info'],
  ['warn', 'warning'],
  ['warning', 'warning'],
  ['err', 'error'],
  ['error', 'error'],
  ['exception', 'error'],
  ['critical', 'error'],
  ['crit', 'error'],
  ['fatal', 'error'],
  ['panic', 'error'],
  ['alert', 'error'],
  ['emerg', 'error'],
  ['severe', 'error'],
]);

/** `[2026-02-09 14:00:00 +0000] [7] [ERROR] `, `2026-… | ERROR | `, `2026-… - app - ERROR - `, `ERROR:app:`, `ERROR:    `. */
const WORD = [...LEVELS.keys()].join('|');
const BEFORE = String.raw`(?:\x1b\[[\d;]*m|[\s\[\](){}|<>:,;*-]|\d[\d:.,TZ+/ -]*|[A-Za-z]{3} {1,2}\d{1,2} |[\w.$:/-]+ (?:- |\| )){0,40}?`;
const PREFIXED = new RegExp(
  String.raw`^${BEFORE}(?:\x1b\[[\d;]*m)?[\[<(|]?\s{0,3}(${WORD})\b\s{0,9}(?:\x1b\[[\d;]*m)?(?:[\])>|:]|\s-\s|\s|$)(.*)$`,
  'i',
);
/** The form of uvicorn's and of Python's own lines, which PREFIXED knows as well, and takes a millisecond to compile. */
const PLAIN = /^([A-Z]{3,9}):(.*)$/;
const GLOG_LEVELS: Readonly<Record<string, Level>> = { I: 'info', W: 'warning', E: 'error', F: 'error' };
const GLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d[.\d]* +\d+ \S+\] (.*)$/;
const LOGFMT = /\b(?:level|lvl|severity)=["']?(\w{3,9})\b/i;
/** `app.db:connect:41 - `, `[app.db] `, `(app.db) `, `app.db: `: the logger's name after the level. */
const LOGGER =
  /^\s*(?:[-|:]\s*)*(?:\([\w. ]{1,60}\)\s*|[\w.]{1,60}:[\w<>.]{1,60}:\d{1,6}\s*-\s*|[\w.]{1,60}\s+-\s+)*/;

/** What a line says, and how loud. */
export function saidBy(line: string): Said {
  const text = line.slice(0, LONGEST);
  if (text.startsWith('{')) {
    const json = fromJson(line) ?? fromCutJson(line);
    if (json) return json;
  }
  const glog = GLOG.exec(text);
  if (glog) return { level: GLOG_LEVELS[glog[1] ?? ''] ?? 'info', text: glog[2] ?? '', traceback: [] };
  const plain = PLAIN.exec(text);
  const isPlain = plain !== null && LEVELS.has(plain[1]?.toLowerCase() ?? '');
  const prefixed = isPlain ? plain : PREFIXED.exec(text);
  const level = prefixed && LEVELS.get(prefixed[1]?.toLowerCase() ?? '');
  // "Error connecting to …" is a sentence and no level: a level is in capitals, or in brackets, or followed by a mark.
  if (prefixed && level && isLevel(prefixed[0], prefixed[1] ?? '')) {
    const all = prefixed[2] ?? '';
    const words = all.replace(LOGGER, '');
    const logger = text.slice(0, text.length - words.length);
    return { level, text: words, logger, traceback: [] };
  }
  const named = LEVELS.get(LOGFMT.exec(text)?.[1]?.toLowerCase() ?? '');
  const message = named && /\b(?:msg|message|event)=("(?:[^"\\]|\\.){0,1500}"|\S{1,1500})/.exec(text)?.[1];
  // What else the line says (error=…) belongs to it: only where there is a message of its own the rest is left as it is.
  return { level: named, text: message === undefined ? text : text.replace(LOGFMT, ''), traceback: [] };
}

function isLevel(all: string, word: string): boolean {
  if (word === word.toUpperCase()) return true;
  const at = all.toLowerCase().indexOf(word.toLowerCase());
  const before = all.slice(0, at).trimEnd().at(-1) ?? '';
  const after = all
    .slice(at + word.length)
    .trimStart()
    .charAt(0);
  return ('[|<('.includes(before) && before !== '') || after === ']' || after === '|';
}

const TRACEBACK = 'Traceback (most recent call last)';
/** Keys under which loggers write, in the order in which they say most. */
const MESSAGES = ['message', 'msg', 'event', 'text', 'body'];
/** Keys of the logger's name. */
const LOGGERS = ['logger', 'logger_name', 'logger.name', 'name'];
const LEVEL_KEYS = ['level', 'levelname', 'severity', 'log_level', 'lvl', 'log.level'];
/** Keys of what somebody has typed. */
const TYPED = /^(?:title|subject|caption|comment|note|search|search_term)$/i;
const TRACEBACKS = [
  'exception',
  'exc_info',
  'traceback',
  'stack',
  'stack_info',
  'error',
  'err',
  'exc',
  'error.stack_trace',
];

function fromJson(line: string): Said | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line.trim());
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const record = flat(json as Record<string, unknown>);
  const status = record.get('status');
  const level =
    LEVEL_KEYS.map((key) => levelOf(record.get(key))).find((each) => each !== undefined) ??
    // Of HTTP it is a number.
    (typeof status === 'string' ? levelOf(status) : undefined);
  const message = MESSAGES.map((key) => record.get(key)).find(
    (each): each is string => typeof each === 'string' && each !== '',
  );
  const traces = TRACEBACKS.flatMap((key) => {
    const value = record.get(key);
    return typeof value === 'string' ? [value] : [];
  });
  // A traceback may stand in any of them: loguru's text, an exc_info, a message of several lines.
  const traced = [...record.values()].find(
    (each): each is string => typeof each === 'string' && each.includes(TRACEBACK) && each !== traces[0],
  );
  if (traced !== undefined && traces.length === 0) {
    const [head = '', ...lines] = traced.split('\n');
    return {
      level,
      text: message === undefined || message === traced ? saidBy(head).text : message,
      traceback: lines.slice(0, 400),
    };
  }
  const told = new Set<unknown>([message, ...traces]);
  const rest = [...record]
    .filter(
      ([key, value]) =>
        !told.has(value) &&
        !LEVEL_KEYS.includes(key) &&
        !TYPED.test(key) &&
        !/time|^ts$|^pid$|thread|process|lineno|filename|funcName|module|logger|^name$/i.test(key),
    )
    .map(([key, value]) => `${key}=${String(value)}`);
  return {
    level,
    text: [message ?? '', ...rest].join(' ').slice(0, LONGEST),
    logger: LOGGERS.map((key) => record.get(key)).find((each) => typeof each === 'string'),
    traceback: traces.flatMap((trace) => trace.slice(0, 16_000).split('\n')),
  };
}

/** A record that was cut in the middle: its level, and what there is of its message. */
function fromCutJson(line: string): Said | undefined {
  const level = LEVELS.get(
    /"(?:level|levelname|severity|log_level)"\s*:\s*"(\w{2,10})"/.exec(line)?.[1]?.toLowerCase() ?? '',
  );
  const written = /"(?:text|message|msg|event)"\s*:\s*"((?:[^"\\]|\\.){1,8000})/.exec(line)?.[1];
  if (written === undefined) return undefined;
  const [head = '', ...lines] = written.replace(/\\n/g, '\n').replace(/\\"/g, '"').split('\n');
  const said = saidBy(head);
  return { level: level ?? said.level, text: said.text, traceback: lines };
}

/** One level of nesting is told by dots: loguru's `record.message`, ECS's `log.level`. */
function flat(json: Record<string, unknown>): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const put = (key: string, value: unknown) => {
    if (!found.has(key)) found.set(key, value);
  };
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== 'object' || value === null) put(key, value);
    else if (Array.isArray(value)) put(key, tracebackOf(value) ?? value.map(String).join(' '));
    else
      for (const [inner, each] of Object.entries(value)) {
        if (typeof each === 'object' && each !== null) {
          const name = (each as Record<string, unknown>).name;
          if (inner === 'level' && typeof name === 'string') put('level', name);
        } else {
          put(`${key}.${inner}`, each);
          if (key === 'record' || key === 'error' || key === 'err' || key === 'exc_info')
            put(key === 'record' ? inner : `${key} ${inner}`, each);
        }
      }
  }
  return found;
}

/** structlog's `dict_tracebacks`: a list of exceptions, the last one raised first. undefined: it is none. */
function tracebackOf(list: readonly unknown[]): string | undefined {
  const raised = list.flatMap((each) => {
    const { exc_type: name, exc_value: words, frames } = fieldsOf(each);
    if (typeof name !== 'string') return [];
    const lines = (Array.isArray(frames) ? (frames as unknown[]) : [])
      .slice(0, 400)
      .map(fieldsOf)
      .map(({ filename, lineno }) => `  File "${String(filename)}", line ${Number(lineno)}`);
    return [[`${TRACEBACK}:`, ...lines, `${name}: ${String(words)}`].join('\n')];
  });
  return raised.length === 0
    ? undefined
    : raised.reverse().join('\n\nThe above exception was the direct cause of the following exception:\n\n');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** As a word, or as a number: of bunyan and pino (30, 40, 50), and of Python (20, 30, 40). */
function levelOf(value: unknown): Level | undefined {
  if (typeof value === 'string') return LEVELS.get(value.trim().toLowerCase());
  if (typeof value !== 'number') return undefined;
  return value >= 50 ? 'error' : value >= 40 ? 'warning' : value >= 20 ? 'info' : 'debug';
}
