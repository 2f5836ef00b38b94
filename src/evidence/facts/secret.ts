import { lintDatabaseUrl } from '../database-url.js';
import type { SecretFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { URL_VARIABLE } from '../../contract/database-variables.js';
import { paddingOf } from '../environment.js';
import type { ObjectMeta } from '../objects.js';

/** What may be told of the backend's Secret. */
export async function readSecretFacts(context: FactContext): Promise<SecretFacts | undefined> {
  const secret = await context.backendSecret();
  if (secret === undefined) return undefined;
  return {
    name: secret.metadata.name,
    labels: secret.metadata.labels ?? {},
    type: secret.type,
    keys: [...secret.values].map(([key, value]) => ({
      key,
      length: Array.from(value).length,
      blank: value.trim() === '',
      ...paddingOf(value),
    })),
    databaseUrl: lintDatabaseUrl(secret.values.get(context.target.urlKey ?? URL_VARIABLE)),
    dataChangedAt: dataChangedAt(secret.metadata),
    deletionTimestamp: secret.metadata.deletionTimestamp,
  };
}

/** Newest write to `.data`: managedFields has one entry for each writer, with what it owns and when it last wrote. */
function dataChangedAt({ managedFields, creationTimestamp }: ObjectMeta): string | undefined {
  const times = (managedFields ?? [])
    .filter(({ fieldsV1 }) => fieldsV1 !== undefined && ('f:data' in fieldsV1 || 'f:stringData' in fieldsV1))
    .flatMap(({ time }) => (time === undefined ? [] : [time]));
  return times.sort().at(-1) ?? (managedFields === undefined ? undefined : creationTimestamp);
}
