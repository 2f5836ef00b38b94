/** The checks of a load run; the engine judges them as it judges those of `verify`. */
import type { AnyCheck, CheckContext } from '../../checks/check.js';
import { defineCheck, pass, unknown, type Finding } from '../../checks/check.js';
import sessionAffinity from '../../checks/service/session-affinity.js';
import { count, few, podSelector, podRef, serviceRef } from '../../checks/shared.js';
import type { EvidenceMap } from '../../evidence/evidence.js';
import type { DistributionFacts } from '../../evidence/load-facts.js';
import { kubectl, todoK8s } from '../../rule/command.js';
import { look, type Part } from '../../rule/fix.js';
import { answersOf, assess, gapOf, type Assessment } from './assessment.js';
import { demandOf, isExceeded, shown, valueFor, type Metric, type Threshold } from './threshold.js';
import { chance, onlyOwnLimit, tallyWords } from './words.js';

export interface JudgeOptions {
  /** Pods that must be ready; undefined: at least the contract's replicas. */
  expectPods: number | undefined;
  confidence: number;
  thresholds: readonly Threshold[];
}

/** What every check of a run is judged by. */
const READS = ['route', 'distribution'] as const;
type Reads = (typeof READS)[number];
type Evidence = Readonly<Pick<EvidenceMap, Reads>>;

const SECTION = 'Load Balancing Verification; Scaling Behavior: Horizontal Scaling';
const ANSWERED = 'load-balancing/every-pod-answered';

/** In report order. */
export function loadChecks(options: JudgeOptions): AnyCheck[] {
  const assessed = (evidence: Evidence): Assessment =>
    assess(evidence.distribution, evidence.route, options.confidence);
  // Who sets a limit of his own for errors has said how many are too many.
  const hasErrorLimit = options.thresholds.some(({ metric }) => metric === 'errors');
  return [
    podsReady(options),
    everyPodAnswered(assessed),
    ...(hasErrorLimit ? [] : [noErrors()]),
    evenSpread(assessed),
    ...options.thresholds.map((threshold, index) => limit(threshold, index, assessed)),
  ];
}

const seeEndpoints = (context: CheckContext) => [
  look(
    kubectl(
      context,
      `get endpointslices -l kubernetes.io/service-name=${context.target.names.service} -o wide`,
    ),
  ),
];

const seeLogs = (context: CheckContext) => [
  look(kubectl(context, `logs -l ${podSelector(context)} --since=5m --prefix`)),
];

function podsReady({ expectPods }: JudgeOptions): AnyCheck {
  return defineCheck({
    meta: {
      id: 'load-balancing/pods-ready',
      title: 'the expected pods are ready',
      failureTitle: 'the pods are not the expected ones',
      why: 'requests are spread over the pods that are ready: a balance over fewer than there should be is none',
      remedy: (context) => [look(kubectl(context, `get pods -l ${podSelector(context)} -o wide`))],
      severity: 'error',
      reads: ['distribution'],
      needs: [],
      messages: {
        'too-few': '{found} of {expected} pods are ready',
        'too-many': '{found} pods are ready, and {expected} are expected',
        joined: '{pod} became ready {after} after the first request',
        left: '{pod} ceased to be ready {after} after the first request',
        'not-ready': '{pod} is not ready: it is sent no requests',
        'no-endpoint': '{pod} is ready, but not among the ready endpoints',
      },
      contractSection: SECTION,
    },
    evaluate({ distribution }, { contract, target }) {
      const { pods, changes, dataPath } = distribution;
      const ready = pods.filter(({ state }) => state === 'steady' || state === 'joined');
      const expected = expectPods ?? contract.backend.replicaCount;
      const numbers = { expected, found: ready.length };
      const listed = dataPath.endpoints && new Set(dataPath.endpoints.map(({ pod }) => pod));
      type Id = 'too-few' | 'too-many' | 'joined' | 'left' | 'not-ready' | 'no-endpoint';
      const findings: Finding<Id>[] = [
        ...(ready.length < expected
          ? [{ messageId: 'too-few' as const, data: numbers, object: serviceRef(target) }]
          : []),
        ...(expectPods !== undefined && ready.length > expected
          ? [{ messageId: 'too-many' as const, data: numbers, object: serviceRef(target) }]
          : []),
      ];
      const isWrong = findings.length > 0;
      for (const { pod, what, afterMs } of changes)
        findings.push({
          messageId: what,
          data: { pod, after: seconds(afterMs) },
          object: podRef(target, pod),
        });
      for (const { pod, state } of pods) {
        const object = podRef(target, pod);
        if (state === 'not-ready') findings.push({ messageId: 'not-ready', data: { pod }, object });
        if (state === 'steady' && listed?.has(pod) === false)
          findings.push({ messageId: 'no-endpoint', data: { pod }, object });
      }
      const [first, ...rest] = findings;
      if (first) return { status: isWrong ? 'fail' : 'warn', findings: [first, ...rest] };
      return pass(`${ready.length} of ${expected}`);
    },
  });
}

