/**
 * Walks the trees over facts that were read and checks that were judged, and tells roots from symptoms. Pure: the same
 * facts give the same diagnoses, and what the checks say cannot be contradicted, because it is part of the input.
 */
import type { CheckContext } from '../rule/context.js';
import { names } from '../rule/cause-data.js';
import type { Diagnosis, PathHop, Topic, TopicPath } from '../rule/diagnosis.js';
import type { Look, LookOptions } from '../rule/look.js';
import { shorten } from '../rule/seen.js';
import { mayPass } from '../computed/change.js';
import { causeOf } from '../causes/catalogue.js';
import type { AnyHop, Answer, CauseFinding, Tree } from '../diagnoses/tree.js';
import { fixesFrom } from '../fixes/described.js';
import { openCheck } from '../causes/settling.js';
import type { EvidenceKey, EvidenceMap, Observed } from '../evidence/evidence.js';
import { todoK8s } from '../rule/command.js';
import type { TopicFinding } from './explanations.js';
import { foldFindings } from './fold.js';
import { defect } from './defect.js';
import { grant, grantAll } from './grant.js';
import type { CheckResult } from './report.js';
import { Looked, show, shown } from './seen-in-part.js';

/** Every fact that the trees read, or why it could not be read. */
export type Facts = { [K in EvidenceKey]?: Observed<EvidenceMap[K]> };

export interface DiagnoseInput {
  trees: readonly Tree[];
  facts: Facts;
  /** Every check of these topics, judged over the same facts. */
  results: readonly CheckResult[];
  context: CheckContext;
  options: LookOptions;
  /** Once the run was ended: why the hops that were not asked by then are unknown. */
  ended?: () => string | undefined;
}

export interface Diagnosed {
  /** Roots, worst first. */
  diagnoses: Diagnosis[];
  topics: TopicPath[];
  /** Ids of checks that do not pass and that no diagnosis explains. */
  unexplained: string[];
  /** Steps that failed themselves: defects of this program. */
  defects: string[];
}

/** What is said above the command that grants a permission. */
const GRANT = 'Have an administrator grant it, and bind the Role to you.';

/** The facts that these trees read. */
export function factsOf(trees: readonly Tree[]): EvidenceKey[] {
  const keys = trees.flatMap(({ hops }) =>
    hops.flatMap((hop) => [...(hop.reads as EvidenceKey[]), ...((hop.consults ?? []) as EvidenceKey[])]),
  );
  return [...new Set(keys)];
}

