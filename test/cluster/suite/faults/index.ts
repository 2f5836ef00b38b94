/** All faults of the table. Adding one is one entry in one of the lists. */
import { OWN } from '../cluster.js';
import type { Fault } from './fault.js';
import { ANSWERS } from './answers.js';
import { OBJECTS } from './objects.js';
import { RUNNING } from './running.js';
import { SPEC } from './spec.js';
import { STARTING } from './starting.js';

/** Only those whose name matches (`test/cluster/run --only PATTERN`); without the cluster's own processes only what needs none. */
const only = new RegExp(process.env.TODO_K8S_TEST_ONLY ?? '', 'i');

/** Only those that the lab has, too (`npm run fixtures`). */
const TWINS_ONLY = process.env.TODO_K8S_TEST_TWINS === '1';

// The slow ones first: while one stage waits for a restart, the others go through the quick ones.
export const ALL_FAULTS: readonly Fault[] = [...RUNNING, ...STARTING, ...SPEC, ...ANSWERS, ...OBJECTS];
export const FAULTS = ALL_FAULTS.filter(
  ({ name, alone, own, twin }) =>
    only.test(name) && (OWN || (alone !== true && own !== true)) && (!TWINS_ONLY || twin !== undefined),
);
