/** Tells roots from symptoms: a cause that another one explains, for the same pods, is told as a part of that one. */
import { grouped } from '../computed/memo.js';
import { names } from '../rule/cause-data.js';
import {
  TOPICS,
  type Diagnosis,
  type EvidenceItem,
  type Fix,
  type DiagnosisVerdict,
} from '../rule/diagnosis.js';
import { causeOf } from '../causes/catalogue.js';
import type { Pod } from '../evidence/objects.js';
import { explanationsOf, type TopicFinding } from './explanations.js';
import { lostToRestarts } from './lost-to-restarts.js';
import { withoutPods } from '../rule/cause.js';
import type { CheckResult, ReportFinding, Status } from './report.js';

/** Items of evidence that one diagnosis shows of all its pods together; more is repetition. */
const EVIDENCE_MOST = 6;

const WRONG: ReadonlySet<Status> = new Set(['fail', 'warn', 'unknown', 'blocked']);

interface Root {
  members: [TopicFinding, ...TopicFinding[]];
  folded: Set<string>;
  symptoms: Set<string>;
}

/**
 * @param found what all trees found, in the order of topics and hops
 * @param results the checks of the same run
 * @param pods those of the Deployment, as far as they could be read
 * @returns roots, worst first, and the checks that do not pass although no root explains them
 */
export function foldFindings(
  found: readonly TopicFinding[],
  results: readonly CheckResult[],
  pods: readonly Pod[] = [],
): { diagnoses: Diagnosis[]; unexplained: string[] } {
  const parents = explanationsOf(found);
  const roots = new Map<string, Root>();
  const rootOf = new Map<TopicFinding, Root>();
  for (const each of found) {
    if ((parents.get(each) ?? []).length > 0) continue;
    const { cause, verdict, severity = '', summary } = each.finding;
    // What could not be seen is told once, with all of its parts; and so is a rollout, by whatever it shows.
    const once = isGap(cause) || cause === 'rollout/under-way';
    const key = [cause, verdict, severity, once ? '' : summary].join('\n');
    const known = roots.get(key);
    const root = known ?? { members: [each], folded: new Set(), symptoms: new Set() };
    if (known) known.members.push(each);
    roots.set(key, root);
    rootOf.set(each, root);
  }
  const failed = failedForCertain(results);
  for (const each of found) {
    for (const root of ultimate(each, parents, rootOf, new Set())) {
      if (rootOf.get(each) !== root) root.folded.add(each.finding.cause);
      // A rollout that may account for what could not be seen is no reason for what has failed all the same.
      const isOwn = rootOf.get(each) === root;
      for (const id of each.finding.symptoms ?? [])
        if (isOwn || each.finding.verdict !== 'inconclusive' || !failed.has(id)) root.symptoms.add(id);
    }
  }
  const all = [...roots.values()];
  assignChecks(all, found, parents, rootOf, results, failed);
  for (const { id, causes } of lostToRestarts(found, results, pods))
    for (const each of causes)
      for (const root of ultimate(each, parents, rootOf, new Set())) root.symptoms.add(id);
  const told = new Set(all.flatMap(({ symptoms }) => [...symptoms]));
  const unexplained = results
    // One that is blocked is told with what blocks it.
    .filter(({ id, status, blockedBy }) => WRONG.has(status) && !told.has(id) && blockedBy.length === 0)
    .map(({ id }) => id);
  return { diagnoses: all.map((root) => toDiagnosis(root, results)).sort(worstFirst), unexplained };
}

/** The roots that a finding leads to through what explains it. */
function ultimate(
  each: TopicFinding,
  parents: ReadonlyMap<TopicFinding, readonly TopicFinding[]>,
  rootOf: ReadonlyMap<TopicFinding, Root>,
  seen: Set<TopicFinding>,
): Root[] {
  if (seen.has(each)) return [];
  seen.add(each);
  const own = rootOf.get(each);
  if (own) return [own];
  return (parents.get(each) ?? []).flatMap((parent) => ultimate(parent, parents, rootOf, seen));
}

