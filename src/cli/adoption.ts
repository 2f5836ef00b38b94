/** Describes what is there as a contract: reads it, takes its structure over, and judges what is left. */
import { CHECKS } from '../checks/index.js';
import { adopt, adopted, type Adoption } from '../contract/adopt.js';
import type { Weakness } from '../contract/adopted-yaml.js';
import type { Contract } from '../contract/contract.js';
import type { Target } from '../contract/target.js';
import { runChecks } from '../engine/run.js';
import type { CheckResult } from '../engine/report.js';
import type { EvidenceKey, EvidenceMap, EvidenceReader, HttpExchange } from '../evidence/evidence.js';
import type { Release } from './release.js';
import { UsageError } from './usage-error.js';

export interface Adopted {
  adoptions: Adoption[];
  weaknesses: Weakness[];
}

/** Where backends say their health, tried in this order where no probe says it. */
const HEALTH_PATHS = ['/api/health', '/health', '/healthz', '/api/v1/health', '/api/healthz'];
const TASKS_PATHS = ['/api/tasks', '/tasks', '/api/todos', '/todos', '/api/v1/tasks'];

/** Findings that are weaknesses of a deployment that works: they warn. Whatever else is left is a fault. */
const WEAK: Record<string, RegExp> = {
  'config/database-url': /^sslmode-(missing|weak)$/,
  'deployment/container': /^port$/,
  'deployment/liveness-probe': /^missing$/,
  'deployment/readiness-probe': /^missing$/,
  'deployment/replicas': /^replicas$/,
  'deployment/resources': /^missing$/,
  'deployment/security-context': /./,
  'load-balancing/endpoints': /^single$/,
  'service/session-affinity': /./,
};

/** Judging again with the weaknesses that were found shows what stood behind them. */
const ROUNDS = 3;

/** @throws UsageError where there is no Deployment to describe */
export async function describeRelease(release: Release, signal: AbortSignal): Promise<Adopted> {
  const first = release.observe();
  const adoptions = await structure(first, release, signal).finally(() => first.close());
  const contract = adopted(release.contract, adoptions);
  adoptions.push(...(await ways(release, contract, signal)));

  let weaknesses: Weakness[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = [...new Set(weaknesses.flatMap(({ check, warns }) => (warns ? [check] : [])))];
    const reader = release.observe(undefined, adopted(release.contract, adoptions));
    const results = await judge(reader, release, adoptions, known, signal).finally(() => reader.close());
    const found = weaknessesOf(results);
    if (found.length === weaknesses.length) break;
    weaknesses = found;
  }
  return { adoptions, weaknesses };
}

async function structure(reader: EvidenceReader, release: Release, signal: AbortSignal): Promise<Adoption[]> {
  const read = async <K extends EvidenceKey>(key: K): Promise<EvidenceMap[K]> => {
    const observed = await reader.read(key, signal);
    if (!observed.ok) throw new UsageError(`cannot describe what cannot be read: ${observed.detail}`);
    return observed.value;
  };
  const deployment = await read('deployment');
  if (deployment === undefined)
    throw new UsageError(`there is no Deployment ${release.target.names.deployment} to describe`);
  // A ConfigMap that is not among what is planned may be there all the same.
  const configMapOf = async () =>
    release.planned === undefined
      ? read('configMap')
      : reader.read('configMap', signal).then((seen) => (seen.ok ? seen.value : undefined));
  const [service, configMap, environment] = await Promise.all([
    read('service'),
    configMapOf(),
    read('environment'),
  ]);
  // Who may not read Secrets or autoscalers can describe the rest.
  const [secret, autoscaler] = await Promise.all([
    reader.read('secret', signal),
    reader.read('autoscaler', signal),
  ]);
  const found = {
    ...{ deployment, service, configMap, environment },
    secret: secret.ok ? secret.value : undefined,
    autoscaler: autoscaler.ok ? autoscaler.value : undefined,
  };
  return adopt(found, release.target, release.contract);
}

/** What the application answers where; nothing where it is not reached. */
async function ways(release: Release, contract: Contract, signal: AbortSignal): Promise<Adoption[]> {
  const ask = async (
    key: 'health' | 'docs' | 'tasks',
    change: Adoption[],
  ): Promise<HttpExchange | undefined> => {
    const reader = release.observe(undefined, adopted(contract, change));
    const observed = await reader.read(key, signal).finally(() => reader.close());
    return observed.ok && observed.value.outcome === 'response' ? observed.value : undefined;
  };
  const search = async (
    key: 'health' | 'tasks',
    path: Adoption['path'],
    candidates: readonly string[],
    isIt: (exchange: HttpExchange) => boolean,
  ): Promise<{ adoptions: Adoption[]; exchange?: HttpExchange }> => {
    const asWritten = await ask(key, []);
    if (asWritten === undefined || isIt(asWritten)) return { adoptions: [], exchange: asWritten };
    if (asWritten.status !== 404) return { adoptions: [], exchange: asWritten };
    for (const value of candidates) {
      const exchange = await ask(key, [{ path, value }]);
      if (exchange && isIt(exchange)) return { adoptions: [{ path, value }], exchange };
    }
    return { adoptions: [{ path, mark: 'absent' }] };
  };
  const health = await search(
    'health',
    ['http', 'healthPath'],
    HEALTH_PATHS,
    ({ status, json }) => status === 200 && json !== undefined,
  );
  const tasks = await search('tasks', ['http', 'tasksPath'], TASKS_PATHS, ({ status }) => status !== 404);
  const docs = await ask('docs', []);
  return [
    ...health.adoptions,
    ...tasks.adoptions,
    ...(tasks.exchange?.status === 403 ? [{ path: ['http', 'tasksStatuses'], value: ['403'] }] : []),
    ...(docs?.status === 404 ? [{ path: ['http', 'docsPath'], mark: 'absent' as const }] : []),
  ];
}

function judge(
  reader: EvidenceReader,
  release: Release,
  adoptions: readonly Adoption[],
  knownWeaknesses: string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const contract = { ...adopted(release.contract, adoptions), knownWeaknesses };
  return runChecks({
    checks: CHECKS,
    selected: new Set(CHECKS.map(({ meta }) => meta.id)),
    declined: new Map(),
    notYet: release.planned?.notYet,
    reader,
    context: { contract, target: named(release.target, contract), now: release.now() },
    signal,
    emit: () => undefined,
  });
}

/** The target as a contract with these names makes it. */
function named(target: Target, { names }: Contract): Target {
  const accepted = { ...target.accepted };
  for (const kind of Object.keys(names) as (keyof typeof names)[])
    if (names[kind] !== '') accepted[kind] = [names[kind]];
  return { ...target, accepted };
}

function weaknessesOf(results: readonly CheckResult[]): Weakness[] {
  return results
    .filter(({ status, severity }) => (status === 'fail' || status === 'warn') && severity === 'error')
    .flatMap(({ id, findings }) => {
      const warns = findings.every(({ messageId }) => WEAK[id]?.test(messageId) === true);
      return findings.map(({ messageId, message, object }) => ({
        ...{ check: id, finding: messageId, message, warns },
        object: object === null ? undefined : `${object.kind}/${object.name}`,
      }));
    });
}
