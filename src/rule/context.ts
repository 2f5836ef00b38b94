/** What rules may look at besides their evidence. */
import type { Threshold } from '../computed/load-threshold.js';
import type { Contract } from '../contract/contract.js';
import type { Target } from '../contract/target.js';
import type { Shell } from './command.js';

/** What a check may look at besides its evidence; frozen. */
export interface CheckContext {
  contract: Contract;
  target: Target;
  /** What leads a pasted command to the target; undefined: the defaults of any shell do. */
  shell?: Shell;
  /** Milliseconds since the epoch when the run began: the only clock that a check has. */
  now: number;
  /** What a load run is judged by; undefined: it is none. */
  load?: LoadSettings;
}

/** By what the user wants a load run to be judged. */
export interface LoadSettings {
  /** Pods that must be ready; undefined: at least the contract's replicas. */
  expectPods: number | undefined;
  /** Probability with which an even spread must not be called uneven. */
  confidence: number;
  /** `--fail-on`. */
  thresholds: readonly Threshold[];
}
