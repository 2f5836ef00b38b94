/** What an error's words and its SQLSTATE mean, by the vocabulary of drivers and servers. */
import { DATABASE_WORDS } from '../vocabulary/database.js';
import { SQLSTATES } from '../vocabulary/sqlstates.js';
import type { DatabaseMeaning, DatabaseWords, WayPlace } from '../vocabulary/vocabulary.js';

export interface DatabaseError {
  means: DatabaseMeaning;
  place: WayPlace;
}

/** Characters that are looked at: a list of attempts may be long. */
const LONGEST = 4000;

/** An answer of a server in a list of attempts. It is looked for first, since it may stand behind any number of failures. */
export function databaseWords(text: string): DatabaseWords | undefined {
  const words = text.slice(0, LONGEST);
  return DATABASE_WORDS.find(({ says }) => says.test(words));
}

/**
 * @param sqlstate where the words say nothing, or no more than that a server has answered
 * @returns undefined where neither is known
 */
export function databaseError(text: string, sqlstate?: string): DatabaseError | undefined {
  const found = databaseWords(text);
  if (found) return { means: found.means, place: found.place };
  const code = sqlstate ?? SQLSTATE.exec(text.slice(0, LONGEST))?.[1];
  return code !== undefined && Object.hasOwn(SQLSTATES, code) ? SQLSTATES[code] : undefined;
}

/** `SQLSTATE[28P01]`, `pgcode=28P01`, `code: '28P01'`; pg8000 has the fields of the server's message: `'C': '28P01'`. */
const SQLSTATE =
  /(?:\b(?:SQLSTATE|sqlstate|pgcode|code)(?:[:= ]{1,3}|\[)['"]?|['"]C['"]: ?['"])([0-9A-Z]{5})\b/;
