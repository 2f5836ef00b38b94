/** The form of what systems say: data, which a test feeds each row's example. Nothing is imported here. */

/** One way of saying something. */
export interface Words<Meaning extends string> {
  /** A fixed phrase: matching takes time linear in the text. */
  says: RegExp;
  /** Whose words: driver or server, with versions where they differ. */
  by: string;
  means: Meaning;
  /** As it was printed; the row must be the first of its list that recognises it. */
  example: string;
}

/** Whether one of the rows recognises the text. */
export function isSaid(rows: readonly Words<string>[], text: string): boolean {
  return rows.some(({ says }) => says.test(text));
}

/** Where on the way to a database something is said: a rung of the ladder, before it (`url`), or after it (`use`). */
export type WayPlace = 'url' | 'dns' | 'tcp' | 'ssl' | 'tls' | 'startup' | 'login' | 'query' | 'use';

/**
 * What an error of the database means: ids of causes. `statement`: the database does its work and refuses one statement
 * (a constraint, a value, a syntax error), which is the application's affair and no trouble of the connection.
 */
export type DatabaseMeaning =
  | `db/${
      | 'authentication-failed'
      | 'connection-dropped'
      | 'connection-refused'
      | 'database-missing'
      | 'disk-full'
      | 'dns-failure'
      | 'dns-wrong-host'
      | 'driver-mismatch'
      | 'endpoint-disabled'
      | 'endpoint-not-found'
      | 'ip-not-allowed'
      | 'network-unreachable'
      | 'not-accepting'
      | 'other'
      | 'parameter-refused'
      | 'permission-denied'
      | 'pool-exhausted'
      | 'pooler-incompatible'
      | 'quota-exceeded'
      | 'read-only'
      | 'schema-missing'
      | 'sni-missing'
      | 'sqlite'
      | 'sslmode-invalid'
      | 'statement-cancelled'
      | 'timeout'
      | 'tls-rejected'
      | 'tls-required'
      | 'too-many-connections'
      | 'transaction-aborted'
      | 'url-malformed'
      | 'waking'}`
  | 'statement';

export interface DatabaseWords extends Words<DatabaseMeaning> {
  place: WayPlace;
  /** Any system may say so: in a line of a log it counts where the database is spoken of beside it. */
  general?: true;
}
