/** Which findings explain which: by their causes' kinds, and pod by pod. Linear in findings, however many pods have them. */
import { grouped } from '../computed/memo.js';
import { names } from '../rule/cause-data.js';
import type { PathHop, Topic } from '../rule/diagnosis.js';
import { causeOf } from '../causes/catalogue.js';
import type { CauseFinding } from '../diagnoses/tree.js';

/** A finding with the tree that it comes from. */
export interface TopicFinding {
  finding: CauseFinding;
  topic: Topic;
  path: PathHop[];
  /** What the good hops of its tree rule out. */
  ruledOut: readonly string[];
  hop: string;
}

/** Findings that explain the same: those of one cause that are as certain. There are few, whatever the number of pods. */
interface Kind {
  cause: CauseFinding['cause'];
  isInconclusive: boolean;
  isPast: boolean;
  all: readonly TopicFinding[];
  /** Those about all pods. */
  everywhere: readonly TopicFinding[];
  byPod: ReadonlyMap<string, TopicFinding[]>;
}

/**
 * What explains each finding, in the order of `found`: another one whose cause explains its cause, and which has one of its
 * pods, where each of its pods has one that does.
 */
export function explanationsOf(found: readonly TopicFinding[]): Map<TopicFinding, readonly TopicFinding[]> {
  const position = new Map(found.map((each, index) => [each, index]));
  const kinds = [...grouped(found, ({ finding }) => kindKey(finding)).values()].map(kindOf);
  const explanations = new Map<TopicFinding, readonly TopicFinding[]>();
  for (const kind of kinds) {
    const roots = kinds.filter((root) => explainsKind(root, kind));
    // Two that explain each other are both told: neither is known to come first.
    const parents = roots.filter((root) => !explainsKind(kind, root));
    const isCovered = (pod: string) =>
      roots.some(({ everywhere, byPod }) => everywhere.length > 0 || byPod.has(pod));
    for (const symptom of kind.all) {
      const { pods } = symptom.finding;
      const explaining =
        pods === undefined
          ? parents.flatMap(({ all }) => all)
          : parents.flatMap(({ everywhere, byPod }) => [
              ...everywhere,
              ...(pods.every(isCovered) ? pods.flatMap((pod) => byPod.get(pod) ?? []) : []),
            ]);
      explanations.set(symptom, inOrder(explaining, position));
    }
  }
  return explanations;
}

function kindKey({ cause, verdict, past }: CauseFinding): string {
  return `${cause} ${verdict === 'inconclusive'} ${past === true}`;
}

function kindOf(all: readonly TopicFinding[]): Kind {
  const [first] = all;
  if (first === undefined) throw new Error('a kind of findings has at least one');
  const byPod = new Map<string, TopicFinding[]>();
  for (const each of all) {
    for (const pod of each.finding.pods ?? []) {
      const known = byPod.get(pod);
      if (known) known.push(each);
      else byPod.set(pod, [each]);
    }
  }
  const { cause, verdict, past } = first.finding;
  return {
    cause,
    isInconclusive: verdict === 'inconclusive',
    isPast: past === true,
    all,
    everywhere: all.filter(({ finding }) => finding.pods === undefined),
    byPod,
  };
}

function explainsKind(root: Kind, symptom: Kind): boolean {
  return (
    // Where nothing could be seen, nothing that was seen can follow from it. A rollout was seen: only its end is open.
    (!root.isInconclusive || symptom.isInconclusive || root.cause === 'rollout/under-way') &&
    root.cause !== symptom.cause &&
    // What is over explains nothing that is wrong now.
    (!root.isPast || symptom.isPast) &&
    names(causeOf(root.cause).explains, symptom.cause)
  );
}

function inOrder(
  findings: readonly TopicFinding[],
  position: ReadonlyMap<TopicFinding, number>,
): TopicFinding[] {
  return [...new Set(findings)].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
}
