/** What the checks and the report say of a run, computed once and in one place so that they cannot disagree. */
import type { Route } from '../evidence/evidence.js';
import type { DistributionFacts, PodLoad } from '../evidence/load-facts.js';
import { requestsToDecide } from '../stats/occupancy.js';
import { judgeSpread, judgeSpreadDespite, type Spread } from '../stats/spread.js';
import { sharesOf } from './load-tally.js';
import { readTopology, type Topology } from './load-topology.js';

export interface Assessment {
  topology: Topology;
  /** The pods over which requests must be spread: ready all the time, and in reach of this way. */
  judged: PodLoad[];
  /** Those of them that answered nothing. */
  unserved: PodLoad[];
  /** Undefined where there is nothing to compare. */
  spread: Spread | undefined;
  /** Why the spread cannot be judged, though there is one. */
  open: string | undefined;
}

/** @param confidence probability with which an even choice must be called neither unserved nor uneven */
export function assess(facts: DistributionFacts, route: Route, confidence: number): Assessment {
  const steady = facts.pods.filter(({ state }) => state === 'steady');
  const topology = readTopology(route, facts.dataPath, steady);
  const judged = steady.filter((pod) => topology.eligible(pod));
  const unserved = judged.filter((pod) => answersOf(pod) === 0);
  const counts = judged.map(({ requests }) => requests);
  if (judged.length < 2 || counts.every((count) => count === 0)) {
    return { topology, judged, unserved, spread: undefined, open: gapOf(facts) };
  }
  // A request that failed on its way may have been meant for any of them.
  const lost = facts.lost.reduce((sum, { requests }) => sum + requests, 0);
  const open = facts.openToSteady + lost;
  const certain = open === 0 ? judgeSpread(counts, confidence) : judgeSpreadDespite(counts, open, confidence);
  const reason =
    gapOf(facts) ?? `${lost} failed requests may have been meant for any pod: the spread is not known`;
  return {
    topology,
    judged,
    unserved,
    spread: judgeSpread(counts, confidence),
    open: certain === undefined ? reason : undefined,
  };
}

/** By what a run is judged: after a first one that did not look even, at the square of the risk. */
export function confidenceOf({ again }: Pick<DistributionFacts, 'again'>, confidence: number): number {
  return again?.chance === true ? 1 - (1 - confidence) ** 2 : confidence;
}

/** The most requests of a second look: beyond, the first one says how many would decide. */
const SECOND_LOOK_MOST = 250;

export interface SecondLook {
  requests: number;
  /** What the first look saw. */
  because: string;
}

/**
 * A short run over two pods that are well misses one of them once in 512 times, and over four once in five. Whatever does not
 * look even is looked at once more, by as many requests as tell a pod that gets none from chance, at the square of the risk.
 * @param confidence probability with which an even choice must not be called uneven
 * @returns undefined where there is nothing to look at again
 */
export function secondLook(
  facts: DistributionFacts,
  route: Route,
  confidence: number,
): SecondLook | undefined {
  const { judged, spread, open, topology } = assess(facts, route, confidence);
  const isClear = facts.problems.length === 0 && open === undefined && topology.undetermined === undefined;
  if (!route.balances || !isClear || spread === undefined || spread.verdict === 'even') return undefined;
  const requests = Math.max(facts.requests, requestsToDecide(judged.length, (1 - confidence) ** 2));
  if (requests > SECOND_LOOK_MOST) return undefined;
  const found = sharesOf(judged.map((pod) => pod.requests));
  return { requests, because: `the first ${facts.completed} were spread ${found}` };
}

/** Responses that a pod gave. */
export function answersOf({ latency }: PodLoad): number {
  return latency?.count ?? 0;
}

/** Why some responses are nobody's; undefined where that concerns no pod that is judged. */
export function gapOf({ openToSteady, completed, unattributed }: DistributionFacts): string | undefined {
  if (openToSteady === 0) return undefined;
  return `which pod served ${openToSteady} of ${completed} requests is not known: ${unattributed[0]?.what ?? ''}`;
}
