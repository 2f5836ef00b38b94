/**
 * A log as its writers meant it: events, each a line with its level and, where one follows, the traceback that belongs to it,
 * with every exception of its chain and the file and line where it was raised. One pass over the lines.
 */
import type { LogLine } from '../evidence/evidence.js';
import { ACCESS_LINE, LONGEST, saidBy, type Level } from './log-line.js';

export interface LoggedException {
  /** As it is written, with its module. */
  name: string;
  /** What follows the name, with the lines that go on with it. */
  text: string;
  line: LogLine;
  /** The last frame of the application's own code, else the last one. */
  file: string | undefined;
  at: number | undefined;
  /** Files of the frames through which it went. */
  frames: readonly string[];
}

export interface LogEvent {
  /** Index of its first line among those that were read. */
  index: number;
  line: LogLine;
  level: Level | undefined;
  text: string;
  /** What stands before the text where a logger's name may stand. */
  logger?: string | undefined;
  /** In the order in which they were raised: the last one is what the program met. */
  exceptions: readonly LoggedException[];
}

/** Lines of one traceback that are kept; and those that may go on with an exception's text. */
const MOST_FRAMES = 400;
const MOST_WORDS = 30;

const TRACEBACK = 'Traceback (most recent call last)';
const FRAME = /^\s*(?:>\s*)?File "([^"]{1,400})", line (\d{1,7})/;
const RICH_FRAME = /^\s*(\/[^\s:]{1,400}\.py):(\d{1,7}) in /;
const JOINER = /^\s*(?:During handling of the above exception|The above exception was the direct cause)/;
/** `pkg.module.SomeError: text` or `SomeError`, at the start of a line. */
const EXCEPTION =
  /^((?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z_]\w{0,80}|(?:[A-Za-z_]\w{0,60}\.){1,8}[A-Za-z_]\w{0,80})(?::\s|:?$)/;
