import { createHash, timingSafeEqual } from 'node:crypto';
import { conventionalSecret } from '../../contract/frontend.js';
import type { EffectiveEnvironment } from '../../kube/effective-environment.js';
import { keptIn } from '../border/read.js';
import type { FrontendFacts } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';
import { frontendEnvironments } from '../frontend.js';
import { readSecret } from '../raw-secret.js';

/** Whether a frontend stands beside the backend, and signs with the same secret. Where discovery found none, nothing is asked. */
export async function readFrontend(context: FactContext): Promise<FrontendFacts> {
  const deployment = await context.rawFrontend();
  if (deployment === undefined) return ofSecretAlone(context);
  keptIn(context, [deployment], ['spec', 'template']);
  const environments = await frontendEnvironments(context, deployment);
  return { installed: true, ...(await signing(context, environments)) };
}

/** A Secret of the conventional name, without a Deployment that says what it takes from where. */
async function ofSecretAlone(context: FactContext): Promise<FrontendFacts> {
  const { frontend } = context.options;
  const name = frontend ? frontend.secret : conventionalSecret(context.target.names.deployment);
  const secret =
    name === undefined ? undefined : await readSecret(context, namespaced(context, `secrets/${name}`));
  if (secret === undefined || name === undefined)
    return { installed: false, secretName: undefined, authSecretMatches: undefined };
  keptIn(context, [secret]);
  const value = secret.values.get(context.contract.secrets.authSecretKey);
  const authSecretMatches = value === undefined ? undefined : await matches(context, value);
  return { installed: true, secretName: name, authSecretMatches };
}

/** Where the frontend's signing secret comes from, and whether it is the backend's. */
async function signing(
  context: FactContext,
  environments: readonly EffectiveEnvironment[],
): Promise<Pick<FrontendFacts, 'secretName' | 'authSecretMatches' | 'signs' | 'missing'>> {
  const key = context.contract.secrets.authSecretKey;
  const variable = environments.flatMap(({ variables }) => variables.get(key) ?? [])[0];
  if (variable === undefined) {
    const imported = environments.flatMap((each) => each.missing).filter(({ optional }) => !optional);
    const own = imported.find((each) => each.variable === key || each.variable === undefined);
    const missing = own?.kind === 'Secret' ? { name: own.name, key: own.key } : undefined;
    return {
      secretName: missing?.name,
      authSecretMatches: undefined,
      ...(missing ? { missing } : { signs: false }),
    };
  }
  const { value, source } = variable;
  const isSecret = source.from === 'Secret';
  if (value !== undefined) context.hider.learn(value);
  return {
    secretName: isSecret ? source.name : undefined,
    authSecretMatches: value === undefined ? undefined : await matches(context, value),
  };
}

/** In constant time, so that not even the time that it takes tells anything. */
async function matches(context: FactContext, frontend: string): Promise<boolean | undefined> {
  const key = context.contract.secrets.authSecretKey;
  const { variables } = await context.environment();
  const backend = variables.get(key)?.value ?? (await context.backendSecret())?.values.get(key);
  if (backend === undefined) return undefined;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(frontend), digest(backend));
}
