/** Every wait in this folder ends: at its own bound, or when the caller gives up. */
import { setMaxListeners } from 'node:events';

/** The wait was cut short; what was being waited for is told by whoever catches this. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor(
    /** `deadline`: the bound given here; `caller`: the signal given by the caller. */
    readonly by: 'deadline' | 'caller',
    /** Of the caller's signal. */
    readonly reason?: unknown,
  ) {
    super(`stopped by ${by}`);
  }
}

/** Of a task that has ended. One for all: to make an error costs a stack, and thousands of calls end. */
const OVER = new Stopped('caller');

/** By the signal that stopped them: when a run is interrupted, thousands of calls that were still to come are. */
const known = new WeakMap<AbortSignal, Stopped>();

/**
 * Runs a task for at most `ms` milliseconds. The task gets a signal to release what it holds, but the wait ends in
 * time even where the task does not heed it (a DNS look-up cannot be cancelled, for instance).
 * @throws Stopped when time is up, or when `signal` aborts; else whatever the task throws
 */
export async function bounded<T>(
  ms: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw asStopped(signal);
  const controller = new AbortController();
  // All calls of a run share its signal; Node would take so many listeners for a leak.
  setMaxListeners(0, signal, controller.signal);
  const stop = (stopped: Stopped): void => controller.abort(stopped);
  const onCaller = (): void => stop(new Stopped('caller', signal.reason));
  signal.addEventListener('abort', onCaller, { once: true });
  const timer = setTimeout(() => stop(new Stopped('deadline')), ms);
  try {
    return await orStopped(controller.signal, () => task(controller.signal));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onCaller);
    // Releases whatever the task still holds, also after a failure of a part of it.
    if (!controller.signal.aborted) controller.abort(OVER);
  }
}

/** Waits for a task or for the signal, whichever comes first. @throws Stopped */
export async function orStopped<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw asStopped(signal);
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(asStopped(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  const running = task();
  try {
    return await Promise.race([running, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // A task that fails after the wait has ended must not become an unhandled rejection.
    running.catch(() => undefined);
  }
}

function asStopped(signal: AbortSignal): Stopped {
  if (signal.reason instanceof Stopped) return signal.reason;
  const stopped = known.get(signal) ?? new Stopped('caller', signal.reason);
  known.set(signal, stopped);
  return stopped;
}

/** Sleeps. @throws Stopped, at once when the signal aborts */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await orStopped(signal, () => new Promise((resolve) => (timer = setTimeout(resolve, ms))));
  } finally {
    clearTimeout(timer);
  }
}
