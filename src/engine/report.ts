/** The report: the one result that every output renders. Its JSON form is versioned (docs/report.schema.json). */
import type { LoadSection } from '../load/section.js';
import type { MemorySection } from './memory.js';
import type { Timeline } from './timeline.js';
import type { Suite } from '../checks/check.js';
import type { Access } from '../evidence/evidence.js';
import type { Part } from '../rule/fix.js';
import type { FindingData, ObjectRef } from '../rule/finding.js';
import type { Diagnosis, TopicPath } from '../rule/diagnosis.js';

export type Status = 'pass' | 'warn' | 'fail' | 'unknown' | 'blocked' | 'skip';

export interface ReportFinding {
  messageId: string;
  message: string;
  object: ObjectRef | null;
  data: FindingData;
}

export interface AcceptedDeviation {
  message: string;
  object: ObjectRef | null;
  reason: string;
  /** The last day on which it is accepted; null: for good. */
  until: string | null;
}

export interface CheckResult {
  id: string;
  suite: Suite;
  /** The expected fact; the same for every outcome. */
  title: string;
  status: Status;
  severity: 'error' | 'warning';
  /** The fact that was seen (pass), what was seen instead (fail, warn), or the reason (unknown, blocked, skip). */
  message: string;
  /** Of an unknown one: what may be nothing but a change that is under way. */
  findings: ReportFinding[];
  /** What to do, for every status but pass and skip, as one text. */
  remedy: string | null;
  /** The same in its parts. */
  fix: Part[];
  /** The permission without which it could not be judged. */
  access?: Access;
  /** Deviations that the contract accepts; absent where there are none. */
  accepted?: AcceptedDeviation[];
  /** Ids of the checks that block this one. */
  blockedBy: string[];
  /** Id of the check that fails for the same trouble and tells it; absent where this one tells it itself. */
  toldWith?: string;
  /** Why it matters. */
  why: string;
  contractSection: string;
  /** Milliseconds until its evidence was there and it was judged. */
  durationMs: number;
  /** The check itself failed: a defect of this program. */
  defect?: true;
}

export interface Summary {
  pass: number;
  warn: number;
  fail: number;
  unknown: number;
  blocked: number;
  skip: number;
}

export interface ReportTarget {
  context: string;
  server: string;
  namespace: string;
  release: string | null;
  /** gitVersion, null when the server could not be asked. */
  kubernetesVersion: string | null;
  /** How the backend was reached over HTTP, and what that proves; null when no check asked. */
  route: { via: string; url: string; proves: string } | null;
}

/**
 * Whether users are served: `up`, `degraded` (something answers, and less than was planned), `down`, or `unknown` where
 * that could not be seen.
 */
export type ServingState = 'up' | 'degraded' | 'down' | 'unknown';

export interface Serving {
  state: ServingState;
  /** What shows it, most telling first: `2 of 2 pods ready`, `GET /api/health 200 in 27 ms`. */
  facts: string[];
}

/** The bundle that a replay judges. */
export interface ReplaySource {
  /** The file's name, without its folder. */
  bundle: string;
  /** RFC 3339. */
  recordedAt: string;
  /** The command that recorded it, such as `collect`. */
  by: string;
  /** How long ago that was when this report was made, such as `3 days`; not published. */
  age?: string;
}

export interface Report {
  schemaVersion: 1;
  tool: { name: 'todo-k8s'; version: string };
  command: string;
  target: ReportTarget;
  /** Flags that were not given, with who set them: `namespace todo (todo-k8s.yaml:3)`; absent where there are none. */
  defaults?: string[];
  /** Of a replay: the bundle that was judged in place of a cluster. */
  from?: ReplaySource;
  /** RFC 3339. */
  startedAt: string;
  durationMs: number;
  summary: Summary;
  exitCode: number;
  /** True when a signal ended the run early: what was not judged by then is unknown. */
  interrupted: boolean;
  /** Notes about the run itself, such as TLS verification being off. */
  notices: string[];
  /** The command to run next; null when all is well and nothing is left to do. */
  next: string | null;
  checks: CheckResult[];
  /** Whether users are served; absent where nobody asked the backend anything. */
  serving?: Serving;
  /** What `loadbalance` measured; absent for other commands. */
  load?: LoadSection;
  /** When pods started, ended and became ready; absent where no fact that tells it was read. */
  timeline?: Timeline;
  /** Memory against limits; absent where no container’s use was read and none was killed for it. */
  memory?: MemorySection;
  /** What `doctor` found, worst first; absent for other commands, as the two below. */
  diagnoses?: Diagnosis[];
  /** How far `doctor` got on each topic. */
  topics?: TopicPath[];
  /** Ids of checks that do not pass and that no diagnosis explains. */
  unexplained?: string[];
}

/** What the engine tells while it runs, for live display. */
export type EngineEvent =
  | { type: 'run-started'; checks: { id: string; suite: Suite; title: string }[] }
  | { type: 'check-finished'; result: CheckResult }
  | { type: 'run-finished'; interrupted: boolean };
