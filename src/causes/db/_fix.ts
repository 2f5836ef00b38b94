/** What puts several causes of the database right. */
import type { CheckContext } from '../../rule/context.js';
import type { Fix } from '../../rule/diagnosis.js';
import { setKeys, show } from '../../diagnoses/fixes.js';

/** Writes another URL where the container takes it from. @param hint what to write, in sentences */
export function newUrl(context: CheckContext, hint: string): Fix {
  const fix = setKeys(context, ['DATABASE_URL']);
  return { ...fix, description: `${hint} ${fix.description}` };
}

export const copyAgain = (context: CheckContext): Fix =>
  newUrl(context, 'Copy the connection string again from the database’s console.');

export const asDriverWants = (context: CheckContext): Fix =>
  newUrl(context, 'Write the URL as the driver wants it.');

/** What the application has to say. */
export function readLogs(context: CheckContext): Fix {
  return show(
    context,
    'Read what the application says at that moment.',
    `logs deployment/${context.target.names.deployment} --all-pods=true --since=10m`,
  );
}

export const FREE_THE_WAY = 'Check firewalls, routes and allow lists between the cluster and the database.';
