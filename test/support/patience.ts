/**
 * Bounds of tests on time. They prove that something ends by itself, or does not grow with the square of its input;
 * how fast it is, bench/ measures. So they leave room for a machine that is busy with other things.
 */

/** Milliseconds: far more than is asked for, and well below the 30 s that it takes where nothing ends it. */
export const ENDED_BY_ITSELF_MS = 10_000;

/** Milliseconds: what goes over a megabyte again and again takes minutes. */
export const LINEAR_MS = 10_000;