function everyPodAnswered(assessed: (evidence: Evidence) => Assessment): AnyCheck {
  return defineCheck<Reads, 'unserved' | 'failing' | 'pinned'>({
    meta: {
      id: ANSWERED,
      title: 'every ready pod answered',
      failureTitle: 'a ready pod answered nothing',
      why: 'a replica that gets no traffic neither carries load nor takes over when another one fails',
      // What pins a client is a field of the Service.
      remedy: (context, findings) =>
        findings.some(({ messageId }) => messageId === 'pinned')
          ? sessionAffinity.meta.remedy(context, [])
          : seeEndpoints(context),
      severity: 'error',
      reads: READS,
      needs: [],
      messages: {
        unserved: '{pod} answered none of {requests}; the probability of that by chance is {chance}',
        failing: '{pod} answered none of the {reached} that reached it: {problems}',
        pinned: '{pod} answered none of {requests}: {reason}',
      },
      contractSection: SECTION,
    },
    evaluate(evidence, { target }) {
      const { distribution: facts, route } = evidence;
      const { judged, unserved, topology, spread } = assessed(evidence);
      if (facts.endedBy === 'no-route' || facts.completed === 0) return unknown('no request was answered');
      if (judged.length === 0) return unknown('no pod that this way leads to was ready all the time');
      const answered = judged.length - unserved.length;
      if (unserved.length === 0) return pass(`${answered} of ${judged.length}`);

      const reason = topology.undetermined ?? topology.unequal ?? gapOf(facts);
      if (reason !== undefined) return unknown(reason);
      const isIdle = unserved.some((load) => load.requests === 0) && topology.pinned === undefined;
      // Where no other pod got any, nothing says that these should have got some.
      if (spread === undefined && isIdle)
        return unknown('no request reached a pod that was ready all the time');
      const requests = count(facts.completed, 'request');
      const findings = unserved.map((load): Finding<'unserved' | 'failing' | 'pinned'> => {
        const { pod, problems } = load;
        const object = podRef(target, pod);
        const reached = count(load.requests, 'request');
        if (load.requests > 0)
          return { messageId: 'failing', data: { pod, reached, problems: tallyWords(problems) }, object };
        if (topology.pinned !== undefined)
          return { messageId: 'pinned', data: { pod, requests, reason: topology.pinned }, object };
        const p = Math.min(spread?.p ?? 1, spread?.miss ?? 1);
        return { messageId: 'unserved', data: { pod, requests, chance: chance(p) }, object };
      });
      const [first, ...rest] = findings;
      // A port-forward was asked for: that it leads to one pod says nothing about the others.
      if (route.via === 'port-forward')
        return unknown(`${topology.pinned ?? ''}, and says nothing of the others`);
      const isChance = unserved.every((load) => load.requests === 0) && topology.pinned === undefined;
      if (first && !(isChance && spread?.verdict === 'inconclusive')) {
        return { status: 'fail', findings: [first, ...rest] };
      }
      const pods = few(unserved.map(({ pod }) => pod));
      return unknown(
        `inconclusive: ${pods} answered none of ${requests}, which with ${judged.length} pods happens by chance ` +
          `with probability ${chance(spread?.miss ?? 1)}; ${spread?.enough ?? 0} requests would decide it`,
      );
    },
  });
}

function noErrors(): AnyCheck {
  return defineCheck<Reads, 'no-route' | 'failed' | 'pod'>({
    meta: {
      id: 'load-balancing/no-errors',
      title: 'no errors',
      failureTitle: 'requests failed',
      why: 'a request that fails is one that a user sees fail, whichever pod it was meant for',
      remedy: (context, findings) =>
        findings.some(({ messageId }) => messageId === 'no-route')
          ? [look(todoK8s(context, 'verify --only service,functional'))]
          : seeLogs(context),
      severity: 'error',
      reads: READS,
      needs: [],
      messages: {
        'no-route': 'no request could be sent: {found}',
        failed: '{number} of {requests} failed: {found}',
        pod: '{number} of {requests} that {pod} served failed: {found}',
      },
      contractSection: SECTION,
    },
    evaluate({ route, distribution: facts }, { target }) {
      const object = serviceRef(target);
      if (facts.endedBy === 'no-route') {
        const found = route.tried.map(({ url, detail }) => `${url}: ${detail}`).join('; ');
        return { status: 'fail', findings: [{ messageId: 'no-route', data: { found }, object }] };
      }
      const number = facts.problems.reduce((sum, { requests }) => sum + requests, 0);
      if (facts.completed === 0) return unknown('no request came to an end');
      if (number === 0) return pass(`0 of ${facts.completed}`);
      const own = onlyOwnLimit(facts.problems);
      if (own !== undefined) return unknown(own);
      const requests = count(facts.completed, 'request');
      const byPod = failingPods(facts).map(({ pod, errors, requests: served, problems }) => ({
        messageId: 'pod' as const,
        data: { number: errors, requests: count(served, 'request'), pod, found: tallyWords(problems) },
        object: podRef(target, pod),
      }));
      const whole = { number, requests, found: tallyWords(facts.problems) };
      return { status: 'fail', findings: [{ messageId: 'failed', data: whole, object }, ...byPod] };
    },
  });
}

