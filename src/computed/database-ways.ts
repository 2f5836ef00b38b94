/** What the ladders and the logs say of each pod's way to the database: where it ends, or that it does not. */
import { memoised } from './memo.js';
import type { Access } from '../evidence/evidence.js';
import { ofPod } from './of-pod.js';
import type { DatabaseLadder, HostLadder, RungResult } from '../evidence/deep-facts.js';
import { RUNGS } from '../evidence/outcomes.js';
import type { Pod } from '../evidence/objects.js';
import { URL_VARIABLE } from '../contract/database-variables.js';
import { variableOf } from './variable-place.js';
import { podsToJudge } from './judged-pods.js';
import { loggedErrors, type LoggedError } from './logged-error.js';
import type { Look } from '../rule/look.js';

/** What judging the way takes. */
export const DB_CONSULTS = [
  'pods',
  'databaseLadder',
  'secret',
  'logs',
  'previousLogs',
  'inPod',
  'networkPolicies',
  'deployment',
  'drift',
  'environment',
  'replicaSets',
] as const;
export type DbLook = Look<(typeof DB_CONSULTS)[number]>;

/** One pod's way, as far as it is known. */
export interface Way {
  pod: Pod;
  /** undefined: nothing was measured from inside it. */
  ladder: DatabaseLadder | undefined;
  /** Why nothing was measured. */
  why: string | undefined;
  /** The permission that it takes to measure. */
  access?: Access | undefined;
  host: HostLadder | undefined;
  /** The climb that counts: the last one to the host that got furthest. */
  climb: readonly RungResult[];
  /** The rung that was not taken. */
  stop: (RungResult & { error: NonNullable<RungResult['error']> }) | undefined;
  /** It came to an answer of `SELECT 1`. */
  through: boolean;
  /** What its log says since it last connected; the previous log's where no container runs. */
  logged: { errors: LoggedError[]; run: 'log' | 'previous log' };
}

/** The ways of the pods that count as replicas; none where the pods could not be read. */
export const waysOf = memoised((look: DbLook): readonly Way[] => {
  const pods = look.maybe('pods');
  return pods.ok ? podsToJudge(pods.value, look).map((pod) => wayOf(pod, look)) : [];
});

function wayOf(pod: Pod, look: DbLook): Way {
  const facts = look.maybe('databaseLadder');
  const all = facts.ok ? facts.value.pods : facts;
  const own = all.ok ? ofPod(all.value, pod.metadata.name)?.ladder : undefined;
  const logged = loggedOf(pod, look);
  const none = { host: undefined, climb: [], stop: undefined, through: false };
  if (!own?.ok) {
    const { detail, access } = (!all.ok ? all : own) ?? {
      detail: 'not among the pods that were looked into',
    };
    return { pod, ladder: undefined, why: detail, access, ...none, logged };
  }
  const ladder = own.value;
  const best = ladder.hosts
    .map((host) => ({ host, climb: host.climbs.at(-1) ?? [] }))
    // libpq takes the first host that works; where none does, the one that it came furthest with.
    .sort((a, b) => heightOf(b.climb) - heightOf(a.climb))[0];
  const climb = best?.climb ?? [];
  const last = climb.at(-1);
  const stop = last?.error ? { ...last, error: last.error } : undefined;
  const through = last?.rung === 'query' && last.error === undefined;
  return { pod, ladder, why: undefined, host: best?.host, climb, stop, through, logged };
}

/** How far a climb came; one rung higher where the last was taken. */
function heightOf(climb: readonly RungResult[]): number {
  const last = climb.at(-1);
  return last === undefined ? -1 : RUNGS.indexOf(last.rung) + (last.error === undefined ? 1 : 0);
}

function loggedOf(pod: Pod, look: DbLook): Way['logged'] {
  const { context } = look;
  const { name } = pod.metadata;
  const logs = look.maybe('logs');
  const log = logs.ok ? ofPod(logs.value, name)?.log : undefined;
  const current = log?.ok ? loggedErrors(sinceOf(log.value.lines, look), context.contract.database) : [];
  if (current.length > 0) return { errors: current, run: 'log' };
  // What a run said that has ended tells of now only where no later run says otherwise.
  if (log?.ok && log.value.lines.length > 0) return { errors: [], run: 'log' };
  const previous = look.maybe('previousLogs');
  const before = previous.ok ? ofPod(previous.value, name)?.log : undefined;
  const lines = before?.ok ? (before.value?.lines ?? []) : [];
  return { errors: loggedErrors(sinceOf(lines, look), context.contract.database), run: 'previous log' };
}

/** The lines themselves where none is left out: what was read of a log is kept for it. */
function sinceOf<T extends { at: string }>(lines: readonly T[], { options }: DbLook): readonly T[] {
  const { since } = options;
  return since === undefined ? lines : lines.filter(({ at }) => Date.parse(at) >= since);
}

/** How the way from this machine ends; undefined where it was not climbed. */
export const fromHere = memoised((look: DbLook): { through: boolean; stop: Way['stop'] } | undefined => {
  const facts = look.maybe('databaseLadder');
  if (!facts.ok || !facts.value.host.ok) return undefined;
  const climbs = facts.value.host.value.hosts.map(({ climbs: each }) => each.at(-1) ?? []);
  const [best] = climbs.sort((a, b) => heightOf(b) - heightOf(a));
  const last = best?.at(-1);
  if (last === undefined) return undefined;
  return {
    through: last.rung === 'query' && last.error === undefined,
    stop: last.error ? { ...last, error: last.error } : undefined,
  };
});

/**
 * Who was let in with the DATABASE_URL that the Secret has now: a pod, or this machine (no pod). Undefined: nobody, as far as is
 * known, or the container does not get its own from there.
 */
export const urlIsTaken = memoised((look: DbLook): { pod: string | undefined } | undefined => {
  const environment = look.maybe('environment');
  const source = environment.ok ? variableOf(environment.value, URL_VARIABLE)?.source : undefined;
  const { secret } = look.context.target.names;
  const isSecrets = source?.from === 'Secret' && source.name === secret && source.key === URL_VARIABLE;
  if (source !== undefined && !isSecrets) return undefined;
  const way = waysOf(look).find(({ through, ladder }) => through && ladder?.matchesSecret === true);
  if (way) return { pod: way.pod.metadata.name };
  return fromHere(look)?.through === true ? { pod: undefined } : undefined;
});
