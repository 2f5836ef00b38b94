/** What is wrong on each pod's way to the database, as the step that asks can see it: which cause, and by what it is known. */
import { isAddress } from '../kube/ip-block.js';
import { memoised } from './memo.js';
import { DATABASE_PORT, databaseFlows } from './network-flows.js';
import { ofPod } from './of-pod.js';
import type { RungResult, Rung } from '../evidence/deep-facts.js';
import { RUNGS } from '../evidence/outcomes.js';
import { rule, type Ruling } from '../kube/network-policy.js';
import { isReady } from '../kube/pod-state.js';
import { CLIENT_FILE } from '../vocabulary/database.js';
import { isSaid, type WayPlace } from '../vocabulary/vocabulary.js';
import { errorOnWay, type DbCause, type LoggedError } from './logged-error.js';
import { fromHere, waysOf, type DbLook, type Way } from './database-ways.js';
import { otherWay } from './database-given.js';
import { staleOf, type Stale } from './stale-url.js';

export type Stop = NonNullable<Way['stop']>;

/** A cause that a pod's way can have: by words or by a rung, and by what stands around them. */
export type WayCause = DbCause | 'db/credentials-stale' | 'db/egress-blocked' | 'db/url-missing';

export interface Trouble {
  means: WayCause;
  way: Way;
  /** The rung that was not taken; with `shows`, what it means by itself. */
  stop?: Stop;
  /** What the log says, where no measurement tells. */
  error?: LoggedError;
  shows?: DbCause;
  /** The pod has another value than the Secret, as far as is known. */
  stale?: Stale;
  /** Policies that let nothing out to the database. */
  blocked?: Ruling;
  /** The way is free: it is a warning. `log`: the log's last word on it is an error all the same. */
  free?: 'log' | 'value' | 'late';
}

/** The rungs of the climb that each step stands for. */
const RUNGS_OF: Readonly<Record<string, readonly Rung[]>> = {
  dns: ['dns'],
  tcp: ['tcp'],
  tls: ['ssl', 'tls'],
  login: ['startup', 'login'],
  query: ['query'],
};

export function rungsOf(step: string): readonly Rung[] {
  return RUNGS_OF[step] ?? [];
}

/** In the order of the pods, and of what each one's log says; worked out once for all rules that the step asks. */
export const troublesAt = memoised((look: DbLook): readonly Trouble[] => {
  if (look.step === 'use') return waysOf(look).flatMap((way) => inUse(way, look));
  const rungs = rungsOf(look.step);
  const ways = triedWays(look);
  const found = ways.flatMap((way) => onRungs(way, rungs, look) ?? []);
  return found.length > 0 ? found : crossedWays(ways, rungs).flatMap((way) => mild(way, look));
});

/** The ways as they were tried: what was looked for inside is DATABASE_URL; of another way only the log speaks. */
export function triedWays(look: DbLook): readonly Way[] {
  const ways = waysOf(look);
  return isOtherWay(look) ? ways.map((way) => ({ ...way, ladder: undefined, stop: undefined })) : ways;
}

/** The container learns of its database in another way than by a DATABASE_URL. */
export function isOtherWay({ maybe }: DbLook): boolean {
  const environment = maybe('environment');
  return environment.ok && otherWay(environment.value) !== undefined;
}

/** Those that came past these rungs. One that is not part of a way (no TLS asked for) is crossed with the next one. */
export function crossedWays(ways: readonly Way[], rungs: readonly Rung[]): readonly Way[] {
  const top = Math.max(...rungs.map((rung) => RUNGS.indexOf(rung)));
  return ways.filter(
    ({ ladder, climb }) =>
      ladder !== undefined &&
      climb.some(({ rung, error }) => {
        const height = RUNGS.indexOf(rung);
        return height > top || (height === top && error === undefined);
      }),
  );
}

/** What one pod's way says about these rungs, by measurement, else by its log. */
function onRungs(way: Way, rungs: readonly Rung[], look: DbLook): Trouble | undefined {
  const { stop, ladder, logged } = way;
  if (rungs.includes('dns') && (ladder?.url === 'missing' || ladder?.url === 'empty')) {
    const stale = staleOf(way, look);
    return stale ? { means: 'db/credentials-stale', way, stale } : { means: 'db/url-missing', way };
  }
  // What this program would not or could not do says nothing about the application.
  const isOurs = stop?.error.kind === 'withheld' || stop?.error.kind === 'unsupported';
  if (stop && !isOurs && rungs.includes(stop.rung)) return stopped(way, stop, look);
  if (ladder !== undefined) return undefined;
  const [newest] = logged.errors;
  return newest && (rungs as readonly WayPlace[]).includes(newest.place)
    ? told(way, newest, look)
    : undefined;
}

/** By a rung that could not be taken, and what stands around it. */
function stopped(way: Way, stop: Stop, look: DbLook): Trouble {
  const shows = causeOfStop(stop);
  const known = { way, stop, shows };
  const stale = shows === 'db/dns-failure' ? undefined : staleOf(way, look);
  // An older value explains whatever it led to, where the newer one leads elsewhere.
  if (stale) return { ...known, means: 'db/credentials-stale', stale };
  if (shows === 'db/timeout' && stop.rung === 'tcp') {
    const blocked = egressRuling(way, look);
    if (blocked) return { ...known, means: 'db/egress-blocked', blocked };
  }
  // A name that this machine resolves exists: the cluster's DNS does not know it.
  const isKnownHere = shows === 'db/dns-wrong-host' && fromHere(look)?.through === true;
  return { ...known, means: isKnownHere ? 'db/dns-failure' : notYet(shows, stop.error.text, way) };
}