/** Pods with errors, where not all have the same. */
function failingPods({ pods }: DistributionFacts) {
  const failing = pods.filter(({ errors }) => errors > 0);
  const served = pods.filter((pod) => answersOf(pod) > 0);
  return failing.length < served.length ? failing : [];
}

function evenSpread(assessed: (evidence: Evidence) => Assessment): AnyCheck {
  return defineCheck<Reads, 'uneven' | 'other-way'>({
    meta: {
      id: 'load-balancing/even-spread',
      title: 'consistent with an even spread',
      failureTitle: 'the spread is too uneven for chance',
      why: 'the pod that gets more than its share is the first to be overloaded, while others idle',
      remedy: (context, findings) => [
        look(
          findings.some(({ messageId }) => messageId === 'other-way')
            ? todoK8s(context, 'verify --only functional,service')
            : kubectl(context, 'logs -l k8s-app=kube-proxy --tail=50', 'kube-system'),
        ),
      ],
      severity: 'error',
      reads: READS,
      needs: [ANSWERED],
      messages: {
        uneven: '{found} requests; the probability of a spread as uneven by chance is {chance}',
        'other-way':
          'it was the API server that spread them evenly: what kube-proxy does is not known, because {reason}. --via proxy asks for this way',
      },
      contractSection: SECTION,
    },
    evaluate(evidence, { target }) {
      const { judged, spread, open, topology } = assessed(evidence);
      const uncomparable = topology.pinned ?? topology.unequal;
      if (uncomparable !== undefined) return { status: 'skip', reason: uncomparable };
      if (topology.undetermined !== undefined) return unknown(topology.undetermined);
      if (judged.length === 1) return { status: 'skip', reason: 'there is one pod: nothing to spread' };
      if (open !== undefined) return unknown(open);
      if (spread === undefined) return unknown('no request was answered by a pod that is known');
      const { route } = evidence;
      const [instead] = route.tried;
      if (spread.verdict !== 'uneven' && route.via === 'proxy' && instead?.url !== route.baseUrl) {
        const data = { reason: `${instead?.url}: ${instead?.detail}` };
        return { status: 'warn', findings: [{ messageId: 'other-way', data, object: serviceRef(target) }] };
      }
      if (spread.verdict !== 'uneven') return pass(`${spread.method} p = ${chance(spread.p)}`);
      const total = judged.reduce((sum, { requests }) => sum + requests, 0);
      const data = {
        chance: chance(spread.p),
        expected: `about ${Math.round(total / judged.length)} for each pod`,
        found: judged.map(({ requests }) => requests).join(' / '),
      };
      return { status: 'fail', findings: [{ messageId: 'uneven', data, object: serviceRef(target) }] };
    },
  });
}

const slowness = (context: CheckContext) => [look(todoK8s(context, 'doctor health'))];

/** What shows more of a value that is beyond its limit. */
const LOOK_AT: Record<Metric, (context: CheckContext) => Part[]> = {
  p50: slowness,
  p90: slowness,
  p99: slowness,
  max: slowness,
  errors: seeLogs,
  unattributed: seeLogs,
  unserved: seeEndpoints,
};

function limit(threshold: Threshold, index: number, assessed: (evidence: Evidence) => Assessment): AnyCheck {
  return defineCheck<Reads, 'exceeded'>({
    meta: {
      id: `load-balancing/limit-${index + 1}-${threshold.metric}`,
      title: demandOf(threshold),
      failureTitle: `the limit ${threshold.text} is exceeded`,
      why: 'the limit was set with --fail-on',
      remedy: LOOK_AT[threshold.metric],
      severity: 'error',
      reads: READS,
      needs: [],
      messages: { exceeded: '{metric} is {found}' },
      contractSection: SECTION,
    },
    evaluate(evidence, { target }) {
      const value = valueFor(threshold, evidence.distribution, assessed(evidence));
      if (typeof value === 'string') return unknown(value);
      if (!isExceeded(threshold, value)) return pass(shown(threshold, value));
      const data = {
        metric: threshold.metric,
        expected: demandOf(threshold),
        found: shown(threshold, value),
      };
      return { status: 'fail', findings: [{ messageId: 'exceeded', data, object: serviceRef(target) }] };
    },
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
