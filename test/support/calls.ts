/** The calls of programs that a report asks people to make. */
import type { Diagnosis } from '../../src/rule/diagnosis.js';
import type { CheckResult } from '../../src/engine/report.js';

/** Each call of kubectl, helm and todo-k8s, in a line to paste or in a sentence: `kubectl … | kubectl …` are two. */
export function callsOf(
  checks: readonly CheckResult[],
  diagnoses: readonly Diagnosis[] = [],
  next: string | null = null,
): string[] {
  const lines = [
    ...checks.flatMap(({ fix }) => fix.flatMap((part) => (part.kind === 'text' ? [] : [part.command]))),
    ...diagnoses.flatMap(({ fix, then, wouldConfirm }) => [
      ...fix.map(({ command }) => command),
      then,
      wouldConfirm,
    ]),
    next,
  ];
  return lines.flatMap((line) =>
    (line ?? '')
      .split(/(?=\b(?:(?:kubectl|helm) (?:-|[a-z])|todo-k8s [a-z]))/)
      .filter((part) => /^(?:kubectl|helm) |^todo-k8s [a-z]/.test(part)),
  );
}
