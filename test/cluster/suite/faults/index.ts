/** All faults of the table. Adding one is one entry in one of the lists. */
import { OWN } from '../cluster.js';
import type { Fault } from './fault.js';
import { ANSWERS } from './answers.js';
import { APPLICATION } from './application.js';
import { CONTAINERS } from './containers.js';
import { MORE } from './more.js';
import { OBJECTS } from './objects.js';
import { PAIRS } from './pairs.js';
import { PLACEMENT } from './placement.js';
import { RELEASES } from './release.js';
import { RUNNING } from './running.js';
import { SPEC } from './spec.js';
import { STARTING } from './starting.js';
import { TOLD_RIGHT } from './told-right.js';
import { URLS } from './urls.js';

/** Only those whose name matches (`test/cluster/run --only PATTERN`); without the cluster's own processes only what needs none. */
const only = new RegExp(process.env.TODO_K8S_TEST_ONLY ?? '', 'i');

/** Only those that the lab has, too (`npm run fixtures`). */
const TWINS_ONLY = process.env.TODO_K8S_TEST_TWINS === '1';

/** One of each kind, for another minor of Kubernetes (`test/cluster/run --sample`). */
const SAMPLE = [
  'crash at import',
  'key of the Secret missing',
  'out of memory at the start',
  'readiness port that nothing listens on',
  'image tag that does not exist',
  'requests too large',
  'container that would run as root',
  'quota exceeded',
  'pod evicted for what it wrote to its disk',
  'helm upgrade that was killed while it waited',
  'no liveness probe',
  'database errors in the log of one pod',
  'Service selector that matches nothing',
  'Service deleted',
  'egress policy that leaves no way to the database (stored, not enforced)',
  'CoreDNS down',
  'kubelet stopped',
];
const SAMPLE_ONLY = process.env.TODO_K8S_TEST_SAMPLE === '1';

// The slow ones first: while one stage waits for a restart, the others go through the quick ones.
export const ALL_FAULTS: readonly Fault[] = [
  ...RUNNING,
  ...MORE,
  ...STARTING,
  ...APPLICATION,
  ...CONTAINERS,
  ...TOLD_RIGHT,
  ...PLACEMENT,
  ...URLS,
  ...PAIRS,
  ...RELEASES,
  ...SPEC,
  ...ANSWERS,
  ...OBJECTS,
];
export const FAULTS = ALL_FAULTS.filter(
  ({ name, alone, own, twin }) =>
    only.test(name) &&
    (OWN || (alone !== true && own !== true)) &&
    (!TWINS_ONLY || twin !== undefined) &&
    (!SAMPLE_ONLY || SAMPLE.includes(name)),
);

const names = new Set(ALL_FAULTS.map(({ name }) => name));
for (const name of SAMPLE) if (!names.has(name)) throw new Error(`there is no fault "${name}"`);
