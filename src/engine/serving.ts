/** The first thing that anybody wants to know: are users served? Pure; from facts and results of the same run. */
import { mayPass } from '../computed/change.js';
import { isActive, isReady } from '../kube/pod-state.js';
import type { HttpExchange, Observed, Route } from '../evidence/evidence.js';
import type { Deployment, Pod } from '../evidence/objects.js';
import type { CheckResult, Serving, Status } from './report.js';

/** Facts that this run has read; undefined: it did not ask for them. */
export interface ServingFacts {
  route: Observed<Route> | undefined;
  health?: Observed<HttpExchange> | undefined;
  pods?: Observed<Pod[]> | undefined;
  deployment?: Observed<Deployment | undefined> | undefined;
}

/** Checks that show that the application answers, even where its health endpoint says that it is not well. */
const ANSWERS: readonly string[] = ['functional/api-docs', 'functional/auth-required'];

/** @returns undefined where the run did not ask the backend anything */
export function servingOf(facts: ServingFacts, results: readonly CheckResult[]): Serving | undefined {
  const serving = seenNow(facts, results);
  // What is seen in the midst of a change is not what will be.
  const change = results.find(mayPass);
  return serving && change ? { ...serving, facts: [...serving.facts, change.message] } : serving;
}

function seenNow(facts: ServingFacts, results: readonly CheckResult[]): Serving | undefined {
  const statusOf = (id: string): Status | undefined => results.find((each) => each.id === id)?.status;
  if (facts.route === undefined || facts.health === undefined) return undefined;
  const pods = readyPods(facts);
  const podFacts = pods ? [podsInWords(pods)] : [];
  const exchange = facts.health.ok ? facts.health.value : undefined;
  const route = facts.route.ok ? facts.route.value : undefined;

  if (route?.proof?.state === 'refused') {
    return { state: 'down', facts: [`what answers at ${route.baseUrl} is not this backend`, ...podFacts] };
  }
  if (route && route.via !== 'none' && exchange?.outcome === 'response') {
    // The API server's own path says nothing to whoever wants to know what was asked.
    const pathname = new URL(exchange.url).pathname.replace(/^\/api\/v1\/namespaces\/.*?\/proxy(?=\/)/, '');
    const answer = `GET ${pathname} ${exchange.status ?? ''} in ${Math.round(exchange.ms)} ms`;
    const health = statusOf('functional/health');
    if (health === 'pass' || health === 'warn') {
      return pods && pods.ready < pods.wanted
        ? { state: 'degraded', facts: [...podFacts, answer] }
        : { state: 'up', facts: [...podFacts, answer] };
    }
    if (health === 'unknown') return { state: 'unknown', facts: [answer, ...podFacts] };
    const isAnswered = ANSWERS.some((id) => statusOf(id) === 'pass');
    const unwell = exchange.status === 200 ? 'and says that it is not healthy' : '';
    return {
      state: isAnswered ? 'degraded' : 'down',
      facts: [[answer, unwell].filter(Boolean).join(' '), ...podFacts],
    };
  }
  if (!facts.route.ok) return { state: 'unknown', facts: [facts.route.detail] };
  if (pods?.ready === 0) return { state: 'down', facts: podFacts };
  // There is a way, and nobody asked on it.
  if (facts.route.value.via !== 'none' && !facts.health.ok)
    return { state: 'unknown', facts: [facts.health.detail, ...podFacts] };
  // A request that met a pod on its way out says nothing of the others.
  const isOpen = results.some((each) => each.id === 'functional/node-port' && mayPass(each));
  const reasons = [...refusals(facts.route.value), ...obstacle(results)].slice(0, 1);
  return reasons.length > 0
    ? { state: isOpen ? 'unknown' : 'down', facts: [...reasons, ...podFacts] }
    : { state: 'unknown', facts: ['no way to the backend from here', ...podFacts] };
}

/** How the ways that a user takes failed; the API server's proxy is none of them. */
function refusals({ tried }: Route): string[] {
  return tried.flatMap(({ url, outcome, detail }) =>
    ['not-tried', 'response', 'proxy-error'].includes(outcome) ? [] : [attempt(url, detail || outcome)],
  );
}

/** The address once. */
function attempt(url: string, detail: string): string {
  return URL.canParse(url) && detail.includes(new URL(url).host) ? detail : `${url}: ${detail}`;
}

/** What stands in the way of all requests, in the words of the check that says so. */
function obstacle(results: readonly CheckResult[]): string[] {
  const way = results.find(({ id }) => id === 'functional/node-port');
  const root = results.find(({ id, status }) => status === 'fail' && way?.blockedBy.includes(id));
  if (way?.status === 'fail') return [way.message];
  return root ? [root.findings[0]?.message ?? root.message] : [];
}

function podsInWords({ ready, wanted }: { ready: number; wanted: number }): string {
  // While pods are replaced there may be more of them than are wanted.
  return wanted === 0 ? 'no pods' : `${Math.min(ready, wanted)} of ${wanted} pods ready`;
}

function readyPods({ pods, deployment }: ServingFacts): { ready: number; wanted: number } | undefined {
  if (!pods?.ok) return undefined;
  const active = pods.value.filter(isActive);
  const asked = deployment?.ok ? deployment.value?.spec.replicas : undefined;
  return { ready: active.filter(isReady).length, wanted: asked ?? active.length };
}
