/** What sending requests showed: who served how many, how fast, and what went wrong. */

/** Times in milliseconds; null where there are too few to support the figure. */
export interface Latency {
  count: number;
  mean: number;
  min: number;
  p50: number;
  p90: number | null;
  p99: number | null;
  max: number;
}

/** How many, and of what. */
export interface Tally {
  what: string;
  requests: number;
}

/**
 * `steady`: ready all the time. `joined`, `left`: became ready, or ceased to be, while requests were sent.
 * `not-ready`: never seen ready. `foreign`: none of the Deployment's pods.
 */
export type PodState = 'steady' | 'joined' | 'left' | 'not-ready' | 'foreign';

export interface PodLoad {
  pod: string;
  state: PodState;
  /** Node that it runs on. */
  node?: string | undefined;
  /** Requests that reached it: answered or not. */
  requests: number;
  /** Of those: without a response, or with a status of 400 or more. */
  errors: number;
  /** The errors by kind, most frequent first. */
  problems: Tally[];
  /** Request to end of body; null where it answered none. */
  latency: Latency | null;
  /** Until the connection stood; null where the way does not tell. */
  connect: Latency | null;
  /** Until the first byte of the response; null where the way does not tell. */
  firstByte: Latency | null;
}

/** What bends the choice of a pod on the way to it; a part that could not be read is undefined. */
export interface DataPath {
  /** spec.sessionAffinity of the Service. */
  sessionAffinity?: string | undefined;
  externalTrafficPolicy?: string | undefined;
  internalTrafficPolicy?: string | undefined;
  /** Ready endpoints, with the zones of their topology hints. */
  endpoints?: { pod?: string | undefined; zones: string[] }[] | undefined;
  /** The node at which requests arrive: the one that has the route's address, or the only one. */
  node?: { name: string; zone?: string | undefined } | undefined;
}

export interface DistributionFacts {
  dataPath: DataPath;
  /** Requests asked for; with a duration alone, those that were sent. */
  requests: number;
  /** Requests that came to an end. Those of `pods`, `lost` and `unattributed` add up to it. */
  completed: number;
  /** Asked for, and not sent or not waited for, because the run ended before. */
  unfinished: number;
  endedBy: 'requests' | 'duration' | 'interruption' | 'no-answer' | 'no-route';
  /** Milliseconds from the first request to the end of the last. */
  elapsedMs: number;
  /** Path and query that were asked for, without what tells requests apart. */
  path: string;
  concurrency: number;
  /** What told which pod served a request: its access log, or a header or field of the response. */
  attributedBy: string[];
  pods: PodLoad[];
  /** Failed before any pod is known to have seen them, by kind. */
  lost: Tally[];
  /** Answered by a pod that is not known, by reason. */
  unattributed: Tally[];
  /** How many of the unattributed ones a steady pod may have served. */
  openToSteady: number;
  /** Responses by status. */
  statuses: { status: number; requests: number }[];
  /** All errors by kind, most frequent first. */
  problems: Tally[];
  /**
   * Responses of the health endpoint with the status 200 whose body says that something is wrong, such as
   * `database "disconnected"`: by pod (null: not known) and words, most frequent first. Absent: none.
   */
  flaws?: { pod: string | null; what: string; requests: number }[] | undefined;
  latency: Latency | null;
  connect: Latency | null;
  firstByte: Latency | null;
  /** Latencies of all responses in steps of equal ratio, shortest first. */
  histogram: { toMs: number; count: number }[];
  /** The pods of the first requests in the order in which they were sent; null where unknown. */
  order: (string | null)[];
  changes: { pod: string; what: 'joined' | 'left'; afterMs: number }[];
  /** What could not be watched, or is odd. */
  notes: string[];
  /**
   * This is the second run, made so many milliseconds after the first one: what failed in that could be put down to pods that
   * had just come or gone or, with `chance`, to the few requests that it had, so that this one is judged more strictly.
   * Absent: there was one run.
   */
  again?: { afterMs: number; because: string; chance?: boolean | undefined };
  /** The same requests over one connection that was kept open; null when not asked for. */
  keepAlive: { requests: number; connections: number; pods: Tally[]; others: number } | null;
}
