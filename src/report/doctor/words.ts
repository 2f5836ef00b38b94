/** What every format says of a diagnosis in the same words. */
import type { Diagnosis, EvidenceItem } from '../../diagnoses/diagnosis.js';
import type { Report, Status } from '../../engine/report.js';
import { objectName } from '../digest.js';
import { defuseCommands, oneLine } from '../escape.js';

/** Object, field (or source), value and time. */
export function evidenceLine({ source, object, field, value, at }: EvidenceItem, namespace: string): string {
  const where = [object ? shortName(object, namespace) : '', field ?? source].filter((part) => part !== '');
  return `${where.join(' ')}: ${value}${at === null ? '' : ` · ${clock(at)}`}`;
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

/** `healthy`, `broken at login`, `2 causes found`. */
export function outcome({ exitCode, topics = [], diagnoses = [] }: Report): {
  status: Status;
  phrase: string;
} {
  const status: Status = exitCode === 0 ? 'pass' : exitCode === 1 ? 'fail' : 'unknown';
  const broken = topics.flatMap(({ path }) => path).filter(({ state }) => state === 'broken');
  const found = diagnoses.filter(({ verdict }) => verdict !== 'inconclusive').length;
  if (status === 'pass') return { status, phrase: found > 0 ? 'healthy, with warnings' : 'healthy' };
  if (topics.length === 1 && broken.length === 1)
    return { status, phrase: `broken at ${defuseCommands(oneLine(broken[0]?.hop ?? ''))}` };
  if (found === 0 && status === 'unknown') return { status, phrase: 'not determined' };
  return { status, phrase: `${found === 0 ? 'no' : found} ${found === 1 ? 'cause' : 'causes'} found` };
}

/** `22 of 25 hops good`; what was not asked for does not count. */
export function hopCount({ topics = [] }: Report): string {
  const hops = topics.flatMap(({ path }) => path).filter(({ state }) => state !== 'skipped');
  return `${hops.filter(({ state }) => state === 'good').length} of ${hops.length} hops good`;
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
  return `Nothing is wrong with ${what}: every hop is good, and ${summary.pass} checks pass.`;
}

/** A pod goes by what tells it from the others of its ReplicaSet: its full name is in the summary. */
function shortName(object: { kind: string; namespace?: string; name: string }, namespace: string): string {
  if (object.kind !== 'Pod') return objectName(object, namespace);
  return `Pod …-${object.name.slice(object.name.lastIndexOf('-') + 1)}`;
}

/** The time of day, UTC as the API tells it. */
function clock(at: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;
}
