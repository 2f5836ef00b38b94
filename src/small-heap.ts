/** Memory in a run over many releases, or one of many pods. */
import { setFlagsFromString } from 'node:v8';

/** Releases from which it counts, and pods of one release. */
const MANY_RELEASES = 20;
const MANY_PODS = 1000;

/**
 * Per cent by which the heap may grow over what is in use before garbage is collected; V8 itself lets it grow up to fourfold. Of
 * many releases little is in use at a time, as the evidence of each is let go with its report. Of many pods much is, and to look
 * through it often costs more than it gives back.
 */
const GROWTH_WITH_RELEASES = 30;
const GROWTH_WITH_PODS = 60;

/** Keeps V8 from letting garbage grow to several times of what is in use. @param counts of what the run is about to read */
export function keepHeapSmall({ releases = 1, pods = 0 }: { releases?: number; pods?: number }): void {
  if (releases >= MANY_RELEASES) setFlagsFromString(`--heap-growing-percent=${GROWTH_WITH_RELEASES}`);
  else if (pods >= MANY_PODS) setFlagsFromString(`--heap-growing-percent=${GROWTH_WITH_PODS}`);
}
