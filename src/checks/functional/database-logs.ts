import { podRef } from '../../rule/object-ref.js';
import { containerName } from '../../contract/target.js';
import { look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import { defineCheck, type CheckContext, type Finding } from '../check.js';
import { readLog, type DatabaseTrouble } from '../../computed/log-reading.js';
import type { EvidenceMap, PodLog } from '../../evidence/evidence.js';
import type { Pod } from '../../evidence/objects.js';
import { isActive, isReady } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { conclude, missingAccess, ofSample } from '../shared.js';
import { ofComingPod } from '../../computed/change.js';
import { ofPod } from '../../computed/of-pod.js';
import { readHealth } from '../../computed/health-reading.js';

type LogFacts = Extract<PodLog['log'], { ok: true }>['value'];

/** Characters of a line that are quoted. */
const QUOTED = 160;

type Message = 'error' | 'never-connected' | 'recovered' | 'gap';

export default defineCheck({
  meta: {
    id: 'functional/database-logs',
    title: 'Every pod’s log shows a database connection and no error since',
    failureTitle: 'A pod’s log shows database trouble',
    why: 'a pod that has lost its database fails its health check and drops out of the Service',
    remedy: (context, findings) => {
      const pod = findings[0]?.object?.name;
      const which = pod ?? `deployment/${context.target.names.deployment} --all-pods=true`;
      const { name } = context.contract.backend.container;
      return [look(`${kubectl(context, `logs ${which} -c ${name} --timestamps`)} | grep -i database`)];
    },
    severity: 'error',
    reads: ['pods', 'logs'],
    consults: ['health', 'configMap', 'inPod'],
    needs: ['pods/running'],
    toldWith: ['network/database-egress'],
    // A start that migrates, or waits for a database that sleeps, connects some seconds after its first line.
    passing: { 'never-connected': ofComingPod },
    messages: {
      error: '{pod} at {at}: {found}',
      'never-connected': '{pod} has not logged a database connection since it started',
      recovered: '{pod} logged {number} before it connected at {connected}; the last at {at}: {found}',
      gap: '{pod} connected at {connected}; {number} of its log was too long to be read whole',
    },
    contractSection: 'Functional Verification; Database Connectivity: Connection Validation',
  },
  evaluate({ pods, logs }, context, consulted) {
    const { contract, target } = context;
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const unclear: string[] = [];
    const proofs = new Map<string, number>();
    let connected = 0;
    let unsampled = 0;
    const active = pods.filter(isActive);
    for (const pod of active) {
      const { name } = pod.metadata;
      const log = ofPod(logs, name)?.log;
      if (!log?.ok) {
        if (log?.why === 'not-sampled') unsampled += 1;
        else unclear.push(`the log of ${name} could not be read${log ? ` (${log.detail})` : ''}`);
        continue;
      }
      const object = podRef(target, name);
      const expected = 'a successful connection, no error since';
      const { value } = log;
      const seen = readLog(value.lines, contract.database);
      const last = seen.current.at(-1) ?? seen.errors.at(-1);
      const error = last && { pod: name, expected, found: quote(last), at: last.line.at };
      const gap = value.gap ? { expected, found: 'a log with a gap', number: 'the middle' } : undefined;
      if (error && seen.current.length > 0) {
        failures.push({ messageId: 'error', data: error, object });
      } else if (seen.connected) {
        connected += 1;
        const data = { pod: name, expected, connected: seen.connected.at };
        const number = count(seen.errors.length, 'error');
        if (error) warnings.push({ messageId: 'recovered', data: { ...data, ...error, number }, object });
        if (gap) warnings.push({ messageId: 'gap', data: { ...data, ...gap }, object });
      } else {
        const silent = whySilent(pod, value, context, consulted);
        const proof = silent && consulted && proofOf(pod, active, context, consulted);
        if (proof !== undefined) proofs.set(proof, (proofs.get(proof) ?? 0) + 1);
        else if (silent !== undefined) unclear.push(silent);
        else
          failures.push({
            messageId: 'never-connected',
            data: { pod: name, expected, found: `none in ${count(value.lines.length, 'line')} read` },
            object,
          });
      }
    }
    const proven = [...proofs].map(([proof, number]) => `${count(number, 'pod')} by ${proof}`);
    if (connected + proofs.size === 0 && failures.length + unclear.length === 0)
      unclear.push('there is no pod whose log could be read');
    const facts = connected > 0 || proven.length === 0 ? [`connected in ${count(connected, 'pod')}`] : [];
    return conclude(
      { failures, warnings, unclear, access: missingAccess(logs.map(({ log }) => log)) },
      [...facts, ...proven].join('; ') +
        (facts.length > 0 && proven.length === 0
          ? ', no errors since'
          : ', no errors in what was read of the logs') +
        ofSample(unsampled, active.length),
    );
  },
});

/** The line, and where in the application's code it was raised. */
function quote({ line, raisedAt }: DatabaseTrouble): string {
  const text = line.text.trim();
  const at = raisedAt === undefined ? '' : ` (${raisedAt})`;
  const most = Math.max(60, QUOTED - at.length);
  return (text.length > most ? `${text.slice(0, most - 1)}…` : text) + at;
}

/** Why a log need not show a connection that there is; undefined where it would show one. */
function whySilent(
  { metadata: { name }, spec }: Pod,
  log: LogFacts,
  context: CheckContext,
  consulted: Readonly<Partial<EvidenceMap>> | undefined,
): string | undefined {
  if (log.lines.length === 0) return `the log of ${name} is empty`;
  if (!log.fromStart || log.gap)
    return `the log of ${name} has no line about a connection, and its beginning is no longer there`;
  // Before anything else was consulted it is not known what the application logs at all.
  if (consulted === undefined) return `the log of ${name} has no line about a connection`;
  const container =
    spec.containers.find((each) => each.name === containerName(context)) ?? spec.containers[0];
  const level =
    container?.env?.findLast((each) => each.name === 'LOG_LEVEL')?.value ??
    consulted.configMap?.data.LOG_LEVEL;
  return level !== undefined && /^(?:warn|warning|error|critical|fatal|[345]0)$/i.test(level.trim())
    ? `LOG_LEVEL=${level.trim()} keeps the line about a connection out of the log of ${name}`
    : undefined;
}

/** What has shown in this run that the pod reaches its database; undefined where nothing has. */
function proofOf(
  pod: Pod,
  active: readonly Pod[],
  { contract }: CheckContext,
  { health, inPod }: Readonly<Partial<EvidenceMap>>,
): string | undefined {
  if (!isReady(pod) || health?.status !== 200) return undefined;
  const { status, database } = readHealth(health.json);
  if (status?.judgement === 'bad' || database?.judgement === 'bad') return undefined;
  const { healthPath } = contract.http;
  const asked = pod.spec.containers.some((each) => each.readinessProbe?.httpGet?.path === healthPath);
  if (database?.judgement === 'good' && (asked || active.length === 1)) {
    const by = active.length === 1 ? '' : ', which its readiness probe asks';
    return `the health endpoint${by}: database "${database.text}"`;
  }
  const probe = inPod && ofPod(inPod, pod.metadata.name)?.probe;
  const reached = probe?.ok ? probe.value.tls.find(({ answer }) => answer === 'S') : undefined;
  return status?.judgement === 'good' && database === undefined && reached
    ? `${reached.host}:${reached.port}, which answers from inside the pod and takes TLS`
    : undefined;
}
