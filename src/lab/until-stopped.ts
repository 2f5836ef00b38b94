/** Waits until the lab is to end. */

/** 128 + the signal's number, as a shell reports it. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
/** A process whose parent ended gets another parent; nothing tells it, so it has to look. */
const PARENT_CHECK_MS = 1000;

/**
 * Resolves with the exit code: after Ctrl-C, SIGTERM, SIGHUP, or once the process that started this one has ended.
 * A second signal ends the process at once.
 */
export function untilStopped(): Promise<number> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const parentCheck = setInterval(() => {
      if (process.ppid !== parent) stop(EXIT_CODES.SIGHUP);
    }, PARENT_CHECK_MS);
    // It is the lab that keeps the process: one that fails to start must not wait for a signal.
    parentCheck.unref();
    let stopped = false;
    const stop = (code: number) => {
      if (stopped) process.exit(code);
      stopped = true;
      clearInterval(parentCheck);
      resolve(code);
    };
    for (const [signal, code] of Object.entries(EXIT_CODES)) process.on(signal, () => stop(code));
  });
}
