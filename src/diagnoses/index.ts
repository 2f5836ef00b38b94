/** Every topic's tree, in the order of the topics. */
import { DB } from './db.js';
import { HEALTH } from './health.js';
import { MEMORY } from './memory.js';
import { PODS } from './pods.js';
import { SERVICE } from './service.js';
import type { Tree } from './tree.js';

export const TREES: readonly Tree[] = [PODS, DB, SERVICE, HEALTH, MEMORY];
