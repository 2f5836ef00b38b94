/** A few lines at the bottom of a terminal, redrawn in place and gone at the end. */
import { printedLine } from './printed.js';

export interface Screen {
  write(text: string): unknown;
  rows?: number;
  columns?: number;
}

/** Whether somebody watches: false where a display would only litter (no terminal, a dumb one, CI). */
export function isWatched(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const inCi = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  return isTTY && !inCi && env.TERM !== 'dumb';
}

/** Where the terminal does not say. */
const DEFAULT_ROWS = 24;
const DEFAULT_COLUMNS = 80;

/** A terminal that nobody told its size, as in CI and `script`, says 0. */
function known(size: number | undefined, otherwise: number): number {
  return size === undefined || size === 0 ? otherwise : size;
}

/**
 * It never hides the cursor, so that the cursor cannot stay hidden whatever ends the process. What is drawn is one
 * write, which does not flicker.
 */
export class Canvas {
  #drawn = 0;
  #closed = false;

  constructor(private readonly screen: Screen) {}

  /** Columns that a line may take: the last one stays free, because some terminals wrap when it is filled. */
  get columns(): number {
    return Math.max(1, known(this.screen.columns, DEFAULT_COLUMNS) - 1);
  }

  /** Replaces what was drawn. Lines that do not fit on the screen are left out: scrolled away they could not be erased. */
  draw(lines: readonly string[]): void {
    if (this.#closed) return;
    const fitting = lines.slice(0, Math.max(1, known(this.screen.rows, DEFAULT_ROWS) - 1));
    this.screen.write(`${this.#home()}${fitting.map(printedLine).join('')}`);
    this.#drawn = fitting.length;
  }

  /** Erases what was drawn; nothing is drawn after it. */
  close(): void {
    if (this.#drawn > 0) this.screen.write(this.#home());
    this.#drawn = 0;
    this.#closed = true;
  }

  /** To the start of the first line drawn, everything from there on erased (ECMA-48 CPL and ED). */
  #home(): string {
    return this.#drawn > 0 ? `\u001b[${this.#drawn}F\u001b[J` : '';
  }
}
