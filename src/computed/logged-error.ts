/** What an error of the database means to the doctor: its cause, and where on the way to the database it arises. */
import { databaseError } from './database-error.js';
import { readLog } from './log-reading.js';
import type { Contract } from '../contract/contract.js';
import type { LogLine } from '../evidence/evidence.js';
import type { DatabaseMeaning, WayPlace } from '../vocabulary/vocabulary.js';

/** A cause that words can show. */
export type DbCause = Exclude<DatabaseMeaning, 'statement'>;

export interface DatabaseError {
  cause: DbCause;
  place: WayPlace;
}

export interface LoggedError extends DatabaseError {
  line: LogLine;
  /** All that is said of it, with what an exception goes on to say. */
  words: string;
  /** File and line of the application's own code, where a traceback tells. */
  raisedAt: string | undefined;
  /** How many events of the log say the same. */
  count: number;
}

/** A statement that the database refuses is told as it is said. */
function causeOf(means: DatabaseMeaning): DbCause {
  return means === 'statement' ? 'db/other' : means;
}

/** The cause behind an error's words; undefined where they are not known. */
export function errorOnWay(words: string, sqlstate?: string): DatabaseError | undefined {
  const error = databaseError(words, sqlstate);
  return error && { cause: causeOf(error.means), place: error.place };
}

/**
 * Database errors that a log tells since the last successful connection, newest first, one of each cause; those that are
 * not known by their words come last.
 * @param database the contract's patterns for a connection and for an error
 */
export function loggedErrors(lines: readonly LogLine[], database: Contract['database']): LoggedError[] {
  const found = new Map<DbCause, LoggedError>();
  for (const { means, place, line, words, raisedAt } of readLog(lines, database).current) {
    const cause = causeOf(means);
    const count = (found.get(cause)?.count ?? 0) + 1;
    // Put in again, so that the newest comes last.
    found.delete(cause);
    found.set(cause, { cause, place, line, words, raisedAt, count });
  }
  const newest = [...found.values()].reverse();
  return [
    ...newest.filter(({ cause }) => cause !== 'db/other'),
    ...newest.filter(({ cause }) => cause === 'db/other'),
  ];
}
