/** What the doctor says: a root cause, how sure it is, what shows it, and what to do. Part of the Report. */
import type { ObjectRef } from './finding.js';
import type { Part } from './fix.js';

/** In the order in which an expert looks: what does not run can neither connect nor serve. */
export const TOPICS = ['pods', 'db', 'service', 'health', 'memory'] as const;
export type Topic = (typeof TOPICS)[number];

/**
 * `confirmed`: it was seen. `likely`: it is inferred, and `wouldConfirm` says how to be sure. `inconclusive`: something
 * could not be read, so that nothing is said about the cause.
 */
export type DiagnosisVerdict = 'confirmed' | 'likely' | 'inconclusive';

/** One thing that was seen. */
export interface EvidenceItem {
  /** Where it was seen, in words: `status`, `event FailedScheduling`, `previous log`, `kubelet`. */
  source: string;
  object: ObjectRef | null;
  /** JSON path in the object, null where it is none of an object's fields. */
  field: string | null;
  value: string;
  /** RFC 3339: when it happened, null where that is not told. */
  at: string | null;
}

/** One way to put it right, or to see more of it. */
export interface Fix {
  /** What its command does; `text`: it has none. */
  kind: Part['kind'];
  description: string;
  /** Ready to paste, with real names; null where there is no single command. */
  command: string | null;
  /** The Helm value that lasts, such as `backend.resources.limits.memory=768Mi`; null where Helm does not manage it. */
  helmValue: string | null;
}

/** How far the doctor got on one way: `not-reached` lies behind a broken hop, `skipped` was not asked for. */
export type HopState = 'good' | 'broken' | 'unknown' | 'not-reached' | 'skipped';

export interface PathHop {
  hop: string;
  state: HopState;
  /** The fact that was seen, or the reason. */
  detail: string;
  /** Milliseconds that the hop itself takes where it is crossed (a lookup, a handshake); null where it is only read. */
  ms: number | null;
}

/** The hops of one topic, in order. */
export interface TopicPath {
  topic: Topic;
  path: PathHop[];
}

export interface Diagnosis {
  /** Stable id, explained by `todo-k8s checks explain <id>`. */
  cause: string;
  topic: Topic;
  /** What the cause is, whoever has it. */
  title: string;
  /** `warning`: does not fail the run, unless --strict. */
  severity: 'error' | 'warning';
  verdict: DiagnosisVerdict;
  object: ObjectRef | null;
  /** What happened here, in one or two sentences. */
  summary: string;
  /** The same without the pods that it happened to, for a heading; a sentence with a full stop. */
  headline: string;
  /** Names of the pods that it happened to; empty where it concerns all of the backend. */
  pods: string[];
  evidence: EvidenceItem[];
  fix: Fix[];
  /** The command that shows whether the fix worked. */
  then: string | null;
  /** What would make a likely cause certain; null where it is. */
  wouldConfirm: string | null;
  ruledOut: string[];
  /** Ids of the checks that do not pass because of it. */
  symptoms: string[];
  /** Causes that follow from this one, and are therefore not told by themselves. */
  folded: string[];
  /** The topic's hops. */
  path: PathHop[];
}
