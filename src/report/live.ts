/**
 * The live display: a task for each suite on a terminal's stderr while the run goes on, gone when it ends. It shows
 * what the engine's events say and decides nothing.
 */
import type { ListrRenderer, ListrTask } from 'listr2';
import type { EngineEvent, Status } from '../engine/report.js';
import { Canvas, isWatched, type Screen } from './canvas.js';
import { gravest } from './digest.js';
import { paint, type Style } from './style.js';

/** Milliseconds between two frames. */
const FRAME_MS = 80;

export interface LiveDisplay {
  /** Give it every event of the engine, in order. */
  onEvent: (event: EngineEvent) => void;
  /** Erases the display, at once. May be called at any time and again. */
  stop: () => void;
}

export interface LiveInput {
  screen: Screen;
  isTTY: boolean;
  style: Style;
  env: Readonly<Record<string, string | undefined>>;
}

/** @returns undefined where a display would only litter: no terminal, a dumb one, or CI */
export function createLive({ screen, isTTY, style, env }: LiveInput): LiveDisplay | undefined {
  if (!isWatched(isTTY, env)) return undefined;
  let session: Session | undefined;
  return {
    onEvent: (event) => {
      if (event.type === 'run-started') {
        // A run that is repeated (--wait, --watch) starts again from nothing.
        session?.stop();
        session = new Session(event.checks, screen, style);
      } else if (event.type === 'check-finished') {
        session?.finish(event.result.suite, event.result.status);
      } else {
        session?.stop();
      }
    },
    stop: () => session?.stop(),
  };
}

/** What is known of a suite while it runs. */
interface Row {
  name: string;
  total: number;
  finished: Status[];
  /** Settles listr2's task. */
  done: PromiseWithResolver;
}

interface PromiseWithResolver {
  promise: Promise<void>;
  resolve: () => void;
}

class Session {
  readonly #rows = new Map<string, Row>();
  readonly #canvas: Canvas;
  readonly #began = performance.now();
  #stopped = false;

  constructor(
    checks: readonly { suite: string }[],
    screen: Screen,
    private readonly style: Style,
  ) {
    this.#canvas = new Canvas(screen);
    for (const { suite } of checks) {
      const row = this.#rows.get(suite) ?? { name: suite, total: 0, finished: [], done: withResolver() };
      row.total += 1;
      this.#rows.set(suite, row);
    }
    // A display that cannot be had is no reason to lose the run.
    this.#start().catch(() => this.stop());
  }

  finish(suite: string, status: Status): void {
    const row = this.#rows.get(suite);
    if (!row) return;
    row.finished.push(status);
    if (row.finished.length >= row.total) row.done.resolve();
  }

  stop(): void {
    this.#stopped = true;
    this.#canvas.close();
    for (const { done } of this.#rows.values()) done.resolve();
  }

  async #start(): Promise<void> {
    const { Listr } = await import('listr2');
    if (this.#stopped) return;
    const tasks: ListrTask[] = [...this.#rows.values()].map(({ name, done }) => ({
      title: name,
      task: () => done.promise,
    }));
    await new Listr(tasks, {
      concurrent: true,
      renderer: rendererFor(
        (pending, frame) => this.#draw(pending, frame),
        () => this.#canvas.close(),
      ),
      // This program ends itself on a signal, with a report and the exit code that the signal demands.
      registerSignalListeners: false,
    }).run();
  }

  #draw(pending: ReadonlySet<string>, frame: number): void {
    const { spinner } = this.style.symbols;
    const rows = [...this.#rows.values()];
    const nameColumns = Math.max(...rows.map(({ name }) => name.length));
    const lines = rows.map(({ name, total, finished }) => {
      const status = gravest(finished);
      const isPending = pending.has(name);
      const symbol = isPending ? (spinner[frame % spinner.length] ?? '') : this.style.symbols[status];
      const painted = isPending && status !== 'fail' ? this.style.color.cyan : paint(this.style, status);
      const text = ` ${name.padEnd(nameColumns)}  ${`${finished.length}/${total}`.padStart(5)}`;
      return painted(symbol) + text.slice(0, this.#canvas.columns - 1);
    });
    const seconds = Math.floor((performance.now() - this.#began) / 1000);
    const left = rows.reduce((sum, { total, finished }) => sum + total - finished.length, 0);
    this.#canvas.draw(seconds < 1 ? lines : [...lines, `${seconds} s, ${left} checks left`]);
  }
}

/**
 * A renderer for listr2 that draws by these functions. listr2's own one hides the cursor, takes over process.stdout
 * and process.stderr while it runs, listens to signals, and knows no warnings.
 */
function rendererFor(draw: (pending: ReadonlySet<string>, frame: number) => void, end: () => void) {
  return class implements ListrRenderer {
    static rendererOptions: never;
    static rendererTaskOptions: never;
    /** It draws on stderr; whether stdout is a terminal does not matter. */
    static nonTTY = true;
    #timer: NodeJS.Timeout | undefined;

    constructor(private readonly tasks: readonly { title?: string | undefined; isCompleted(): boolean }[]) {}

    render(): void {
      let frame = 0;
      const next = () => {
        const pending = this.tasks.filter((task) => !task.isCompleted()).map(({ title }) => title ?? '');
        draw(new Set(pending), frame);
        frame += 1;
      };
      next();
      this.#timer = setInterval(next, FRAME_MS);
      // The display must not keep the program alive.
      this.#timer.unref();
    }

    end(): void {
      clearInterval(this.#timer);
      end();
    }
  };
}

function withResolver(): PromiseWithResolver {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
