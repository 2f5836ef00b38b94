/** From where a pod's way to the database ends to the cause of it, with what shows it and what to do. */
import { demandedFlows } from '../../computed/network-flows.js';
import { rule } from '../../kube/network-policy.js';
import { podRef } from '../../checks/shared.js';
import { ofPod } from '../../computed/of-pod.js';
import type { DatabaseUrlFacts } from '../../evidence/evidence.js';
import type { EvidenceItem } from '../diagnosis.js';
import { fixesFrom } from '../fixes.js';
import { databaseError, type DbCause, type LoggedError } from '../parse/database-error.js';
import { field, logItem, observed } from '../seen.js';
import type { CauseFinding } from '../tree.js';
import { fromHere, type DbLook, type Way } from './climb.js';
import { staleFinding } from './stale.js';
import { summaryOf, fixesOf } from './advice.js';

type Stop = NonNullable<Way['stop']>;

/** The cause behind a rung that could not be taken. */
export function stopFinding(way: Way, stop: Stop, look: DbLook): CauseFinding {
  const stale = staleFinding(way, look);
  const cause = causeOfStop(stop);
  // An older value explains whatever it led to, where the newer one leads elsewhere.
  if (stale && cause !== 'db/dns-failure' && cause !== 'db/egress-blocked') return stale;
  const place = way.host ? `${way.host.host}:${way.host.port}` : 'the database';
  const base: CauseFinding = {
    cause,
    verdict: 'confirmed',
    object: podRef(look.context.target, way.pod.metadata.name),
    pods: [way.pod.metadata.name],
    summary: summaryOf(cause, place, stop.error.text, look),
    evidence: [...climbItems(way, stop, look), ...logged(way, cause, look)],
    fix: fixesOf(cause, look, way.host, stop.error.text),
  };
  return refine(base, way, stop, look);
}

/** The cause behind a line of the log of a pod in which nothing could be measured. */
export function loggedFinding(way: Way, error: LoggedError, look: DbLook): CauseFinding {
  const { name } = way.pod.metadata;
  const { context } = look;
  const stale = error.cause === 'db/authentication-failed' ? staleFinding(way, look) : undefined;
  const item = logItem(error.line, name, context.target, way.logged.run);
  if (stale) return { ...stale, evidence: [item, ...stale.evidence] };
  const host = urlOf(look)?.hosts?.[0];
  const here = fromHere(look);
  const evidence = [item, ...hereItems(look)];
  return {
    cause: error.cause,
    verdict: 'confirmed',
    object: podRef(context.target, name),
    pods: [name],
    summary: summaryOf(error.cause, host ? `${host.host}:${host.port}` : 'the database', error.words, look),
    evidence,
    fix: fixesOf(error.cause, look, host, error.words),
    ...(here?.through && { ruledOut: ['the database itself: it can be used from here'] }),
  };
}

function urlOf(look: DbLook): DatabaseUrlFacts | undefined {
  const secret = look.maybe('secret');
  return secret.ok ? secret.value?.databaseUrl : undefined;
}

function causeOfStop({ rung, error }: Stop): DbCause {
  switch (error.kind) {
    case 'name':
      return 'db/dns-wrong-host';
    case 'resolver':
      return 'db/dns-failure';
    case 'refused':
      return 'db/connection-refused';
    case 'unreachable':
      return 'db/network-unreachable';
    case 'timeout':
      return rung === 'dns' ? 'db/dns-failure' : 'db/timeout';
    case 'refused-tls':
    case 'certificate':
    case 'tls':
      return 'db/tls-rejected';
    case 'server':
      return databaseError(error.text, error.sqlstate)?.cause ?? 'db/connection-refused';
    case 'reset':
      return rung === 'query' ? 'db/connection-dropped' : 'db/connection-refused';
    default:
      return 'db/connection-refused';
  }
}

/** What the surroundings say about it: policies, other names, the way from here. */
function refine(base: CauseFinding, way: Way, stop: Stop, look: DbLook): CauseFinding {
  const here = fromHere(look);
  const ruledOut = here?.through ? ['the database itself: it can be used from here'] : [];
  if (base.cause === 'db/timeout' && stop.rung === 'tcp') {
    const blocked = egressBlocked(base, way, look);
    if (blocked) return { ...blocked, ruledOut: [...ruledOut, 'DNS'] };
    const where = here?.through
      ? ' It answers from here, so packets are dropped between the cluster and it.'
      : here?.stop?.rung === 'tcp'
        ? ' Nor does it answer from here.'
        : '';
    return { ...base, summary: `${base.summary}${where}`, ruledOut: ['DNS', 'egress policy', ...ruledOut] };
  }
  if (base.cause === 'db/dns-failure') return dnsFailure(base, way, look);
  if (base.cause === 'db/dns-wrong-host') {
    if (here?.through) {
      return {
        ...base,
        cause: 'db/dns-failure',
        summary: `{pods}: the cluster’s DNS says that ${way.host?.host ?? 'the host'} does not exist, and this machine’s DNS knows it.`,
        fix: fixesOf('db/dns-failure', look, way.host, stop.error.text),
        ruledOut,
      };
    }
    return { ...base, ruledOut: resolvesOthers(way, look) ? ['DNS: other names resolve'] : [] };
  }
  return { ...base, ruledOut };
}

