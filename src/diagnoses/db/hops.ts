/** Hops from a name to an answer: where the way from the pods to the database ends. */
import { count } from '../../count.js';

import type { Rung } from '../../evidence/deep-facts.js';
import type { Place } from '../parse/database-error.js';
import { observed } from '../seen.js';
import { podRef } from '../../checks/shared.js';
import { rulesOf } from '../../causes/index.js';
import { backendStatus } from '../look.js';
import { advise, run } from '../fixes.js';
import { findingsOf } from '../step.js';
import {
  broken,
  defineHop,
  good,
  notReached,
  skipped,
  unclear,
  type Answer,
  type CauseFinding,
} from '../tree.js';
import { RUNGS } from '../../evidence/outcomes.js';
import { DB_CONSULTS, waysOf, type DbLook, type Way } from './climb.js';
import { loggedFinding, stopFinding } from './findings.js';
import { otherWay } from './given.js';
import { staleFinding } from './stale.js';

interface RungHop {
  id: string;
  asks: string;
  /** The rungs of the climb that this hop stands for. */
  rungs: readonly Rung[];
  rulesOut: readonly string[];
  /** What to add where it is good. */
  more?: (ways: readonly Way[], look: DbLook) => CauseFinding[];
}

function rungHop({ id, asks, rungs, rulesOut, more }: RungHop) {
  return defineHop({
    id,
    asks,
    reads: ['pods'],
    consults: DB_CONSULTS,
    needs: ['cluster', 'deployment', 'env', 'secret'],
    rulesOut,
    ask({ pods }, look) {
      const environment = look.maybe('environment');
      const other = environment.ok ? otherWay(environment.value) : undefined;
      // What was looked for inside is DATABASE_URL; of another way only the log speaks.
      const ways = waysOf(pods, look).map((way) =>
        other === undefined ? way : { ...way, ladder: undefined, stop: undefined },
      );
      const findings = [
        ...(id === 'dns' ? findingsOf(rulesOf('db/pod-dns-config'), { pods }, look) : []),
        ...ways.flatMap((way) => findingOf(way, rungs, look) ?? []),
      ];
      if (findings.length > 0) return broken(findings[0]?.cause.replace('db/', '') ?? '', findings);
      if (other !== undefined) return skipped('there is no DATABASE_URL to try');
      return answerWithout(ways, rungs, look, more);
    },
  });
}

/** What one pod's way says about these rungs, by measurement, else by its log. */
function findingOf(way: Way, rungs: readonly Rung[], look: DbLook): CauseFinding | undefined {
  const { stop, ladder, logged } = way;
  if (rungs.includes('dns') && (ladder?.url === 'missing' || ladder?.url === 'empty'))
    return unsetFinding(way, ladder.url, look);
  // What this program would not or could not do says nothing about the application.
  const isOurs = stop?.error.kind === 'withheld' || stop?.error.kind === 'unsupported';
  if (stop && !isOurs && rungs.includes(stop.rung)) return stopFinding(way, stop, look);
  if (ladder !== undefined) return undefined;
  const [newest] = logged.errors;
  const isHere = (place: Place) => (rungs as readonly Place[]).includes(place);
  return newest && isHere(newest.place) ? loggedFinding(way, newest, look) : undefined;
}

/** The container runs without a URL, whatever the Secret has now: it was filled after its start, or something takes it away. */
function unsetFinding(way: Way, url: 'missing' | 'empty', look: DbLook): CauseFinding {
  const { target } = look.context;
  const { name } = way.pod.metadata;
  const stale = staleFinding(way, look);
  if (stale) return stale;
  const object = podRef(target, name);
  return {
    cause: 'db/url-missing',
    verdict: 'confirmed',
    object,
    pods: [name],
    summary: `{pods}: the container runs ${url === 'missing' ? 'without a DATABASE_URL' : 'with an empty DATABASE_URL'}; what its pod template refers to has one now, so it was put there after the start, or the start command takes it away.`,
    evidence: [
      observed(
        'environment inside the pod',
        object,
        `DATABASE_URL is ${url === 'missing' ? 'not set' : 'empty'}`,
      ),
    ],
    fix: [
      run(
        look.context,
        'Restart the pods, so that they take the value that is there now.',
        `rollout restart deployment/${target.names.deployment}`,
      ),
    ],
  };
}

/** What a rung says that has nothing else to tell. */
const PASSED: Partial<Record<Rung, string>> = {
  dns: 'resolved',
  tcp: 'connected',
  query: 'SELECT 1 answered',
};

