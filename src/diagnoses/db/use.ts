/** Hop: what the application's log says of a database that can be reached: pools, schema, connections that were dropped. */
import { podRef } from '../../checks/shared.js';
import type { Why } from '../../evidence/evidence.js';
import type { LoggedError } from '../parse/database-error.js';
import { defineHop, broken, good, notReached, unclear, type CauseFinding } from '../tree.js';
import { DB_CONSULTS, waysOf, type DbLook, type Way } from './climb.js';
import { loggedFinding } from './findings.js';
import { causeOfProblem } from './wiring.js';
import { ofPod } from '../../computed/of-pod.js';
import { todoK8s } from '../../rule/command.js';

/** A container that does not run has no log: what it said stands in the one before. Of very many pods a sample is read. */
const NOT_MISSED: ReadonlySet<Why> = new Set(['failed', 'not-sampled']);

export const useHop = defineHop({
  id: 'use',
  asks: 'Can the application use it, by its own word?',
  proves: ['functional/database-logs'],
  reads: ['pods', 'logs'],
  consults: DB_CONSULTS,
  needs: ['cluster', 'deployment'],
  rulesOut: ['pool size', 'dropped connections', 'schema'],
  ask({ pods, logs }, look) {
    const ways = waysOf(pods, look);
    if (ways.length === 0) return notReached('no pod');
    const findings = ways.flatMap((way) => findingsOf(way, look));
    if (findings.some(({ severity }) => severity === undefined)) {
      return broken(findings[0]?.cause.replace('db/', '') ?? '', findings);
    }
    const unread = ways.flatMap(({ pod }) => {
      const log = ofPod(logs, pod.metadata.name)?.log;
      return log && !log.ok && !NOT_MISSED.has(log.why) ? [log.detail] : [];
    });
    if (unread.length > 0) return unclear(unread[0] ?? '');
    const stopped = ways.find(({ stop }) => stop !== undefined)?.stop;
    if (stopped) return notReached(`behind ${stopped.rung}`);
    const quiet = ways.every(({ logged }) => logged.errors.length === 0);
    return good(quiet ? 'no error since it connected' : 'an error, which is over', { findings });
  },
});

/** Errors in a session that came about; and older ones of the way, where the way is free now. */
function findingsOf(way: Way, look: DbLook): CauseFinding[] {
  return way.logged.errors.flatMap((error) => {
    // Words that are not known may be about the way as well: where it is free now, it was a passing fault.
    if (error.cause === 'db/other')
      return [way.through ? past(way, error, look) : loggedFinding(way, error, look)];
    if (
      error.place === 'use' ||
      error.cause === 'db/too-many-connections' ||
      error.cause === 'db/pool-exhausted'
    ) {
      return [loggedFinding(way, error, look)];
    }
    // Where nothing was measured the hop of that rung has told it; `url` has no rung of its own.
    if (error.place === 'url' && !way.through)
      return isSaidOfSecret(error, look) ? [] : [loggedFinding(way, error, look)];
    return way.through ? [past(way, error, look)] : [];
  });
}

/** The log's last word is an error, and a connection comes about at this moment. */
function past(way: Way, error: LoggedError, look: DbLook): CauseFinding {
  const finding = loggedFinding(way, error, look);
  return {
    ...finding,
    object: podRef(look.context.target, way.pod.metadata.name),
    severity: 'warning',
    verdict: 'likely',
    summary: `{pods}: the log’s last word on the database is an error, and the way to it is free now: it was a passing fault, or concerns a part of the requests.`,
    wouldConfirm: `a new error in the log: ${todoK8s(look.context, 'doctor', 'db --watch')}`,
    symptoms: ['functional/database-logs'],
  };
}

/** The Secret's value shows the same: told there, where it is to be fixed. */
function isSaidOfSecret({ cause }: LoggedError, { maybe }: DbLook): boolean {
  const secret = maybe('secret');
  const problems = secret.ok ? (secret.value?.databaseUrl?.problems ?? []) : [];
  return problems.some((problem) => causeOfProblem(problem) === cause);
}
