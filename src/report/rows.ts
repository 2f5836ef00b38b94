/** Labelled, wrapped, indented lines for a terminal. */
import { defuseCommands, oneLine, toAscii } from './escape.js';
import type { Part } from '../rule/fix.js';
import { labelled } from './remedy.js';
import type { Style } from './style.js';
import { firstLines, wrap, wrapItems } from './wrap.js';

/** Narrower than this, ids and texts go on lines of their own and indents shrink. */
export const NARROW_COLUMNS = 60;

export type Paint = (text: string) => string;

export const unpainted: Paint = (text) => text;

/** Text of a report as it may stand on a line of this terminal. */
export function clean(text: string, style: Style): string {
  const safe = defuseCommands(oneLine(text));
  return style.unicode ? safe : toAscii(safe);
}

/** An empty string is a value that was seen; it must not look like none. */
export function shownValue(value: string | number | boolean): string {
  return value === '' ? '(empty)' : String(value);
}

/** Builds labelled, wrapped, indented lines. */
export class Rows {
  readonly lines: string[] = [];
  readonly #indent: number;
  readonly #label: number;

  /** @param indent columns left free on the left */
  constructor(
    private readonly style: Style,
    indent: number,
  ) {
    this.#indent = indent;
    this.#label = style.columns < NARROW_COLUMNS ? 9 : 10;
  }

  /** A labelled row; none for an empty value. @param most lines, of a value that may be shortened */
  add(label: string, value: string, painted: Paint = unpainted, most = Infinity): void {
    const content = clean(value, this.style);
    if (content !== '') this.#rows(label, shortened(content, this.#room, most, this.style), painted);
  }

  datum(label: string, value: string | number | boolean | undefined, painted: Paint = unpainted): void {
    if (value !== undefined) this.add(label, shownValue(value), painted);
  }

  /** A labelled row of items, each kept whole where it fits. */
  items(label: string, items: readonly string[]): void {
    const cleaned = items.map((item) => clean(item, this.style)).filter((item) => item !== '');
    if (cleaned.length === 0) return;
    this.#rows(
      label,
      wrapItems(cleaned, this.style.symbols.separator, this.#room, this.style.measure),
      unpainted,
    );
  }

  /** A labelled row of as many items as fit on it, and how many more there are. */
  someItems(label: string, items: readonly string[]): void {
    const { measure, symbols } = this.style;
    const joint = ` ${symbols.separator} `;
    for (let shown = items.length; shown > 1; shown -= 1) {
      const left = items.length - shown;
      const all = [...items.slice(0, shown), ...(left > 0 ? [`${left} more`] : [])];
      if (measure(clean(all.join(joint), this.style)) <= this.#room) {
        this.items(label, all);
        return;
      }
    }
    this.items(label, items.length > 1 ? [items[0] ?? '', `${items.length - 1} more`] : items);
  }

  /** A labelled row for each value, the label on the first. @param most lines of each */
  list(label: string, values: readonly string[], most = Infinity): void {
    values.forEach((value, index) => this.add(index === 0 ? label : '', value, unpainted, most));
  }

  /** A line without a label. @param most lines, of a value that may be shortened */
  text(value: string, most = Infinity): void {
    const room = this.style.columns - this.#indent;
    this.lines.push(
      ...indented(shortened(clean(value, this.style), room, most, this.style), this.#indent, unpainted),
    );
  }

  /** A finding among several: its message, and below it what belongs to it. */
  bullet(message: string, facts: readonly string[]): void {
    const { style } = this;
    const room = style.columns - this.#indent - 2;
    const [head = '', ...rest] = wrap(clean(message, style), room, style.measure);
    this.lines.push(`${' '.repeat(this.#indent)}${style.symbols.bullet} ${head}`);
    this.lines.push(...indented(rest, this.#indent + 2, unpainted));
    const cleaned = facts.map((fact) => clean(fact, style));
    const below = wrapItems(cleaned, style.symbols.separator, room - 2, style.measure);
    this.lines.push(...indented(below, this.#indent + 4, style.color.dim));
  }

  /** What to do. A command is never broken: it is there to be pasted. */
  fix(parts: readonly Part[]): void {
    const all = labelled(parts);
    for (const [index, { part, label }] of all.entries()) {
      const before = all[index - 1]?.part;
      if (part.kind === 'text') {
        // Told already where the command before it left its label's line free.
        if (!(before && this.#leadingText(before, part))) this.add(label, part.text);
        continue;
      }
      const words = this.#leadingText(part, all[index + 1]?.part);
      if (words !== undefined) {
        this.add(label, words);
        this.command('', part.command);
        continue;
      }
      this.command(label, part.command);
      if (part.note !== undefined) this.#note(part.note);
    }
  }

  /** What stands beside the label of a command that does not fit there: its note, or the words that follow it. */
  #leadingText(part: Part, next: Part | undefined): string | undefined {
    if (part.kind === 'text' || this.style.measure(part.command) <= this.#room) return undefined;
    if (part.note !== undefined) return leading(part.note);
    return next?.kind === 'text' ? next.text : undefined;
  }

  #note(note: string): void {
    const lines = wrap(clean(note, this.style), this.#room - 2, this.style.measure);
    this.#rows(
      '',
      lines.map((line) => `# ${line}`),
      this.style.color.dim,
    );
  }

  /** A command, whole however long it is. */
  command(label: string, command: string): void {
    const safe = defuseCommands(oneLine(command));
    this.#command(label, this.style.unicode ? safe : toAscii(safe));
  }

  /** On the label's line where it fits there, else on a line of its own. */
  #command(label: string, command: string): void {
    const { columns, measure, color } = this.style;
    if (measure(command) <= this.#room) {
      this.#rows(label, [command], color.bold);
      return;
    }
    if (label !== '') this.lines.push(`${' '.repeat(this.#indent)}${color.dim(label)}`);
    const indent = this.#indent + measure(command) <= columns ? this.#indent : 0;
    this.lines.push(`${' '.repeat(indent)}${color.bold(command)}`);
  }

  get #room(): number {
    return this.style.columns - this.#indent - this.#label;
  }

  #rows(label: string, values: readonly string[], painted: Paint): void {
    const margin = ' '.repeat(this.#indent);
    values.forEach((value, index) => {
      const padding = ' '.repeat(this.#label - (index === 0 ? label.length : 0));
      const head = (index === 0 && label !== '' ? this.style.color.dim(label) : '') + padding;
      this.lines.push(`${margin}${head}${painted(value)}`);
    });
  }
}

/** A note as what leads up to its command. */
function leading(note: string): string {
  const sentence = `${note.charAt(0).toUpperCase()}${note.slice(1)}`;
  return /[.?!…:]$/.test(sentence) ? sentence : `${sentence}:`;
}

/** A cleaned text in lines of at most `room` columns, cut after `most` of them; twice as many on a narrow terminal. */
export function shortened(content: string, room: number, most: number, style: Style): string[] {
  const { columns, measure, symbols } = style;
  const lines = wrap(content, room, measure);
  return firstLines(lines, columns < NARROW_COLUMNS ? most * 2 : most, symbols.ellipsis, room, measure);
}

/** Lines moved to the right. */
export function indented(lines: readonly string[], columns: number, painted: Paint): string[] {
  return lines.map((line) => (line === '' ? '' : `${' '.repeat(columns)}${painted(line)}`));
}
