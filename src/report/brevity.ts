/** What a terminal's short report leaves out, because it is said beside it; `-o wide` and the other formats have all. */
import type { Report, ReportFinding } from '../engine/report.js';
import { shortPod } from './digest.js';

type Value = string | number | boolean | undefined;

/** Values that only say that nothing is there: the sentence beside them does. */
const NOTHING =
  /^(?:none|absent|missing|nothing|not (?:set|allowed|found)|no [a-z]+(?: [a-z]+)?|something else)$/;
/** Of fewer words each one counts. */
const MANY_WORDS = 4;
/** Of a condition of Kubernetes: what it should be is known to whoever reads that it is not. */
const CONDITION = /^(?:True|False)$/;

/**
 * What to say of a value beside its sentence and the title above it.
 * @returns false where it says nothing new
 */
export function isNews(label: 'expected' | 'found', value: Value, message: string, title: string): boolean {
  if (value === undefined) return false;
  const said = String(value);
  if (CONDITION.test(said) || says(message, said)) return false;
  if (label === 'found') return !NOTHING.test(said) && !says(message, withoutNoise(said));
  if (isRetold(said, message)) return false;
  const negated = /^not (.+)$/.exec(said)?.[1];
  if (negated !== undefined && says(message, negated)) return false;
  // A number in the title is another one, and the title of two values names neither.
  return !(/^[A-Z][a-z]+$/.test(said) && says(title, said));
}

/** Whether a sentence has nearly all words of a phrase, or the first of two values that are both right. */
function isRetold(expected: string, message: string): boolean {
  if (expected.includes(' or ')) return says(message, expected.split(' or ')[0] ?? '');
  const words = expected.split(/\s+/).filter((each) => each.length > 1);
  const known = words.filter((each) => says(message, each));
  return words.length >= MANY_WORDS && known.length >= words.length - 1;
}

/** Its first part, which the sentence has; `HTTP 500` is `500` there. */
function withoutNoise(found: string): string {
  return (found.split(',')[0] ?? '').replace(/^HTTP (?=\d)/, '');
}

/** As whole words, so that 30 is not said by 300. */
function says(text: string, part: string): boolean {
  if (part === '') return false;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    const around = [text.charAt(at - 1), text.charAt(at + part.length)];
    if (!around.some((letter) => /[A-Za-z0-9]/.test(letter))) return true;
  }
  return false;
}

/** Names of the pods that a report speaks of. */
export function podsOf({ checks, diagnoses = [], timeline }: Report): Set<string> {
  const objects = [
    ...checks.flatMap(({ findings }) => findings.map(({ object }) => object)),
    ...diagnoses.map(({ object }) => object),
    ...(timeline?.entries ?? []).map(({ object }) => object),
  ];
  const names = objects.flatMap((object) => (object?.kind === 'Pod' ? [object.name] : []));
  return new Set([...names, ...diagnoses.flatMap(({ pods }) => pods)]);
}

/** A text in which pods go by what tells them apart. @param whole the first of them keeps its name */
export function withShortPods(text: string, pods: ReadonlySet<string>, whole = false): string {
  const prefixes = new Set([...pods].map(prefixOf).filter((prefix) => prefix !== ''));
  let short = text;
  for (const prefix of prefixes) {
    const name = new RegExp(`(?<![\\w.-])${prefix.replaceAll('.', '\\.')}-[a-z0-9]+(?![\\w-])`, 'g');
    let isFirst = whole;
    short = short.replaceAll(name, (full) => {
      if (!isFirst) return shortPod(full);
      isFirst = false;
      return full;
    });
  }
  return short;
}

/** Of a pod of a ReplicaSet: what all its pods have in common. */
function prefixOf(pod: string): string {
  return /^(.+-[a-z0-9]+)-[a-z0-9]{5}$/.exec(pod)?.[1] ?? '';
}

/** A time of the API as a clock has it: the day only where it is not that of the run. */
export function withShortTimes(text: string, { startedAt }: Pick<Report, 'startedAt'>): string {
  return text.replaceAll(
    /\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z/g,
    (_, day: string, clock: string) => `${startedAt.startsWith(day) ? '' : `${day} `}${clock} UTC`,
  );
}

/** What was seen, as short as its line of a report needs it. */
export function brieflySaid(text: string, report: Report, whole = false): string {
  return withShortTimes(withShortPods(text, podsOf(report), whole), report);
}

/** Whether the object is named, or told better by what stands in its place. */
export function namesObject({ message, data: { url } }: ReportFinding, name: string): boolean {
  return message.includes(name) || (url !== undefined && message.startsWith(String(url)));
}