/** Gives each check that does not pass to the roots that explain it. */
function assignChecks(
  roots: readonly Root[],
  found: readonly TopicFinding[],
  parents: ReadonlyMap<TopicFinding, readonly TopicFinding[]>,
  rootOf: ReadonlyMap<TopicFinding, Root>,
  results: readonly CheckResult[],
  failed: ReadonlySet<string>,
): void {
  const byCause = grouped(found, ({ finding }) => finding.cause);
  for (const { id, status, findings } of results) {
    if (!WRONG.has(status) || status === 'blocked') continue;
    const about = [...byCause].flatMap(([cause, all]) =>
      names(causeOf(cause).explains, id) ? all.filter(({ finding }) => mayExplain(finding, status)) : [],
    );
    const explaining = about.filter(({ finding }) => finding.verdict !== 'inconclusive' || !failed.has(id));
    if (explaining.length === 0) continue;
    const everywhere = about.some(({ finding }) => finding.pods === undefined);
    const pods = new Set(explaining.flatMap(({ finding }) => finding.pods ?? []));
    // A check that also fails for a pod that nothing was found about is not explained.
    if (!everywhere && !podsOf(findings).every((pod) => pods.has(pod))) continue;
    for (const each of explaining) {
      for (const root of ultimate(each, parents, rootOf, new Set())) root.symptoms.add(id);
    }
  }
  for (const { id, status, blockedBy } of results) {
    if (status !== 'blocked') continue;
    for (const { symptoms } of roots)
      if (blockedBy.some((blocker) => symptoms.has(blocker))) symptoms.add(id);
  }
}

/**
 * What is over leaves a warning behind, and no failure; and what an error would explain, a milder form of it that is told as a
 * warning does not: a health endpoint that is slow has failed no probe.
 */
function mayExplain({ cause, severity, past }: TopicFinding['finding'], status: Status): boolean {
  if (past === true) return status === 'warn';
  return status !== 'fail' || severity !== 'warning' || causeOf(cause).severity === 'warning';
}

/**
 * Checks of what pods and their Deployment say of themselves: where they fail, a change under way does not account for it
 * (under-way.ts), and what nobody knows yet is no reason for it. A request may have met a change.
 */
function failedForCertain(results: readonly CheckResult[]): ReadonlySet<string> {
  const ids = results.flatMap(({ id, status }) => (status === 'fail' ? [id] : []));
  return new Set(ids.filter((id) => id.startsWith('pods/') || id.startsWith('deployment/')));
}

function podsOf(findings: readonly ReportFinding[]): string[] {
  return findings.flatMap(({ object }) => (object?.kind === 'Pod' ? [object.name] : []));
}

function toDiagnosis({ members, folded, symptoms }: Root, results: readonly CheckResult[]): Diagnosis {
  const { title, severity, topic: home } = causeOf(members[0].finding.cause);
  // Where several trees met it, the one that it belongs to tells it.
  const first = members.find(({ topic }) => topic === home) ?? members[0];
  const { finding, path } = first;
  const topic = isGap(finding.cause) ? first.topic : home;
  const pods = members.flatMap(({ finding: { pods = [] } }) => [...pods]);
  return {
    cause: finding.cause,
    topic,
    title,
    severity: finding.severity ?? severity,
    verdict: finding.verdict,
    object: finding.object,
    summary: capitalised(finding.summary.replaceAll('{pods}', namePods([...new Set(pods)]))),
    headline: headlineOf(finding.summary, [...new Set(pods)]),
    pods: [...new Set(pods)],
    evidence: isGap(finding.cause)
      ? gaps(members, finding.summary).slice(0, EVIDENCE_MOST)
      : firstDistinct(members),
    fix: isGap(finding.cause) ? fixesOf(members) : finding.fix,
    then: finding.verdict === 'inconclusive' ? null : (finding.then ?? null),
    wouldConfirm: finding.wouldConfirm ?? null,
    ruledOut:
      finding.verdict === 'inconclusive'
        ? []
        : [...new Set([...first.ruledOut, ...(finding.ruledOut ?? [])])],
    symptoms: results.flatMap(({ id }) => (symptoms.has(id) ? [id] : [])),
    folded: [...folded].filter((cause) => !isGap(cause)).sort(),
    path,
  };
}

