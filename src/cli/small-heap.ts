/** Memory in a run over many releases. */
import { setFlagsFromString } from 'node:v8';

/** Releases from which it counts. */
const MANY = 20;

/** Per cent by which the heap may grow over what is in use before garbage is collected; V8 itself lets it grow up to fourfold. */
const GROWTH = 30;

/**
 * What is in use at a time is little, as the evidence of a release is let go with its report, but there is much of it one after
 * the other: V8 would let garbage grow to several times of that.
 */
export function keepHeapSmall(releases: number): void {
  if (releases >= MANY) setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
