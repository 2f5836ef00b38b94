/** A hop that asks rules: each cause says itself whether it is there. */
import type { Look } from '../rule/look.js';
import type { EvidenceKey, EvidenceMap } from '../evidence/evidence.js';
import type { AnyCauseRule } from '../rule/cause.js';
import type { CauseId } from '../causes/catalogue.js';
import { broken as brokenBy, type Answer, type CauseFinding, type Hop } from './tree.js';

type StepFacts<R extends EvidenceKey> = Readonly<Pick<EvidenceMap, R>>;

type Step<R extends EvidenceKey, C extends EvidenceKey> = Omit<Hop<R, C>, 'ask'> & {
  /** In the order in which they are told where several are found. */
  rules: readonly AnyCauseRule[];
  /** What the rules are asked about, where it is not all that the step reads. */
  about?: (facts: StepFacts<R>, look: Look<C>) => StepFacts<R>;
} & (
    | {
        /** The words for a step at which something was found; where it says none, the name of the first cause. */
        broken?: string;
        /** What is said where no rule finds anything. */
        otherwise: (facts: StepFacts<R>, look: Look<C>) => Answer;
      }
    | {
        /** What is said in any case: where what is found leaves the step good, or is not all that it is about. */
        answer: (facts: StepFacts<R>, look: Look<C>, findings: readonly CauseFinding[]) => Answer;
      }
  );

/** Ties rules to a step of a topic; it reads what they read. */
export function defineStep<const R extends EvidenceKey = never, const C extends EvidenceKey = never>({
  rules,
  reads,
  consults = [],
  about = (facts) => facts,
  ...step
}: Step<R, C>): Hop<R, C> {
  const { id, asks, proves, needs, rulesOut } = step;
  const every = <K extends EvidenceKey>(own: readonly K[], theirs: readonly EvidenceKey[]) => [
    ...new Set([...own, ...(theirs as readonly K[])]),
  ];
  return {
    ...{ id, asks, rulesOut, ...(proves && { proves }), ...(needs && { needs }) },
    reads: every(
      reads,
      rules.flatMap((rule) => rule.reads as EvidenceKey[]),
    ),
    consults: every(
      consults,
      rules.flatMap((rule) => (rule.consults ?? []) as EvidenceKey[]),
    ),
    ask(facts, look) {
      const findings = findingsOf(rules, about(facts, look), look);
      if ('answer' in step) return step.answer(facts, look, findings);
      const { broken = nameOf(findings), otherwise } = step;
      if (findings.length === 0) return otherwise(facts, look);
      const isKnown = findings.some(({ verdict }) => verdict !== 'inconclusive');
      return isKnown
        ? brokenBy(broken, findings)
        : { state: 'unknown', detail: findings[0]?.summary ?? '', findings };
    },
  };
}

/** The name of the first cause, without its group: the words for a step at which it was found. */
export function nameOf([first]: readonly CauseFinding[]): string {
  return first?.cause.replace(/^.*\//, '') ?? '';
}

/** What rules find, with their ids. */
export function findingsOf(
  rules: readonly AnyCauseRule[],
  facts: Readonly<Partial<EvidenceMap>>,
  look: Look,
): CauseFinding[] {
  return rules.flatMap((rule) =>
    rule.judge(facts, look).map((told): CauseFinding => ({ ...told, cause: rule.id as CauseId })),
  );
}
