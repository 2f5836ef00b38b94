/** What every format says of a diagnosis in the same words. */
import type { Diagnosis, EvidenceItem } from '../../rule/diagnosis.js';
import type { Report, Status } from '../../engine/report.js';
import { count } from '../../count.js';
import { objectName, shortPod } from '../digest.js';

/** Object, field (or source), value and time. */
export function evidenceLine({ source, object, field, value, at }: EvidenceItem, namespace: string): string {
  const where = [object ? shortName(object, namespace) : '', field ?? source].filter((part) => part !== '');
  return `${where.join(' ')}: ${value}${at === null ? '' : ` · ${clock(at)}`}`;
}

/** What container runtimes put in front of the reason. */
const GRPC = /rpc error: code = \w+ desc = /g;

/** Evidence of one pod: what others show alike says nothing new. @returns a line each */
export function evidenceOfOne({ evidence }: Diagnosis, namespace: string): string[] {
  const alike = new Map<string, string>();
  for (const item of evidence) {
    const key = [item.object?.kind, item.field ?? item.source].join('\n');
    const value = item.value.replaceAll(GRPC, '');
    if (!alike.has(key)) alike.set(key, evidenceLine({ ...item, value }, namespace));
  }
  return [...alike.values()];
}

/** Where Helm manages what is to be changed. */
export const HELM_NOTE = 'Helm manages it: the next upgrade would undo a kubectl edit.';

export function isHelms({ fix }: Diagnosis): boolean {
  return fix.some(({ helmValue }) => helmValue !== null);
}

/** Checks that fail, and causes that follow; checks that are only blocked by those are counted. */
export function explained({ symptoms, folded }: Diagnosis, { checks }: Report, all: boolean): string[] {
  const isBlocked = (id: string) => checks.some((check) => check.id === id && check.status === 'blocked');
  const blocked = symptoms.filter(isBlocked);
  if (all || blocked.length === 0) return [...symptoms, ...folded];
  const shown = symptoms.filter((id) => !blocked.includes(id));
  return [...shown, ...folded, `${blocked.length} blocked ${blocked.length === 1 ? 'check' : 'checks'}`];
}

/** Where it is, since when, how sure that is, and the id that `checks explain` takes. */
export function aboutCause(
  { object, pods, evidence, verdict, cause }: Diagnosis,
  { target }: Report,
): string[] {
  const times = evidence.flatMap(({ at }) => (at === null ? [] : [at])).sort();
  const isPod = object?.kind === 'Pod';
  // Of several pods one is named; another object is named beside how many pods have it.
  const others = pods.length < 2 ? '' : isPod ? ` and ${pods.length - 1} more` : count(pods.length, 'pod');
  return [
    ...(object ? [`${objectName(object, target.namespace)}${isPod ? others : ''}`] : []),
    ...(isPod || others === '' ? [] : [others]),
    ...(times[0] === undefined ? [] : [`since ${clock(times[0])} UTC`]),
    verdict,
    cause,
  ];
}

/** The first cause as a sentence, or what the run came to where there is none. */
export function outcome({ exitCode, diagnoses = [], unexplained = [], checks, interrupted }: Report): {
  status: Status;
  phrase: string;
  /** The same in fewer words, where there are some: for a line that has no room. */
  brief?: string;
} {
  const status: Status = exitCode === 0 ? 'pass' : exitCode === 1 ? 'fail' : 'unknown';
  const found = diagnoses.filter(({ verdict }) => verdict !== 'inconclusive');
  if (interrupted) return { status: 'unknown', phrase: 'interrupted: a partial result' };
  if (status === 'pass') return { status, phrase: found.length > 0 ? 'healthy, with warnings' : 'healthy' };
  const failed = checks.filter(({ id, status: each }) => each === 'fail' && unexplained.includes(id));
  const [first = failed[0]?.message] = found.map(sentenceOf);
  if (first === undefined || status === 'unknown')
    return { status, phrase: ['not determined', diagnoses.map(gapOf)[0]].filter(Boolean).join(': ') };
  const more = found.length + failed.length - 1;
  const withMore = (words: string) => (more > 0 ? `${words}, and ${more} more` : words);
  return { status, phrase: withMore(first), ...(found[0] && { brief: withMore(found[0].title) }) };
}

/** Why it could not be looked at: for a permission, whose error is long, its kind. */
function gapOf(diagnosis: Diagnosis): string {
  const { cause, title } = diagnosis;
  return cause === 'evidence/unreadable' ? sentenceOf(diagnosis) : title;
}

/** As a part of a line: without its full stop. */
function sentenceOf({ headline }: Diagnosis): string {
  return headline.replace(/\.$/, '');
}

/** What was looked at and is well, for a report that has nothing else to say. */
export function allClear({
  diagnoses = [],
  unexplained = [],
  exitCode,
  summary,
  topics = [],
}: Report): string | undefined {
  if (exitCode !== 0 || diagnoses.length + unexplained.length > 0) return undefined;
  const names = topics.map(({ topic }) => topic);
  const what = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}` : names.join();
  return `Nothing is wrong with ${what}: ${summary.pass} checks pass.`;
}

/** A pod goes by what tells it from the others of its ReplicaSet: its full name is in the summary. */
function shortName(object: { kind: string; namespace?: string; name: string }, namespace: string): string {
  if (object.kind !== 'Pod') return objectName(object, namespace);
  return `Pod ${shortPod(object.name)}`;
}

/** The time of day, UTC as the API tells it. */
function clock(at: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;
}
