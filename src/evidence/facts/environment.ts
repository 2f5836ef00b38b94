import { lintDatabaseUrl } from '../database-url.js';
import { URL_VARIABLE } from '../../contract/database-variables.js';
import { environmentFacts } from '../environment.js';
import type { EnvironmentFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';

/** The environment that the backend's container is started with, as the kubelet puts it together. */
export async function readEnvironment(context: FactContext): Promise<EnvironmentFacts> {
  const environment = await context.environment();
  const url = environment.variables.get(URL_VARIABLE)?.value;
  return environmentFacts(environment, url === undefined ? undefined : lintDatabaseUrl(url));
}
