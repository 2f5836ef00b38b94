/** One request at a time, one after the other: a load run has as many lanes as requests under way. */
import type { HttpOutcome } from '../evidence.js';

/** How one request ended. `cut`: this program ended it, because the run was over. */
export interface Reply {
  outcome: HttpOutcome | 'cut';
  /** 0 without a response. */
  status: number;
  /** Headers as received, for who must look for a pod's name in them; only where they were wanted. */
  head: string;
  /** The first bytes of the body as text; only where they were wanted. */
  body: string;
  /** Milliseconds from the start of the request; NaN where it did not come that far, or the way does not tell. */
  connectMs: number;
  firstByteMs: number;
  totalMs: number;
}

export interface Lane {
  /**
   * GET. Never rejects, and ends within the time-out that the lane was made with.
   * @param target path and query, as it stands in the request line
   * @param wantsContent whether head and body are given
   */
  exchange(target: string, wantsContent: boolean): Promise<Reply>;
  /** Ends the request that is under way, as `cut`, and what stays open between requests. */
  close(): void;
}

export interface LaneOptions {
  /** Milliseconds for each request, body included. */
  timeoutMs: number;
  /** Header fields besides those that this program sends by itself. */
  headers: readonly (readonly [name: string, value: string])[];
}

/** Bytes of a body that are kept where content is wanted. */
export const CONTENT_BYTES = 16 * 1024;

/** Bytes after which a body has been read enough: its end is not waited for. */
export const ENOUGH_BYTES = 1024 * 1024;
