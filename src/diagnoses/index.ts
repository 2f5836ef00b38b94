/** Every topic's tree, in the order of the topics. */
import { MEMORY } from './memory.js';
import type { Tree } from './tree.js';

export const TREES: readonly Tree[] = [MEMORY];
