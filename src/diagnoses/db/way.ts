/** Steps from a name to an answer, and what the application says of it: where the way from the pods to the database ends. */
import { rulesOf } from '../../causes/index.js';
import { ofPod } from '../../computed/of-pod.js';
import { count } from '../../count.js';
import type { Rung } from '../../evidence/deep-facts.js';
import type { Why } from '../../evidence/evidence.js';
import { backendStatus } from '../../computed/judged-pods.js';
import { defineStep, nameOf } from '../step.js';
import {
  broken,
  good,
  notReached,
  skipped,
  unclear,
  unreadable,
  type Answer,
  type CauseFinding,
} from '../tree.js';
import { DB_CONSULTS, waysOf, type DbLook, type Way } from '../../computed/database-ways.js';
import {
  crossedWays,
  durationOf,
  isOtherWay,
  rungsOf,
  triedWays,
  troublesAt,
} from '../../computed/database-trouble.js';

/** What the pod template shows by itself. */
const OF_TEMPLATE = rulesOf('db/host-alias', 'db/pod-dns-config', 'db/url-hardcoded');

/** A cause that shows at one rung may show at each: a line of the log, or the server, says where it arises. */
const ON_THE_WAY = rulesOf('db/').filter((rule) => !OF_TEMPLATE.includes(rule));

interface RungStep {
  id: string;
  asks: string;
  rulesOut: readonly string[];
  /** What to ask before. */
  before?: typeof ON_THE_WAY;
}

function rungStep({ id, asks, rulesOut, before = [] }: RungStep) {
  return defineStep({
    id,
    asks,
    reads: ['pods'],
    consults: DB_CONSULTS,
    needs: ['cluster', 'deployment', 'env', 'secret'],
    rulesOut,
    rules: [...before, ...ON_THE_WAY],
    answer(_, look, unordered) {
      const findings = inOrder(unordered, look);
      if (findings.some(({ severity }) => severity !== 'warning')) return broken(nameOf(findings), findings);
      if (isOtherWay(look)) return skipped('there is no DATABASE_URL to try');
      return answerWithout(findings, look);
    },
  });
}

/** In the order of the pods, and of what each one's log says; first what concerns all of them. */
function inOrder(findings: readonly CauseFinding[], look: DbLook): CauseFinding[] {
  const keyOf = (cause: string, pod = '') => `${cause} ${pod}`;
  const places = new Map(
    troublesAt(look).map(({ means, way }, index) => [keyOf(means, way.pod.metadata.name), index]),
  );
  const placeOf = ({ cause, pods }: CauseFinding) => places.get(keyOf(cause, pods?.[0])) ?? -1;
  return [...findings].sort((a, b) => placeOf(a) - placeOf(b));
}

/** What a rung says that has nothing else to tell. */
const PASSED: Partial<Record<Rung, string>> = {
  dns: 'resolved',
  tcp: 'connected',
  query: 'SELECT 1 answered',
};

function answerWithout(findings: readonly CauseFinding[], look: DbLook): Answer {
  const ways = triedWays(look);
  const rungs = rungsOf(look.step);
  const measured = ways.filter(({ ladder }) => ladder !== undefined);
  if (measured.length === 0) return unmeasured(ways, look);
  const crossed = crossedWays(ways, rungs);
  if (crossed.length > 0) {
    const climbs = crossed.map(({ climb }) => climb.filter(({ rung }) => rungs.includes(rung)));
    const own = climbs.flat();
    const detail = own.map(({ detail: each }) => each).find((each) => each !== '') ?? '';
    const words = `${detail === '' ? (PASSED[rungs[0] ?? 'query'] ?? 'good') : detail} from ${count(crossed.length, 'pod')}`;
    return good(own.length === 0 ? 'not asked for' : words, {
      ...(own.length > 0 && { ms: Math.max(...climbs.map(durationOf)) }),
      findings,
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
    [],
    first.access,
  );
}

function runs(pod: Way['pod'], { context }: DbLook): boolean {
  return backendStatus(pod, context)?.status.state?.running !== undefined;
}

export const dnsHop = rungStep({
  id: 'dns',
  asks: 'Do the pods resolve the database’s host?',
  rulesOut: ['DNS'],
  before: rulesOf('db/host-alias', 'db/pod-dns-config'),
});

export const tcpHop = rungStep({
  id: 'tcp',
  asks: 'Is there a connection?',
  rulesOut: ['egress policy', 'port'],
});

export const tlsHop = rungStep({
  id: 'tls',
  asks: 'Does TLS work as the URL asks for it?',
  rulesOut: ['TLS'],
});

export const loginHop = rungStep({
  id: 'login',
  asks: 'Does the server accept database, user and password?',
  rulesOut: ['password', 'connection limit'],
});

export const queryHop = rungStep({
  id: 'query',
  asks: 'Does it answer SELECT 1?',
  rulesOut: [],
});

/** A container that does not run has no log: what it said stands in the one before. Of very many pods a sample is read. */
const NOT_MISSED: ReadonlySet<Why> = new Set(['failed', 'not-sampled']);

export const useHop = defineStep({
  id: 'use',
  asks: 'Can the application use it, by its own word?',
  proves: ['functional/database-logs'],
  reads: ['pods', 'logs'],
  consults: DB_CONSULTS,
  needs: ['cluster', 'deployment'],
  rulesOut: ['pool size', 'dropped connections', 'schema'],
  rules: ON_THE_WAY,
  answer({ logs }, look, unordered) {
    const ways = waysOf(look);
    if (ways.length === 0) return notReached('no pod');
    const findings = inOrder(unordered, look);
    if (findings.some(({ severity }) => severity === undefined)) return broken(nameOf(findings), findings);
    const [unread] = ways.flatMap(({ pod }) => {
      const log = ofPod(logs, pod.metadata.name)?.log;
      return log && !log.ok && !NOT_MISSED.has(log.why) ? [log] : [];
    });
    if (unread) return unreadable(unread);
    const stopped = ways.find(({ stop }) => stop !== undefined)?.stop;
    if (stopped) return notReached(`behind ${stopped.rung}`);
    const quiet = ways.every(({ logged }) => logged.errors.length === 0);
    return good(quiet ? 'no error since it connected' : 'an error, which is over', { findings });
  },
});
