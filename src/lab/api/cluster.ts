/** What the API server serves: the objects, and what runs behind them. */
import type { Backend } from '../backend.js';
import type { ContainerLog } from '../container-log.js';
import type { Dice } from '../dice.js';
import type { LabPod, World } from '../world.js';
import type { Store } from './store.js';

export interface Cluster {
  readonly world: World;
  readonly store: Store;
  /** Which of a Service's pods the API server's proxy asks. */
  readonly dice: Dice;
  pod(name: string): LabPod | undefined;
  backend(pod: string): Backend | undefined;
  /** Set where a bundle is served: nothing runs behind the objects. */
  readonly recorded?: RecordedCluster;
}

export interface RecordedCluster {
  /** gitVersion of the server that was recorded. */
  version: string;
  /** What is said to who wants to run, reach or forward something. */
  refusal: string;
  /** The log of a pod's container. @throws ApiError for one that was not recorded */
  log(pod: LabPod, query: URLSearchParams): ContainerLog;
}
