/** A hop that asks rules: each cause says itself whether it is there. */
import type { EvidenceKey, EvidenceMap } from '../evidence/evidence.js';
import type { AnyCauseRule } from '../rule/cause.js';
import type { CauseId } from './causes/index.js';
import type { Answer, CauseFinding, Hop, Look } from './tree.js';

interface Step<R extends EvidenceKey, C extends EvidenceKey> extends Omit<Hop<R, C>, 'ask'> {
  /** In the order in which they are told where several are found. */
  rules: readonly AnyCauseRule[];
  /** The word for a step at which something was found. */
  broken: string;
  /** What is said where no rule finds anything. */
  otherwise: (facts: Readonly<Pick<EvidenceMap, R>>, look: Look<C>) => Answer;
}

/** Ties rules to a step of a topic; it reads what they read. */
export function defineStep<const R extends EvidenceKey = never, const C extends EvidenceKey = never>({
  rules,
  broken,
  otherwise,
  reads,
  consults = [],
  ...hop
}: Step<R, C>): Hop<R, C> {
  const every = <K extends EvidenceKey>(own: readonly K[], theirs: readonly EvidenceKey[]) => [
    ...new Set([...own, ...(theirs as readonly K[])]),
  ];
  return {
    ...hop,
    reads: every(
      reads,
      rules.flatMap((rule) => rule.reads as EvidenceKey[]),
    ),
    consults: every(
      consults,
      rules.flatMap((rule) => (rule.consults ?? []) as EvidenceKey[]),
    ),
    ask(facts, look) {
      const findings = findingsOf(rules, facts, look);
      if (findings.length === 0) return otherwise(facts, look);
      const isKnown = findings.some(({ verdict }) => verdict !== 'inconclusive');
      return isKnown
        ? { state: 'broken', detail: broken, findings }
        : { state: 'unknown', detail: findings[0]?.summary ?? '', findings };
    },
  };
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
