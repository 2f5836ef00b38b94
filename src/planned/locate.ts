/** Where in the files the things stand that checks find: what somebody changes before it is applied is a line. */
import type { CheckResult, ReportFinding } from '../engine/report.js';
import { remedyText, text, type Part } from '../rule/fix.js';
import { placeText } from './manifest-error.js';
import type { PlannedObject } from './objects.js';

/** Lines that are named one by one. */
const MOST = 5;

/**
 * Results whose findings say in which file and line their field stands, and whose fix is to change it there: a command for a
 * running cluster would change nothing that is applied again.
 * @param hasLines false: the files are templates, and only their names are known
 */
export function located(
  results: readonly CheckResult[],
  planned: readonly PlannedObject[],
  { namespace, hasLines }: { namespace: string; hasLines: boolean },
): CheckResult[] {
  return results.map((result) => {
    if (result.findings.length === 0) return result;
    const places: { file: string; line: number | undefined }[] = [];
    const findings = result.findings.map((finding) => {
      const object = objectOf(finding, planned, namespace);
      if (object === undefined) return finding;
      const line = hasLines ? lineOf(object, String(finding.data.field ?? '')) : undefined;
      places.push({ file: object.file, line });
      return { ...finding, data: { ...finding.data, place: placeText(object.file, line) } };
    });
    if (places.length === 0) return result;
    const at = enumerate(places);
    // What would not work in a cluster may be put right there as well.
    const fix: Part[] =
      result.suite === 'install' ? [...result.fix, text(`It is in ${at}.`)] : [text(`Change it in ${at}.`)];
    return { ...result, findings, fix, remedy: remedyText(fix) ?? null };
  });
}

function objectOf(
  { object }: ReportFinding,
  planned: readonly PlannedObject[],
  namespace: string,
): PlannedObject | undefined {
  if (object === null) return undefined;
  return planned.find(
    ({ kind, name, namespace: own }) =>
      kind === object.kind && name === object.name && (own ?? namespace) === (object.namespace ?? namespace),
  );
}

/** @param field as findings write it: `spec.ports[0].nodePort`, `spec.selector['a.b/c']` */
function lineOf(object: PlannedObject, field: string): number {
  const path = [...field.matchAll(/\['([^']*)'\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, key, index, word]) =>
    index === undefined ? (key ?? word ?? '') : Number(index),
  );
  const [first, ...rest] = path;
  // What is judged as data may be written as text.
  if (object.kind === 'Secret' && first === 'data' && object.lineOf(['data']) === object.line)
    return object.lineOf(['stringData', ...rest]) ?? object.line;
  return object.lineOf(path) ?? object.line;
}

/** `a.yaml:3`, or of one file `a.yaml, lines 3, 8 and 12`. */
function enumerate(places: readonly { file: string; line: number | undefined }[]): string {
  const byFile = new Map<string, Set<number>>();
  for (const { file, line } of places) {
    const lines = byFile.get(file) ?? new Set();
    if (line !== undefined) lines.add(line);
    byFile.set(file, lines);
  }
  return [...byFile]
    .map(([file, lines]) => {
      const sorted = [...lines].sort((a, b) => a - b);
      const [only] = sorted;
      if (sorted.length <= 1) return placeText(file, only);
      const shown = sorted.slice(0, MOST);
      const more = sorted.length > MOST ? ` and ${sorted.length - MOST} more` : '';
      return `${file}, lines ${shown.join(', ')}${more}`;
    })
    .join('; ');
}
