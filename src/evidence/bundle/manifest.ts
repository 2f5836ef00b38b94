/**
 * What a bundle says of itself: `manifest.json`, its first file. Everything else in the bundle is listed in it, with
 * size and checksum; what is not listed is not read.
 */
import type { Contract } from '../../contract/contract.js';
import type { Target } from '../../contract/target.js';

/** A bundle with a higher number was made by a newer todo-k8s, which may mean other things by the same words. */
export const BUNDLE_VERSION = 1;

/** Tells a bundle from any other JSON file. */
export const BUNDLE_FORMAT = 'todo-k8s-bundle';

export const MANIFEST = 'manifest.json';

/** What the command that recorded was asked for, so that a replay without flags is the same run. */
export interface RunOptions {
  /** Patterns of --only and --skip. */
  only?: string[];
  skip?: string[];
  strict?: boolean;
  /** Evidence that was not to be gathered, with the flag that said so. */
  declined?: Record<string, string>;
  /** The options that named the cluster, the release and the namespace, by name. */
  target?: Record<string, string>;
  /** How `loadbalance` sent requests and judged them. */
  load?: {
    timeoutMs: number;
    ratePerSecond?: number;
    confidence: number;
    expectPods?: number;
    failOn: string[];
  };
  /** What `doctor` was asked to look at. */
  doctor?: {
    pod?: string;
    /** Milliseconds since the epoch: what is older is history. */
    since?: number;
    /** How each pod's memory developed while it was observed; the fields are those of the doctor's MemoryTrend. */
    trend?: Record<
      string,
      {
        seconds: number;
        samples: number;
        firstBytes: number;
        lastBytes: number;
        bytesPerSecond: number;
        growing: boolean;
      }
    >;
  };
}

export interface BundleRun {
  /** Such as `verify`. */
  command: string;
  /** Its arguments, without those that may be secret. */
  arguments: string[];
  options: RunOptions;
}

export interface BundleFile {
  path: string;
  /** Bytes. */
  size: number;
  /** In hexadecimal. */
  sha256: string;
}

/** What was taken out of one file before it was written. */
export interface Redaction {
  path: string;
  what: string;
  count: number;
}

export interface Manifest {
  format: typeof BUNDLE_FORMAT;
  schemaVersion: typeof BUNDLE_VERSION;
  tool: { name: 'todo-k8s'; version: string };
  /** gitVersion of the API server; null when it could not be asked. */
  server: { version: string; platform: string } | null;
  run: BundleRun;
  /** RFC 3339: when the run began and ended. */
  startedAt: string;
  finishedAt: string;
  /** RFC 3339: the time that the checks took for now. */
  judgedAt: string;
  target: Target;
  /** The effective contract, and where each of its values came from. */
  contract: Contract;
  origins: Record<string, { layer: string; text: string }>;
  notices: string[];
  /** What the run came to. */
  result: { exitCode: number; summary: Record<string, number> } | null;
  /** Host names, addresses and user names were replaced by tokens. */
  pseudonymized: boolean;
  redactions: Redaction[];
  /** What did not fit, in words. */
  leftOut: string[];
  files: BundleFile[];
}

/** A bundle that cannot be read or written: exit code 2. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}
