/** Ctrl-C and SIGTERM: the first ends the work and lets the partial report be printed, the second ends the process. */
import { setMaxListeners } from 'node:events';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export class Interruption {
  private readonly controller = new AbortController();
  private code: 130 | 143 | undefined;

  private readonly onSignal = (signal: keyof typeof EXIT_CODES): void => {
    if (this.code !== undefined) process.exit(this.code);
    this.code = EXIT_CODES[signal];
    this.controller.abort(new Error('interrupted'));
  };

  constructor() {
    setMaxListeners(0, this.controller.signal);
    process.on('SIGINT', this.onSignal);
    process.on('SIGTERM', this.onSignal);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** 130 or 143 once a signal came, else undefined. */
  get exitCode(): 130 | 143 | undefined {
    return this.code;
  }

  /** Gives the signals back to Node. */
  dispose(): void {
    process.off('SIGINT', this.onSignal);
    process.off('SIGTERM', this.onSignal);
  }
}

/** Resolves after `ms` milliseconds, or at once when the signal aborts; never rejects. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