/** A policy that allows no way to the port, where the measurement says that there is none. */
function egressBlocked(base: CauseFinding, way: Way, look: DbLook): CauseFinding | undefined {
  const policies = look.maybe('networkPolicies');
  if (!policies.ok) return undefined;
  const port = way.host?.port ?? 5432;
  const ruling = rule(policies.value, way.pod.metadata.labels ?? {}, {
    direction: 'Egress',
    protocol: 'TCP',
    port,
    portNames: undefined,
    peers: [{ kind: 'internet' }],
  });
  if (ruling.answer === 'yes') return undefined;
  const names = ruling.policies.map(({ metadata }) => metadata.name);
  const object = { kind: 'NetworkPolicy', namespace: look.context.target.namespace, name: names[0] ?? '' };
  const allowed = ruling.policies.flatMap(({ spec }) => spec.egress ?? []).flatMap(({ ports = [] }) => ports);
  const ports = allowed.map(({ protocol = 'TCP', port: each = 'all' }) => `${protocol} ${each}`).join(', ');
  return {
    ...base,
    cause: 'db/egress-blocked',
    verdict: ruling.answer === 'no' ? 'confirmed' : 'likely',
    object,
    summary:
      `NetworkPolicy ${names.join(', ')} allows no TCP ${port} out of {pods}, and connections to the database time out.`.replace(
        '{pods}',
        'the backend’s pods',
      ),
    evidence: [
      field(object, 'spec.egress', ports === '' ? 'nothing is allowed' : `allows ${ports}`),
      ...base.evidence,
    ],
    fix: fixesFrom(
      `Allow TCP ${port} out: policies only ever allow, so one more does.`,
      look.check('network/policies')?.fix ?? [],
    ),
    ...(ruling.answer === 'maybe' && {
      wouldConfirm: `whether ${way.host?.host ?? 'the host'} is among the addresses that ${names.join(', ')} allows`,
    }),
  };
}

/** No answer from DNS: for this name alone, because of a policy, or at all. */
function dnsFailure(base: CauseFinding, way: Way, look: DbLook): CauseFinding {
  const { context } = look;
  const others = otherLookups(way, look);
  const works = resolvesOthers(way, look);
  const object = podRef(context.target, way.pod.metadata.name);
  const evidence = [
    ...base.evidence,
    ...others
      .slice(0, 1)
      .map(({ name, addresses, error }) =>
        observed('lookup inside the pod', object, `${name}: ${error ?? addresses.join(', ')}`),
      ),
  ];
  if (works) {
    return {
      ...base,
      evidence,
      summary: `{pods}: DNS answers for names of the cluster, and not for ${way.host?.host ?? 'the database'}: CoreDNS gets no answer from the servers that it asks.`,
    };
  }
  const denied = dnsDenied(way, look);
  if (denied === undefined) return { ...base, evidence, ruledOut: ['egress policy'] };
  const policy = { kind: 'NetworkPolicy', namespace: context.target.namespace, name: denied };
  return {
    ...base,
    object: policy,
    summary: `NetworkPolicy ${denied} allows no DNS (UDP 53) out of the backend’s pods, so that they resolve no name.`,
    evidence: [field(policy, 'spec.egress', 'allows no UDP 53 to kube-dns'), ...evidence],
    fix: fixesFrom('Allow UDP and TCP 53 out.', look.check('network/policies')?.fix ?? []),
  };
}

/** Names of the cluster that were looked up in the same pod. */
function otherLookups(way: Way, look: DbLook) {
  const inPod = look.maybe('inPod');
  const probe = inPod.ok ? ofPod(inPod.value, way.pod.metadata.name)?.probe : undefined;
  return probe?.ok ? probe.value.dns : [];
}

function resolvesOthers(way: Way, look: DbLook): boolean {
  return otherLookups(way, look).some(({ error }) => error === undefined);
}

/** The policy that denies UDP 53 to the cluster's DNS, if one does. */
function dnsDenied(way: Way, look: DbLook): string | undefined {
  const policies = look.maybe('networkPolicies');
  const deployment = look.maybe('deployment');
  if (!policies.ok || !deployment.ok || !deployment.value) return undefined;
  const flow = demandedFlows(deployment.value, [], look.context).find(
    ({ protocol, port, direction }) => direction === 'Egress' && protocol === 'UDP' && port === 53,
  );
  if (flow === undefined) return undefined;
  const { answer, policies: isolating } = rule(policies.value, way.pod.metadata.labels ?? {}, flow);
  return answer === 'no' ? isolating[0]?.metadata.name : undefined;
}

/** The error of the rung that was not taken, and the rungs before it, in one item. */
function climbItems(way: Way, stop: Stop, look: DbLook): EvidenceItem[] {
  const object = podRef(look.context.target, way.pod.metadata.name);
  const state = stop.error.sqlstate === undefined ? '' : ` (SQLSTATE ${stop.error.sqlstate})`;
  const before = way.climb.slice(0, -1).map(({ rung, ms }) => `${rung} ${ms} ms`);
  const passed = before.length === 0 ? '' : `; before it ${before.join(', ')}`;
  const value = `${stop.rung}: ${stop.error.text}${state}, after ${stop.ms} ms${passed}`;
  return [observed('measured inside the pod', object, value), ...hereItems(look)];
}

function hereItems(look: DbLook): EvidenceItem[] {
  const here = fromHere(look);
  if (here === undefined) return [];
  const { stop } = here;
  const value = stop ? `${stop.rung}: ${stop.error.text}` : 'SELECT 1 is answered';
  return [observed('measured from here', null, value)];
}

function logged(way: Way, cause: DbCause, look: DbLook): EvidenceItem[] {
  const { errors, run: which } = way.logged;
  const error = errors.find((each) => each.cause === cause) ?? errors[0];
  return error ? [logItem(error.line, way.pod.metadata.name, look.context.target, which)] : [];
}
