/** A line on stderr that says how far something has come; only on a terminal, and gone at the end. */
import { Canvas, isWatched, type Screen } from './canvas.js';
import type { Style } from './style.js';

export interface Progress {
  /** @param waiting what is not done yet */
  show(what: string, done: number, all: number, waiting: readonly string[]): void;
  /** What comes next, where it cannot be counted; shown with the time once that is long. */
  tell(what: string): void;
  stop(): void;
}

const FRAME_MS = 80;

/** Milliseconds until what takes long is told. */
const LONG_MS = 1000;

/**
 * @param what it is before the first step; shown with the time once that is long
 * @returns undefined where nobody would see it
 */
export function createProgress(
  screen: Screen,
  isTTY: boolean,
  style: Style,
  env: Readonly<Record<string, string | undefined>>,
  what = '',
): Progress | undefined {
  if (!isWatched(isTTY, env)) return undefined;
  const canvas = new Canvas(screen);
  const began = performance.now();
  let line = what;
  let isCounted = false;
  let frame = 0;
  const draw = () => {
    const gone = performance.now() - began;
    const time = gone < LONG_MS ? '' : `  ${Math.floor(gone / 1000)} s`;
    if (!isCounted && time === '') return;
    const { spinner } = style.symbols;
    canvas.draw([
      `${style.color.cyan(spinner[frame % spinner.length] ?? '')} ${`${line}${time}`.slice(0, Math.max(0, canvas.columns - 2))}`,
    ]);
    frame += 1;
  };
  const timer = setInterval(draw, FRAME_MS);
  // The display must not keep the program alive.
  timer.unref();
  return {
    show(what, done, all, waiting) {
      line = `${what}  ${done}/${all}${waiting.length > 0 ? `  ${waiting.join(', ')}` : ''}`;
      isCounted = true;
      draw();
    },
    tell(next) {
      line = next;
      draw();
    },
    stop() {
      clearInterval(timer);
      canvas.close();
    },
  };
}
