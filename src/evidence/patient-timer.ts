/**
 * A bound on somebody else's answer. A process that was busy, or that got no CPU, finds its timers due before it has
 * looked at what arrived meanwhile, and would blame the other side: "no connection within 1000 ms".
 */

/** More than the steps that an exchange takes through the event loop: name found, connected, written, read. */
const SLICES = 10;

/**
 * Calls once after that many milliseconds in which this process could listen: the time passes in slices, and one that
 * took longer than it should counts once.
 * @returns stops it
 */
export function patientTimeout(act: () => void, ms: number): () => void {
  let left = SLICES;
  const next = (): void => {
    left -= 1;
    if (left < 0) act();
    else timer = setTimeout(next, ms / SLICES);
  };
  let timer: NodeJS.Timeout;
  next();
  return () => clearTimeout(timer);
}
