/** What a bundle may hold. The writer keeps within what the reader accepts. */

/** Bytes of the file as it lies on disk. */
export const MAX_PACKED = 64 * 1024 * 1024;

/** Bytes of all that is in it, unpacked. */
export const MAX_UNPACKED = 192 * 1024 * 1024;

/** Bytes of the manifest alone. */
export const MAX_MANIFEST = 4 * 1024 * 1024;

export const MAX_FILES = 2000;

/**
 * Unpacked over packed bytes. Lists of pods that differ in little but their names come to 60; a bomb comes to 1,000,
 * which is as much as deflate can do.
 */
export const MAX_RATIO = 400;

/** Bytes that may be unpacked before the ratio is looked at: a small file of blanks hurts nobody. */
export const RATIO_FLOOR = 16 * 1024 * 1024;

/** Items of one list, such as pods: some of what is asked of them takes the square of their number. */
export const MAX_ITEMS = 10_000;
