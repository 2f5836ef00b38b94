/** Every state that shows a cause first. */
import type { Circumstances } from '../../support/diagnosed.js';
import { badUrl, MEASURED, URLS } from './db.js';
import { HEALTH } from './health.js';
import { MEMORY } from './memory.js';
import { OTHERS } from './others.js';
import { PODS } from './pods.js';
import { OBJECTS, WAYS } from './service.js';
import type { Shown } from './shown.js';

export const SHOWN: (readonly [...Shown, circumstances?: Circumstances])[] = [
  ...PODS,
  // Over all topics the database's own trouble comes first; the endpoint's word alone shows it below.
  ...HEALTH.filter(([cause]) => cause !== 'health/database-down'),
  ...MEMORY.map(([cause, change]) => [cause, change] as const),
  ...URLS.map(([problem, cause]) => [cause, badUrl(problem)] as const),
  ...MEASURED.map(([, change, cause]) => [cause, change] as const),
  ...[...OBJECTS, ...WAYS].map(([, change, cause]) => [cause, change] as const),
  ...OTHERS,
];
