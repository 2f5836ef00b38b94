/** What the API server serves: the objects, and what runs behind them. */
import type { Backend } from '../backend.js';
import type { LabPod, World } from '../world.js';
import type { Store } from './store.js';

export interface Cluster {
  readonly world: World;
  readonly store: Store;
  pod(name: string): LabPod | undefined;
  backend(pod: string): Backend | undefined;
}
