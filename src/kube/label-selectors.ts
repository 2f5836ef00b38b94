/** Label selectors as the API defines them (meta/v1 LabelSelector), over labels that may be known in part only. */
import type { LabelSelector } from '../evidence/objects.js';

/** `maybe`: it depends on what is not known here. */
export type Answer = 'yes' | 'maybe' | 'no';

export interface KnownLabels {
  labels: Readonly<Record<string, string>>;
  /** False where there may be labels besides these. */
  complete: boolean;
}

/** The weakest of several conditions that must all hold. */
export function all(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('maybe') ? 'maybe' : 'yes';
}

/** The strongest of several ways of which one suffices. */
export function any(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}

/** An empty selector matches everything. An operator that this program does not know may match. */
export function matches(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  known: KnownLabels,
): Answer {
  const pairs = Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  return all([...pairs, ...matchExpressions].map((expression) => matchesExpression(expression, known)));
}

function matchesExpression(
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  { labels, complete }: KnownLabels,
): Answer {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (value === undefined && !complete) return 'maybe';
  const holds = (condition: boolean): Answer => (condition ? 'yes' : 'no');
  switch (operator) {
    case 'In':
      return holds(value !== undefined && values.includes(value));
    case 'NotIn':
      return holds(value === undefined || !values.includes(value));
    case 'Exists':
      return holds(value !== undefined);
    case 'DoesNotExist':
      return holds(value === undefined);
    default:
      return 'maybe';
  }
}
