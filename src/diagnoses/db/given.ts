/** How the container learns of its database. */
import type { EnvironmentFacts, VariableFacts } from '../../evidence/evidence.js';

const KEY = 'DATABASE_URL';
/** A connection string under another name than the contract's: the application reads that, then. */
const OTHER_URL =
  /^(?!.*(REDIS|MONGO|KAFKA|AMQP|RABBIT|BASE_URL|API_URL|FRONTEND|BACKEND|AUTH)).*(DATABASE|POSTGRES|PG|DB|NEON|SQL)\w*_(URL|URI|DSN)\d?$/i;
/** The host as a piece from which the application puts its connection together. */
const HOST_PIECE = /^((\w+_)?(DB|DATABASE|POSTGRES(QL)?)_(HOST|SERVER|HOSTNAME)|PGHOST)$/i;

/** `Secret db, key url`. */
export function sourceOf({ source }: VariableFacts): string {
  if (source.from === 'template') return 'the pod template';
  if (source.from === 'pod') return 'a field of the pod';
  return `${source.from} ${source.name}${source.key === KEY ? '' : `, key ${source.key}`}`;
}

/** How the container learns of its database where it gets no DATABASE_URL. */
export function otherWay({ variables }: Readonly<EnvironmentFacts>): string | undefined {
  if (variables.some(({ name }) => name === KEY)) return undefined;
  const given = variables.filter(({ blank }) => blank !== true);
  const url = given.find(({ name }) => OTHER_URL.test(name));
  const piece = given.find(({ name }) => HOST_PIECE.test(name));
  if (url) return `${url.name} in its place, from ${sourceOf(url)}`;
  return piece && `in pieces: ${piece.name} and others, from ${sourceOf(piece)}`;
}
