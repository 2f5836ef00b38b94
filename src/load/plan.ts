/** What is to be sent, and how. */
import type { Contract } from '../contract/contract.js';
import type { Ledger } from './ledger.js';

/** The most requests of one run: what they need in memory is set aside at once. */
export const MAX_REQUESTS = 1_000_000;

export interface LoadPlan {
  /** 1 to MAX_REQUESTS; undefined: as many as the duration allows. */
  requests: number | undefined;
  /** Requests under way at the same time. */
  concurrency: number;
  /** Requests started each second; undefined: as fast as the answers come. */
  ratePerSecond: number | undefined;
  /** Milliseconds after which no more are started; undefined: until all are. */
  durationMs: number | undefined;
  /** Path, with a query if need be. */
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds for each request. */
  timeoutMs: number;
  /** The response's header, or top-level JSON field, that names the pod; undefined: the usual ones are tried. */
  podHeader: string | undefined;
  podField: string | undefined;
  /** Send just as many more as decide whether a pod that got nothing gets nothing. */
  untilDecided: { confidence: number } | undefined;
  /** Send the same requests again over one connection that is kept open. */
  keepAlive: boolean;
  /** Ends the run early; what was seen until then is the result. */
  signal: AbortSignal | undefined;
  /** Called while requests are sent. */
  onProgress: ((progress: LoadProgress) => void) | undefined;
  /** Gets every request's record when all is known. */
  onLedger: ((ledger: Ledger) => void) | undefined;
}

export interface LoadProgress {
  completed: number;
  requests: number | undefined;
  errors: number;
  elapsedMs: number;
  pods: { pod: string; requests: number }[];
}

/** Requests under way where nothing else was asked for. */
export const DEFAULT_CONCURRENCY = 5;

/** The most of the contract's own requests that are under way at once: waiting for each other tells nothing about a spread. */
const CONTRACT_CONCURRENCY = 10;

/** The contract's own test (Load Balancing Verification). */
export function contractPlan({ loadBalancing, http }: Contract, timeoutMs: number): LoadPlan {
  return {
    requests: loadBalancing.requests,
    concurrency: Math.min(loadBalancing.requests, CONTRACT_CONCURRENCY),
    ratePerSecond: undefined,
    durationMs: undefined,
    path: http.healthPath,
    headers: [],
    timeoutMs,
    podHeader: undefined,
    podField: undefined,
    untilDecided: undefined,
    keepAlive: false,
    signal: undefined,
    onProgress: undefined,
    onLedger: undefined,
  };
}
