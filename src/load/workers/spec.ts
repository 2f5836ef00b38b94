/** What each worker of a spread load run is to send, and by which marks its requests are found again. */

/** One way to the backend that every worker asks on. */
export interface WorkerWay {
  /** As it is told: `ClusterIP`, or a node's name. */
  name: string;
  /** The node whose port it is; absent: the Service's own address. */
  node?: string;
  host: string;
  port: number;
}

export interface WorkerSpec {
  /** Of this run alone; with a worker's number and a way's it is what marks their requests. */
  seed: string;
  ways: WorkerWay[];
  /** Requests of each worker on each way. */
  requests: number;
  concurrency: number;
  path: string;
  /** Milliseconds for each request. */
  timeoutMs: number;
  /** Names by which a response may name its pod. */
  pods: string[];
  podHeader?: string;
  podField?: string;
}

/** What stands in the query of each request of one worker on one way. */
export function markOf({ seed }: Pick<WorkerSpec, 'seed'>, worker: number, way: number): string {
  return `${seed}w${worker}y${way}`;
}