/** Never throws: a hop that fails is unknown, and says so. */
export function diagnose(input: DiagnoseInput): Diagnosed {
  const steps = diagnoseInSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, hop by hop. */
export function* diagnoseInSteps(input: DiagnoseInput): Generator<void, Diagnosed> {
  const topics: TopicPath[] = [];
  const defects: string[] = [];
  const findings: TopicFinding[] = [];
  for (const tree of input.trees) {
    const answers = yield* walk(tree, input);
    const path = answers.map(([hop, { state, detail, ms }]): PathHop => ({
      hop: hop.id,
      state,
      detail,
      ms: ms ?? null,
    }));
    topics.push({ topic: tree.topic, path });
    // A step that was not reached is not good: where nothing in the way of it was found, that is what is not known.
    const isStopped = answers.some(([, { state }]) => state === 'broken' || state === 'unknown');
    const unreached = answers.find(([, { state }]) => state === 'not-reached');
    const isToldElsewhere = input.results.some((result) => result.status === 'fail' || mayPass(result));
    if (!isStopped && unreached && !isToldElsewhere) {
      const [hop, { detail }] = unreached;
      const finding = gap(
        { state: 'unknown', detail: `the step ${hop.id} of ${tree.topic} was not reached: ${detail}` },
        input.context,
      );
      findings.push({ finding, topic: tree.topic, path, ruledOut: [], hop: hop.id });
    }
    const ruledOut = answers.flatMap(([hop, { state, findings = [] }]) =>
      state === 'good' && findings.length === 0 ? [...hop.rulesOut] : [],
    );
    for (const [hop, answer] of answers) {
      if (answer.defect) defects.push(`${tree.topic}/${hop.id}`);
      const found = [...(answer.findings ?? [])];
      const isSaid = found.some(({ verdict }) => verdict === 'inconclusive');
      const isTold = input.results.some(
        ({ id, status }) => id === answer.toldBy && (status === 'unknown' || status === 'fail'),
      );
      if (answer.state === 'unknown' && !isSaid && !isTold) found.push(gap(answer, input.context));
      for (const each of found) {
        const then = each.then ?? todoK8s(input.context, 'doctor', `${causeOf(each.cause).topic} --watch`);
        findings.push({ finding: { ...each, then }, topic: tree.topic, path, ruledOut, hop: hop.id });
      }
    }
  }
  yield;
  const unknown = input.results
    .filter((result) => result.status === 'unknown' && !followsFrom(findings, result))
    .map((result) =>
      mayPass(result) ? underWay(result, topics, input) : gapOfCheck(result, topics, input.context),
    );
  yield;
  const { diagnoses, unexplained } = foldFindings(
    grantedAtOnce([...findings, ...unknown], input.context),
    input.results,
    input.facts.pods?.ok ? input.facts.pods.value : [],
  );
  return { diagnoses, topics, unexplained, defects };
}

/** An answer, and whether the hop itself failed. */
type Gap = Answer & { defect?: true };

function* walk({ hops }: Tree, input: DiagnoseInput): Generator<void, [AnyHop, Gap][]> {
  const answers = new Map<string, Gap>();
  const walked: [AnyHop, Gap][] = [];
  for (const hop of hops) {
    yield;
    const ended = input.ended?.();
    const answer: Gap =
      ended === undefined
        ? provenBy(hop, askHop(hop, answers, input), input.results)
        : { state: 'unknown', detail: ended };
    answers.set(hop.id, answer);
    walked.push([hop, answer]);
  }
  return walked;
}

function askHop(hop: AnyHop, before: ReadonlyMap<string, Answer>, input: DiagnoseInput): Gap {
  const barrier = (hop.needs ?? []).find((need) =>
    ['broken', 'not-reached'].includes(before.get(need)?.state ?? ''),
  );
  if (barrier !== undefined) return { state: 'not-reached', detail: `behind ${barrier}` };
  const looked = new Looked();
  const facts: Record<string, unknown> = {};
  for (const key of hop.reads as EvidenceKey[]) {
    const observed = input.facts[key];
    if (!observed) return { state: 'unknown', detail: `${key} was not read` };
    if (!observed.ok) {
      return {
        state: 'unknown',
        detail: observed.detail,
        ...(observed.access && { access: observed.access }),
      };
    }
    show(facts, key, observed, looked);
  }
  // Steps consult a fact once for each pod, and one with something odd in it is copied to be shown.
  const consulted = new Map<EvidenceKey, Observed<unknown>>();
  const maybe = (key: EvidenceKey): Observed<unknown> => {
    const before = consulted.get(key);
    if (before) return before;
    const observed = shown(input.facts[key] ?? notRead(key), looked);
    consulted.set(key, observed);
    return observed;
  };
  const look: Look = {
    step: hop.id,
    context: input.context,
    maybe: maybe as Look['maybe'],
    check: (id) => input.results.find((result) => result.id === id),
    options: input.options,
  };
  try {
    const answer = hop.ask(facts as never, look);
    if (answer.state !== 'good' || looked.isEmpty) return answer;
    return { ...answer, state: 'unknown', detail: looked.reason() };
  } catch (error) {
    return { state: 'unknown', detail: defect('step', error), defect: true };
  }
}

/** A good answer as far as the checks that prove the same agree with it. A warning is no contradiction. */
function provenBy({ proves = [] }: AnyHop, answer: Gap, results: readonly CheckResult[]): Gap {
  if (answer.state !== 'good') return answer;
  const against = results.filter(({ id }) => proves.includes(id));
  const open =
    against.find(({ status }) => status === 'fail') ?? against.find(({ status }) => status === 'unknown');
  if (open)
    return {
      ...answer,
      ...(open.access && { access: open.access }),
      state: 'unknown',
      detail: `${open.id}: ${open.message}`,
      toldBy: open.id,
    };
  const blocked = against.find(({ status }) => status === 'blocked');
  return blocked
    ? { ...answer, state: 'not-reached', detail: `behind ${blocked.blockedBy.join(', ')}` }
    : answer;
}

function notRead<T>(key: EvidenceKey): Observed<T> {
  return { ok: false, at: new Date(0).toISOString(), why: 'not-collected', detail: `${key} was not read` };
}

/** What could not be seen, as something to tell: unknown is never clean. */
function gap(answer: Gap, context: CheckContext): CauseFinding {
  const { target } = context;
  const { access } = answer;
  return {
    cause: access ? 'evidence/forbidden' : 'evidence/unreadable',
    verdict: 'inconclusive',
    object: { kind: 'Namespace', name: target.namespace },
    summary: shorten(answer.detail),
    evidence: [],
    fix: access ? fixesFrom(GRANT, grant(access, context)) : [],
  };
}

/** One Role for all that is missing: of two that are created under the same name the second is refused. */
function grantedAtOnce(findings: TopicFinding[], context: CheckContext): TopicFinding[] {
  const isForbidden = ({ finding }: TopicFinding) => finding.cause === 'evidence/forbidden';
  const commands = findings
    .filter(isForbidden)
    .flatMap(({ finding }) => finding.fix.map(({ command }) => command));
  if (new Set(commands).size < 2) return findings;
  const fix = fixesFrom(GRANT, grantAll(context));
  return findings.map((each) => (isForbidden(each) ? { ...each, finding: { ...each.finding, fix } } : each));
}

/** Whether what was found is why it could not be seen. A permission that is missing is missing all the same. */
function followsFrom(findings: readonly TopicFinding[], { id, access }: CheckResult): boolean {
  return (
    access === undefined &&
    findings.some(
      ({ finding: { cause, verdict } }) => verdict !== 'inconclusive' && names(causeOf(cause).explains, id),
    )
  );
}

/** What may be nothing but a change under way, and no step has told. */
function underWay(
  result: CheckResult,
  topics: readonly TopicPath[],
  { context, facts }: DiagnoseInput,
): TopicFinding {
  const deployment = facts.deployment?.ok ? facts.deployment.value : undefined;
  const finding = openCheck(result, deployment, context);
  return { finding, topic: 'pods', path: pathOf('pods', topics), ruledOut: [], hop: '' };
}

function pathOf(topic: Topic, topics: readonly TopicPath[]): PathHop[] {
  return topics.find((each) => each.topic === topic)?.path ?? topics[0]?.path ?? [];
}

function gapOfCheck(result: CheckResult, topics: readonly TopicPath[], context: CheckContext): TopicFinding {
  const finding: CauseFinding = {
    ...gap(
      { state: 'unknown', detail: result.message, ...(result.access && { access: result.access }) },
      context,
    ),
    symptoms: [result.id],
  };
  const topic = causeOf(finding.cause).topic;
  return { finding, topic, path: pathOf(topic, topics), ruledOut: [], hop: '' };
}
