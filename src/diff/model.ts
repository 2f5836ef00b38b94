/** What changed between two states of one release: the one result that every output of `diff` renders. */
import type { Status } from '../engine/report.js';

/** In the order in which they are shown. */
export const AREAS = [
  'checks',
  'contract',
  'release',
  'deployment',
  'service',
  'config',
  'secret',
  'network',
  'nodes',
  'pods',
  'http',
  'events',
] as const;

export type Area = (typeof AREAS)[number];

export interface Change {
  area: Area;
  /** Kind and name, such as `Deployment todo-chatbot-backend`; a check's id. */
  object: string;
  /** The field, or what is counted. */
  field: string;
  /** null: it was not there. */
  before: string | null;
  /** null: it is no longer there. */
  after: string | null;
  /** What the contract demands of this field, where it does. */
  contract: string | null;
}

export interface SideSummary {
  /** The bundle's file, or `live`. */
  label: string;
  /** RFC 3339: when the state was observed. */
  at: string;
  context: string;
  namespace: string;
  release: string | null;
  /** Host names, addresses and user names are tokens. */
  pseudonymized: boolean;
  /** What verify says of it. */
  exitCode: number;
  summary: Record<Status, number>;
}

export interface DiffResult {
  schemaVersion: 1;
  tool: { name: 'todo-k8s'; version: string };
  a: SideSummary;
  b: SideSummary;
  /** What to know when reading the changes. */
  notices: string[];
  changes: Change[];
  /** What one of the sides does not know. */
  notCompared: { evidence: string; reason: string }[];
  /** 0 nothing changed, 1 something did, 3 nothing that could be compared did, but something could not. */
  exitCode: 0 | 1 | 3;
}
