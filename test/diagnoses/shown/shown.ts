/** A cause, and a change to the healthy evidence by which it is found first. */
import type { CauseId } from '../../../src/causes/catalogue.js';
import type { HealthyEvidence } from '../../support/check-context.js';

export type Cause = CauseId;
export type Shown = readonly [cause: Cause, change: (evidence: HealthyEvidence) => void];
