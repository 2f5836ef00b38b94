/** A cause as data: what it is, and what follows from it. What shows it in a cluster is decided by the topic's tree. */
import type { Topic } from './diagnosis.js';

export interface Cause<Id extends string = string> {
  /** `<group>/<name>`; stable: it is in JSON reports and in scripts that read them. */
  id: Id;
  topic: Topic;
  /** What is wrong, as a sentence without a full stop. */
  title: string;
  /** `warning`: never fails a run by itself, unless --strict. */
  severity: 'error' | 'warning';
  /** What happens and why it matters; one or two sentences without the last full stop. */
  why: string;
  /** What shows it: which field, event, log line or measurement. */
  seen: string;
  /** What puts it right, in general. */
  remedy: string;
  /**
   * What follows from it: ids of checks and of other causes, `<group>/*` for all of a group, `*` for all. They are told as its
   * symptoms where they concern the same pods.
   */
  explains: readonly string[];
  /** No running cluster shows it: there is nothing to install yet. */
  isBeforeInstall?: true;
}

/** True when one of the patterns names the id. */
export function names(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern,
  );
}
