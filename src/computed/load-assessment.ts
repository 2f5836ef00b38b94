/** What the checks and the report say of a run, computed once and in one place so that they cannot disagree. */
import type { Route } from '../evidence/evidence.js';
import type { DistributionFacts, PodLoad } from '../evidence/load-facts.js';
import { judgeSpread, judgeSpreadDespite, type Spread } from '../stats/spread.js';
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

/** Responses that a pod gave. */
export function answersOf({ latency }: PodLoad): number {
  return latency?.count ?? 0;
}

/** Why some responses are nobody's; undefined where that concerns no pod that is judged. */
export function gapOf({ openToSteady, completed, unattributed }: DistributionFacts): string | undefined {
  if (openToSteady === 0) return undefined;
  return `which pod served ${openToSteady} of ${completed} requests is not known: ${unattributed[0]?.what ?? ''}`;
}
