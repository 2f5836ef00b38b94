/** What puts several causes of the database right. */
import type { CheckContext } from '../../rule/context.js';
import type { Fix } from '../../rule/diagnosis.js';
import { otherWayOf, URL_VARIABLE, type OtherWay } from '../../contract/database-variables.js';
import type { VariableFacts } from '../../evidence/evidence.js';
import type { DbLook } from '../../computed/database-ways.js';
import { sourceOf } from '../../computed/database-given.js';
import { advise, inTemplate, setEnvArguments, setKeys, show } from '../../fixes/described.js';

/**
 * Writes another URL where the container takes it from, whatever its variable is called; of an application that puts its
 * connection together the variables are named, and nothing is written.
 * @param hint what to write, in sentences
 */
export function newUrl(look: DbLook, hint: string): Fix {
  const { context } = look;
  const other = otherWayIn(look);
  if (isInTemplate(look)) {
    const { secret } = context.target.names;
    return inTemplate(
      context,
      `${hint} Take the value out of the pod template, which hides the one that Secret ${secret} has.`,
      setEnvArguments(context, `${URL_VARIABLE}-`),
    );
  }
  if (other === undefined) return under(hint, setKeys(context, [URL_VARIABLE]));
  if ('url' in other) {
    const { name, source } = other.url;
    return source.from === 'Secret'
      ? under(hint, setKeys(context, [{ secret: source.name, key: source.key }]))
      : advise(`${hint} It is ${name}, from ${sourceOf(other.url)}.`);
  }
  const pieces = other.pieces.map((piece) => `${piece.name} (from ${sourceOf(piece)})`).join(', ');
  return advise(`${hint} The application has it in pieces: ${pieces}. Then restart its pods.`);
}

/** The pod template has a value of its own, and the Secret has one, too. */
function isInTemplate({ maybe }: DbLook): boolean {
  const [environment, secret] = [maybe('environment'), maybe('secret')];
  if (!environment.ok || !secret.ok) return false;
  const own = environment.value.variables.find(({ name }) => name === URL_VARIABLE);
  return own?.source.from === 'template' && secret.value?.databaseUrl !== undefined;
}

function under(hint: string, fix: Fix): Fix {
  return { ...fix, description: `${hint} ${fix.description}` };
}

/** What holds the connection string, or the pieces of it, in a sentence. */
export function urlInWords(look: DbLook): string {
  const other = otherWayIn(look);
  if (other === undefined) return `the ${URL_VARIABLE}`;
  return 'url' in other ? other.url.name : 'the application’s configuration';
}

/** The container learns of its database by DATABASE_URL, as far as is known. */
export function isTheUrl(look: DbLook): boolean {
  return otherWayIn(look) === undefined;
}

/** Where the password stands, in a sentence. */
export function passwordPlace(look: DbLook): string {
  return isTheUrl(look) ? `Secret ${look.context.target.names.secret}` : urlInWords(look);
}

function otherWayIn({ maybe }: DbLook): OtherWay<VariableFacts> | undefined {
  const environment = maybe('environment');
  return environment.ok ? otherWayOf(environment.value.variables) : undefined;
}

export const copyAgain = (look: DbLook): Fix =>
  newUrl(look, 'Copy the connection string again from the database’s console.');

export const asDriverWants = (look: DbLook): Fix => newUrl(look, 'Write the URL as the driver wants it.');

/** What the application has to say. */
export function readLogs(context: CheckContext): Fix {
  return show(
    context,
    'Read what the application says at that moment.',
    `logs deployment/${context.target.names.deployment} --all-pods=true --since=10m`,
  );
}

export const FREE_THE_WAY = 'Check firewalls, routes and allow lists between the cluster and the database.';