/** By a line of the log. */
function told(way: Way, error: LoggedError, look: DbLook, free?: 'log'): Trouble {
  const stale = error.cause === 'db/authentication-failed' ? staleOf(way, look) : undefined;
  return {
    means: stale
      ? 'db/credentials-stale'
      : free === undefined
        ? notYet(error.cause, error.words, way)
        : error.cause,
    way,
    error,
    ...(stale && { stale }),
    ...(free && { free }),
  };
}

/** A database that starts or goes down is a wait where pods outlast it, and a fault where they do not become ready without it. */
function notYet(cause: DbCause, words: string, { pod, through }: Way): DbCause {
  const isChanging = cause === 'db/waking' || /the database system is shutting down/i.test(words);
  return isChanging && !through && !isReady(pod) ? 'db/not-accepting' : cause;
}

/** Errors in a session that came about; and older ones of the way, where the way is free now. */
function inUse(way: Way, look: DbLook): Trouble[] {
  return way.logged.errors.flatMap((error) => {
    const { cause, place } = error;
    const isOfUse = place === 'use' || cause === 'db/too-many-connections' || cause === 'db/pool-exhausted';
    // Words that are not known may be about the way as well: where it is free now, it was a passing fault.
    if (isOfUse && !(cause === 'db/other' && way.through)) return [told(way, error, look)];
    if (way.through && endedUnmeasured(way, error)) return [told(way, error, look)];
    if (way.through) return [told(way, error, look, 'log')];
    // Where nothing was measured the step of that rung has told it; these two have no rung of their own.
    return place === 'url' || cause === 'db/other' ? [told(way, error, look)] : [];
  });
}

/**
 * The container ended by what no measurement on the way meets, and does not run: a parameter or a file of the driver's own, words
 * that are not known. That the way is free now says nothing of it.
 */
function endedUnmeasured({ logged }: Way, { cause, place, words }: LoggedError): boolean {
  if (logged.run !== 'previous log') return false;
  return place === 'url' || cause === 'db/other' || isSaid(CLIENT_FILE, words);
}

/** What is worth a warning on a way that is free. */
function mild(way: Way, look: DbLook): Trouble[] {
  if (look.step === 'query') return isLate(way) ? [{ means: 'db/waking', way, free: 'late' }] : [];
  if (look.step !== 'login' || way.ladder?.matchesSecret !== false || !isNewest(way, look)) return [];
  const stale = staleOf(way, look);
  return stale ? [{ means: 'db/credentials-stale', way, stale, free: 'value' }] : [];
}

/** Pods that a rollout is about to replace do not count. */
function isNewest({ pod }: Way, { maybe }: DbLook): boolean {
  const sets = maybe('replicaSets');
  const newest = sets.ok ? sets.value[0]?.metadata.uid : undefined;
  return newest === undefined || pod.metadata.ownerReferences?.some(({ uid }) => uid === newest) === true;
}

/** Milliseconds from which on a first answer counts as slow, and by how much more than the second. */
const SLOW_MS = 1000;
const SLOWER = 4;

/** The first climb slow or refused, the second one quick. */
function isLate({ host, through }: Way): boolean {
  const [first, second] = host?.climbs ?? [];
  if (first === undefined || second === undefined || !through) return false;
  const [cold, warm] = [durationOf(first), durationOf(second)];
  return first.at(-1)?.error !== undefined || (cold > SLOW_MS && cold > SLOWER * warm);
}

/** Milliseconds of all its rungs. */
export function durationOf(climb: readonly RungResult[]): number {
  return climb.reduce((total, { ms }) => total + ms, 0);
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
      return errorOnWay(error.text, error.sqlstate)?.cause ?? 'db/connection-refused';
    case 'reset':
      return rung === 'query' ? 'db/connection-dropped' : 'db/connection-refused';
    default:
      return 'db/connection-refused';
  }
}

/** Policies that allow no way to the port, or may not, where the measurement says that there is none. */
function egressRuling(way: Way, look: DbLook): Ruling | undefined {
  const policies = look.maybe('networkPolicies');
  if (!policies.ok) return undefined;
  const { host = '', port = DATABASE_PORT } = way.host ?? {};
  const addresses = way.climb
    .filter(({ rung }) => rung === 'dns')
    .flatMap(({ detail }) => detail.split(/[,\s]+/));
  const [flow] = databaseFlows([{ host, port, addresses: addresses.filter(isAddress) }]);
  if (flow === undefined) return undefined;
  const ruling = rule(policies.value, way.pod.metadata.labels ?? {}, flow);
  return ruling.answer === 'yes' ? undefined : ruling;
}

/** Names of the cluster that were looked up in the same pod. */
export function otherLookups({ pod }: Way, { maybe }: DbLook) {
  const inPod = maybe('inPod');
  const probe = inPod.ok ? ofPod(inPod.value, pod.metadata.name)?.probe : undefined;
  return probe?.ok ? probe.value.dns : [];
}

export function resolvesOthers(way: Way, look: DbLook): boolean {
  return otherLookups(way, look).some(({ error }) => error === undefined);
}
