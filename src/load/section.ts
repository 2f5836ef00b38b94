/** What a report says of a load run: the facts, what was expected of them, and what was asked for. */
import type { Route } from '../evidence/evidence.js';
import type { DistributionFacts, PodLoad } from '../evidence/load-facts.js';
import { missProbability } from '../stats/occupancy.js';
import type { Spread } from '../stats/spread.js';
import { assess } from '../computed/load-assessment.js';
import type { LoadPlan } from './plan.js';

export interface LoadSection extends Omit<DistributionFacts, 'pods'> {
  url: string;
  /** What a request passes, in order. */
  hops: string[];
  timeoutMs: number;
  ratePerSecond: number | null;
  requestsPerSecond: number;
  pods: (PodLoad & {
    /** Part of the requests that came to an end. */
    share: number;
    /** Whether the judgement of the spread takes it in: ready all the time, and in reach. */
    judged: boolean;
  })[];
  /** Part of the requests that each judged pod is expected to get; null where that is not known. */
  expectedShare: number | null;
  spread:
    | (Spread & {
        confidence: number;
        /** More requests than were sent, and the probability that an even choice leaves a pod without any of them. */
        more: { requests: number; miss: number };
      })
    | null;
}

/** @param confidence as the run was judged by */
export function loadSection(
  facts: DistributionFacts,
  route: Route,
  plan: Pick<LoadPlan, 'timeoutMs' | 'ratePerSecond'>,
  confidence: number,
): LoadSection {
  const { topology, judged, spread } = assess(facts, route, confidence);
  const { pods, ...rest } = facts;
  const total = Math.max(1, facts.completed);
  const served = judged.reduce((sum, { requests }) => sum + requests, 0);
  const { pinned, undetermined, unequal } = topology;
  const isExpected = judged.length > 0 && (pinned ?? undetermined ?? unequal) === undefined;
  const more = 3 * Math.max(served, 10);
  return {
    ...rest,
    notes: [...topology.notes, ...facts.notes],
    url: `${route.baseUrl}${facts.path}`,
    hops: hopsOf(route, judged.length),
    timeoutMs: plan.timeoutMs,
    ratePerSecond: plan.ratePerSecond ?? null,
    requestsPerSecond: Math.round((facts.completed / Math.max(1, facts.elapsedMs)) * 10_000) / 10,
    pods: pods.map((pod) => ({ ...pod, share: pod.requests / total, judged: judged.includes(pod) })),
    expectedShare: isExpected && served > 0 ? served / judged.length / total : null,
    spread: spread
      ? { ...spread, confidence, more: { requests: more, miss: missProbability(more, judged.length) } }
      : null,
  };
}

function hopsOf({ via, baseUrl, balances }: Route, pods: number): string[] {
  const end = `${pods} ready ${pods === 1 ? 'pod' : 'pods'}`;
  const port = URL.canParse(baseUrl) ? new URL(baseUrl).port : '';
  switch (via) {
    case 'nodeport':
      return [`NodePort ${port}`, 'kube-proxy', end];
    case 'loadbalancer':
      return ['load balancer', 'Service', end];
    case 'ingress':
      return ['Ingress', 'Service', end];
    case 'service':
      return ['Service', 'kube-proxy', end];
    case 'proxy':
      return ['API server', 'Service proxy', end];
    case 'port-forward':
      return ['API server', 'port-forward', '1 pod'];
    case 'url':
      return balances ? [`NodePort ${port}`, 'kube-proxy', end] : [baseUrl, end];
    case 'none':
      return [];
  }
}
