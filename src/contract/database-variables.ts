/** By which variables applications learn of their database, other than DATABASE_URL. By name alone; pure. */

export const URL_VARIABLE = 'DATABASE_URL';

/** A connection string under another name than the contract's: the application reads that, then. */
const OTHER_URL =
  /^(?!.*(REDIS|MONGO|KAFKA|AMQP|RABBIT|(?<!DATA)BASE_URL|API_URL|FRONTEND|BACKEND|AUTH)).*(DATABASE|POSTGRES|PG|DB|NEON|SQL)\w*_(URL|URI|DSN)\d?$/i;

/** What an application puts its connection together from. */
const PIECE =
  /^(?:(?:\w+_)?(?:DB|DATABASE|POSTGRES(?:QL)?)_(?:HOST|SERVER|HOSTNAME|PORT|USER(?:NAME)?|PASS(?:WORD)?|NAME|DB|SSLMODE)|PG(?:HOST|PORT|USER|PASSWORD|DATABASE|SSLMODE))$/i;

interface Named {
  name: string;
  /** Undefined: that cannot be told. */
  blank?: boolean | undefined;
}

/** In place of DATABASE_URL: another variable with a URL, or pieces, of which one is the host. */
export type OtherWay<V> = { url: V } | { host: V; pieces: V[] };

/** What else than DATABASE_URL, which is there, an application may connect by; those that are empty are none. */
export function besideUrl<V extends Named>(variables: readonly V[]): V[] {
  if (!variables.some(({ name }) => name === URL_VARIABLE)) return [];
  const given = variables.filter(({ name, blank }) => name !== URL_VARIABLE && blank !== true);
  const urls = given.filter(({ name }) => OTHER_URL.test(name));
  return urls.length > 0 ? urls : given.filter(({ name }) => PIECE.test(name));
}

/** @param variables of the container; those that are empty are none @returns undefined where there is a DATABASE_URL, or nothing else */
export function otherWayOf<V extends Named>(variables: readonly V[]): OtherWay<V> | undefined {
  if (variables.some(({ name }) => name === URL_VARIABLE)) return undefined;
  const given = variables.filter(({ blank }) => blank !== true);
  const url = given.find(({ name }) => OTHER_URL.test(name));
  if (url) return { url };
  const pieces = given.filter(({ name }) => PIECE.test(name));
  const host = pieces.find(({ name }) => /HOST|SERVER/i.test(name));
  return host && { host, pieces };
}