function answerWithout(
  ways: readonly Way[],
  rungs: readonly Rung[],
  look: DbLook,
  more: RungHop['more'],
): Answer {
  const measured = ways.filter(({ ladder }) => ladder !== undefined);
  if (measured.length === 0) return unmeasured(ways, look);
  const top = Math.max(...rungs.map((rung) => RUNGS.indexOf(rung)));
  const crossed = measured.filter(
    ({ climb }) =>
      climb.some(({ rung, error }) => RUNGS.indexOf(rung) >= top && error === undefined) ||
      isBeyond(climb, top),
  );
  if (crossed.length > 0) {
    const own = crossed.flatMap(({ climb }) => climb.filter(({ rung }) => rungs.includes(rung)));
    const ms = Math.max(
      0,
      ...crossed.map(({ climb }) => sum(climb.filter(({ rung }) => rungs.includes(rung)))),
    );
    const detail = own.map(({ detail: each }) => each).find((each) => each !== '') ?? '';
    const words = `${detail === '' ? (PASSED[rungs[0] ?? 'query'] ?? 'good') : detail} from ${count(crossed.length, 'pod')}`;
    return good(own.length === 0 ? 'not asked for' : words, {
      ...(own.length > 0 && { ms }),
      findings: more?.(crossed, look) ?? [],
    });
  }
  const [first] = measured;
  if (first?.stop && !['withheld', 'unsupported'].includes(first.stop.error.kind)) {
    return notReached(`behind ${first.stop.rung}`);
  }
  const reason =
    first?.stop?.error.text ??
    (first?.ladder?.url === 'ok' || first?.ladder?.url === 'not-read'
      ? first.ladder.unmeasured[0]?.reason
      : undefined);
  if (reason === undefined) return notReached('the DATABASE_URL cannot be used');
  // The application's own word stands for what could not be measured.
  return look.check('functional/database-logs')?.status === 'pass'
    ? skipped(`not measured: ${reason}`)
    : unclear(`the way to the database was not measured to its end: ${reason}`);
}

/** A rung that is not part of this way (no TLS asked for) is crossed with the next one. */
function isBeyond(climb: Way['climb'], top: number): boolean {
  return climb.some(({ rung }) => RUNGS.indexOf(rung) > top);
}

function sum(rungs: Way['climb']): number {
  return rungs.reduce((total, { ms }) => total + ms, 0);
}

/** Nothing was measured from inside: by choice, because no container runs, or because it could not be. */
function unmeasured(ways: readonly Way[], look: DbLook): Answer {
  const [first] = ways;
  if (first === undefined) return notReached('no pod');
  const facts = look.maybe('databaseLadder');
  if (facts.ok && !facts.value.pods.ok && facts.value.pods.why === 'not-collected') {
    return skipped(facts.value.pods.detail);
  }
  if (ways.every(({ pod }) => !runs(pod, look))) return notReached('no container runs');
  return unclear(
    `the way to the database could not be measured from inside: ${first.why ?? 'no reason given'}`,
  );
}

function runs(pod: Way['pod'], { context }: DbLook): boolean {
  return backendStatus(pod, context)?.status.state?.running !== undefined;
}

export const dnsHop = rungHop({
  id: 'dns',
  asks: 'Do the pods resolve the database’s host?',
  rungs: ['dns'],
  rulesOut: ['DNS'],
});

export const tcpHop = rungHop({
  id: 'tcp',
  asks: 'Is there a connection?',
  rungs: ['tcp'],
  rulesOut: ['egress policy', 'port'],
});

export const tlsHop = rungHop({
  id: 'tls',
  asks: 'Does TLS work as the URL asks for it?',
  rungs: ['ssl', 'tls'],
  rulesOut: ['TLS'],
});

export const loginHop = rungHop({
  id: 'login',
  asks: 'Does the server accept database, user and password?',
  rungs: ['startup', 'login'],
  rulesOut: ['password', 'connection limit'],
  more: (ways, look) => ways.flatMap((way) => staleButFine(way, look) ?? []),
});

export const queryHop = rungHop({
  id: 'query',
  asks: 'Does it answer SELECT 1?',
  rungs: ['query'],
  rulesOut: [],
  more: (ways, look) => ways.flatMap((way) => waking(way, look) ?? []),
});

/** An old value that still works: it will not forever. Pods that a rollout is about to replace do not count. */
function staleButFine(way: Way, look: DbLook): CauseFinding | undefined {
  const sets = look.maybe('replicaSets');
  const newest = sets.ok ? sets.value[0]?.metadata.uid : undefined;
  const isNewest = way.pod.metadata.ownerReferences?.some(({ uid }) => uid === newest) === true;
  if (way.ladder?.matchesSecret !== false || (newest !== undefined && !isNewest)) return undefined;
  const stale = staleFinding(way, look);
  return stale && { ...stale, severity: 'warning' };
}

/** Milliseconds from which on a first answer counts as slow, and by how much more than the second. */
const SLOW_MS = 1000;
const SLOWER = 4;

/** The first climb slow or refused, the second one quick. */
function waking(way: Way, look: DbLook): CauseFinding | undefined {
  const [first, second] = way.host?.climbs ?? [];
  if (first === undefined || second === undefined || !way.through) return undefined;
  const failed = first.at(-1)?.error;
  const [cold, warm] = [sum(first), sum(second)];
  if (failed === undefined && !(cold > SLOW_MS && cold > SLOWER * warm)) return undefined;
  const object = podRef(look.context.target, way.pod.metadata.name);
  return {
    cause: 'db/waking',
    verdict: 'confirmed',
    object,
    pods: [way.pod.metadata.name],
    summary: `{pods}: the database ${failed ? 'refused the first connection and accepted the second' : `took ${(cold / 1000).toFixed(1)} s for the first connection, and not for the second`}: it had been suspended.`,
    evidence: [
      observed('measured inside the pod', object, `first ${failed?.text ?? `${cold} ms`}, then ${warm} ms`),
    ],
    fix: [advise('Give connections 10 s and a retry, or turn autosuspend off in the database’s console.')],
  };
}
