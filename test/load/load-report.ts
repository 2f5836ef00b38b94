/** The report of a load run that showed these facts, by the code that makes real ones. */
import type { LoadSettings } from '../../src/rule/context.js';
import { checksOfRun } from '../../src/checks/of-load-run.js';
import { buildReport } from '../../src/engine/build-report.js';
import type { Report } from '../../src/engine/report.js';
import { runChecks } from '../../src/engine/run.js';
import type { EvidenceKey, Observed, Route } from '../../src/evidence/evidence.js';
import type { DistributionFacts } from '../../src/evidence/load-facts.js';
import { loadSection } from '../../src/load/section.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { TARGET } from '../support/check-context.js';
import { healthyEvidence, NOW } from '../support/healthy.js';

export const ROUTE: Route = {
  via: 'nodeport',
  baseUrl: 'http://localhost:30081',
  tried: [],
  balances: true,
  provesNodePort: true,
};

export async function loadReport(
  distribution: DistributionFacts,
  options: Partial<LoadSettings> & {
    route?: Partial<Route>;
    replicas?: number;
    weaknesses?: string[];
    next?: string;
  } = {},
): Promise<Report> {
  const { route: changed, replicas, weaknesses = [], next = null, ...judge } = options;
  const route = { ...ROUTE, ...changed };
  const contract = structuredClone(DEFAULT_CONTRACT);
  contract.backend.replicaCount = replicas ?? distribution.pods.length;
  contract.knownWeaknesses = weaknesses;
  const evidence: Partial<Record<EvidenceKey, unknown>> = { ...healthyEvidence(), distribution, route };
  const observed = <T>(value: T): Observed<T> & { ok: true } => ({
    ok: true,
    at: '2026-02-09T14:05:00Z',
    value,
  });
  const settings = { expectPods: undefined, confidence: 0.99, thresholds: [], ...judge };
  const context = { contract, target: TARGET, now: NOW, load: settings };
  const checks = checksOfRun(settings);
  const results = await runChecks({
    checks,
    selected: new Set(checks.map(({ meta }) => meta.id)),
    declined: new Map(),
    reader: {
      read: (key) => Promise.resolve(observed(structuredClone(evidence[key])) as never),
      close: () => Promise.resolve(),
    },
    context,
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  const isInterrupted = distribution.endedBy === 'interruption';
  const report = buildReport({
    version: '0.2.0',
    command: 'loadbalance',
    context,
    server: observed(healthyEvidence().server),
    route: observed(route),
    results: results.map((result) => ({ ...result, durationMs: 1 })),
    notices: [],
    strict: false,
    interruptedBy: isInterrupted ? 130 : undefined,
    startedAt: NOW,
    finishedAt: NOW + 412,
  });
  const plan = { timeoutMs: 5000, ratePerSecond: undefined };
  const load = loadSection(distribution, route, plan, settings.confidence);
  return { ...report, load, next: report.exitCode === 0 ? next : report.next };
}