/** A summary begins with the pods that it is about; a heading names them below. */
function headlineOf(summary: string, pods: readonly string[]): string {
  return capitalised(withoutPods(summary).replaceAll('{pods}', namePods(pods)));
}

/** Two trees may meet the same cause with the same evidence; of thousands of pods the first ones are enough. */
function firstDistinct(members: readonly TopicFinding[]): EvidenceItem[] {
  const items = new Map<string, EvidenceItem>();
  for (const { finding } of members) {
    for (const item of finding.evidence) {
      if (items.size === EVIDENCE_MOST) return [...items.values()];
      items.set(JSON.stringify(item), item);
    }
  }
  return [...items.values()];
}

/** The parts of what could not be seen besides the one that is told. */
function gaps(members: readonly TopicFinding[], told: string): EvidenceItem[] {
  const others = [...new Set(members.map(({ finding }) => finding.summary))];
  const items = members.flatMap(({ finding }) => [...finding.evidence]);
  return [
    ...items,
    ...others
      .filter((summary) => summary !== told)
      .map((value) => ({ source: 'not seen either', object: null, field: null, value, at: null })),
  ];
}

function fixesOf(members: readonly TopicFinding[]): Fix[] {
  const fixes = members.flatMap(({ finding }) => [...finding.fix]);
  return [...new Map(fixes.map((fix) => [fix.command ?? fix.description, fix])).values()];
}

/** Of something that could not be seen, rather than of something that is wrong. */
function isGap(cause: string): boolean {
  return cause.startsWith('evidence/');
}

/** A name stays as it is, a word begins a sentence. */
function capitalised(text: string): string {
  return /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** `Pod x`, `Pods x and y`, `Pods x, y and 3 more`. */
function namePods(pods: readonly string[]): string {
  const [first = 'A pod', second] = pods;
  if (second === undefined) return pods.length === 0 ? first : `Pod ${first}`;
  return pods.length === 2
    ? `Pods ${first} and ${second}`
    : `Pods ${first}, ${second} and ${pods.length - 2} more`;
}

const VERDICTS: readonly DiagnosisVerdict[] = ['confirmed', 'likely', 'inconclusive'];

/** What keeps a pod from running or from being ready shows in these, whatever comes behind it. */
const OF_PODS = /^(?:pods\/|deployment\/rollout-complete$)/;

/**
 * Where on the way from pod to user it is: what keeps pods from serving, the database that they need, the Service before
 * them, and what they answer. What comes first there is to be put right first, however much else it explains.
 */
function placeOf({ topic, symptoms }: Diagnosis): number {
  if (symptoms.some((id) => OF_PODS.test(id))) return topic === 'pods' ? 0 : 1;
  return topic === 'db' ? 2 : topic === 'service' ? 3 : 4;
}

/**
 * Errors before warnings, what is certain before what is not; then by their places on the way, what explains most first, and
 * in the order of topics.
 */
function worstFirst(a: Diagnosis, b: Diagnosis): number {
  const weight = ({ severity, verdict }: Diagnosis) =>
    (verdict === 'inconclusive' ? 2 : 0) + (severity === 'warning' ? 1 : 0);
  const reach = ({ symptoms, folded }: Diagnosis) => symptoms.length + folded.length;
  return (
    weight(a) - weight(b) ||
    placeOf(a) - placeOf(b) ||
    reach(b) - reach(a) ||
    VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
    TOPICS.indexOf(a.topic) - TOPICS.indexOf(b.topic)
  );
}