/** Marks of an exception group and of rich's boxes around a line. */
const MARKS = /^\s*(?:[|+│╭╰][\s─-]*(?:\d{1,3} -+)?\s?){1,8}|[\s│╮╯]+$/g;
/** A line that goes on with an exception's text rather than being an event of its own. */
const GOES_ON =
  /^(?:\s|\[SQL|\[parameters|\(Background|- host|connection to server|Multiple connection attempts|DETAIL|HINT|LINE \d|CONTEXT|QUERY)/;
/** What libpq and psycopg 3 list of their attempts, where a message of several lines was logged without a traceback. */
const LISTED =
  /^(?:\t|\s{2,}Is the server|- host: |Multiple connection attempts failed|connection to server at )/;
const FOREIGN_CODE = /site-packages|dist-packages|\/lib(?:64)?\/python|<frozen|<string>|\/bin\//;
/** The level that uvicorn and logging put before the first line of a traceback, or before each. */
const LEVEL_MARK = /^(?:ERROR|CRITICAL):\s{2,10}(?=\S)/;

/** @returns its events in order; access lines are none */
export function logEvents(lines: readonly LogLine[]): LogEvent[] {
  const reader = new Events();
  for (const [index, line] of lines.entries()) reader.see(line, index);
  return reader.events;
}

/**
 * Where in a traceback the next line stands: outside of any; among frames; behind an exception, whose words may go on; behind
 * a blank line after it; behind the words that join it to the next one.
 */
type State = 'outside' | 'frames' | 'words' | 'blank' | 'joined';

class Events {
  readonly events: (LogEvent & { exceptions: LoggedException[]; text: string })[] = [];
  #state: State = 'outside';
  #frames: { file: string; at: number }[] = [];
  #words = 0;
  /** Of the last line that is an event's. */
  #lastIndex = -1;

  see(line: LogLine, index: number): void {
    const raw = line.text.slice(0, LONGEST);
    if (this.#state !== 'outside' && this.#belongs(line, raw)) return;
    this.#state = 'outside';
    if (ACCESS_LINE.test(raw)) return;
    const before = this.events.at(-1);
    if (
      before !== undefined &&
      this.#lastIndex === index - 1 &&
      LISTED.test(raw) &&
      /connect/i.test(before.text)
    ) {
      before.text = `${before.text}\n${raw.trim()}`.slice(0, 4 * LONGEST);
    } else {
      this.#begin(line, index, raw);
    }
    this.#lastIndex = index;
  }

  #begin(line: LogLine, index: number, raw: string): void {
    const said = saidBy(line.text);
    const [words = ''] = said.text.split('Traceback (most', 1);
    const starts = said.traceback.length === 0 && raw.includes(TRACEBACK);
    if (starts) {
      this.#state = 'frames';
      this.#frames = [];
    }
    const before = this.events.at(-1);
    // A traceback without words of its own belongs to the line before it: one record of the logger.
    if (starts && isBlank(words) && before?.index === index - 1 && before.exceptions.length === 0) {
      if (said.level === undefined || said.level === before.level) return;
    }
    const { level, text, logger } = said;
    const event = { index, line, level, text, logger, exceptions: [] as LoggedException[] };
    if (starts) Object.assign(event, { text: isBlank(words) ? '' : words, level: said.level ?? 'error' });
    if (said.traceback.length > 0) {
      const inner = new Events();
      for (const [at, text] of said.traceback.entries()) inner.see({ at: line.at, text }, at);
      event.exceptions = inner.events
        .flatMap(({ exceptions }) => exceptions)
        .map((each) => ({ ...each, line }));
      if (event.exceptions.length === 0)
        event.text = `${said.text} ${said.traceback.join(' ')}`.slice(0, LONGEST);
    }
    this.events.push(event);
  }

  /** @returns whether the line is a part of the traceback that is open */
  #belongs(line: LogLine, raw: string): boolean {
    const unmarked = raw.replace(MARKS, '');
    const isMarked = unmarked.trim() !== raw.trim();
    const text = unmarked.replace(LEVEL_MARK, '');
    if (isBlank(text)) {
      if (this.#state === 'words' && !isMarked) this.#state = 'blank';
      return true;
    }
    if (JOINER.test(text)) {
      this.#state = 'joined';
      return true;
    }
    if (text.includes(TRACEBACK)) {
      // One that nothing joins to the exception before it is an event of its own.
      if ((this.#state === 'blank' || this.#state === 'words') && !isMarked) return false;
      this.#state = 'frames';
      this.#frames = [];
      return true;
    }
    if (this.#state === 'frames') return this.#frame(line, raw, text, isMarked);
    if (this.#state === 'joined') return true;
    if (this.#state === 'blank' || !GOES_ON.test(text) || this.#words >= MOST_WORDS) return isMarked;
    const last = this.events.at(-1)?.exceptions.at(-1);
    if (last) last.text = `${last.text}\n${text.trim()}`.slice(0, 4 * LONGEST);
    this.#words += 1;
    return true;
  }

  #frame(line: LogLine, raw: string, text: string, isMarked: boolean): boolean {
    const frame = FRAME.exec(text) ?? RICH_FRAME.exec(text);
    if (frame) {
      if (this.#frames.length < MOST_FRAMES)
        this.#frames.push({ file: frame[1] ?? '', at: Number(frame[2]) });
      return true;
    }
    const match = EXCEPTION.exec(isMarked ? text.trim() : text);
    if (match?.[1] === undefined) {
      // Source lines, carets, the values that loguru and rich show: indented, or marked.
      return isMarked || /^[\s>└~^]/.test(raw);
    }
    const own = this.#frames.findLast(({ file }) => !FOREIGN_CODE.test(file)) ?? this.#frames.at(-1);
    this.events.at(-1)?.exceptions.push({
      name: match[1],
      text: (isMarked ? text.trim() : text).slice(match[0].length).trim(),
      line,
      file: own?.file,
      at: own?.at,
      frames: this.#frames.map(({ file }) => file),
    });
    this.#state = 'words';
    this.#words = 0;
    return true;
  }
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
