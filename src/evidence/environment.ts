/** The container's effective environment as a fact: where each variable comes from, and never its value. */
import { URL_VARIABLE } from '../contract/database-variables.js';
import { containerName } from '../contract/target.js';
import {
  effectiveEnvironment,
  referredObjects,
  type EffectiveEnvironment,
  type EnvironmentSpec,
  type SourceData,
  type SourceKind,
  type Variable,
} from '../kube/effective-environment.js';
import { keptIn } from './border/read.js';
import type {
  ConfigMapFacts,
  DatabaseUrlFacts,
  EnvironmentFacts,
  SecretFacts,
  VariableFacts,
} from './evidence.js';
import type { FactContext } from './fact-context.js';
import type { Container, Deployment } from './objects.js';

/** The backend's container: the one of this name, else the first, as everywhere in the reader. */
export function templateContainer({ spec }: Pick<Deployment, 'spec'>, name: string): Container | undefined {
  const { containers } = spec.template.spec;
  return containers.find((container) => container.name === name) ?? containers[0];
}

/**
 * Resolves every reference of the template. The objects that a run reads anyway are read once; what the template refers
 * to beside them costs a call each. A source that cannot be read leaves its variables unknown.
 */
export async function resolveEnvironment(context: FactContext): Promise<EffectiveEnvironment> {
  const deployment = await context.rawDeployment();
  if (deployment) keptIn(context, [deployment], ['spec', 'template']);
  const container = (deployment && templateContainer(deployment, containerName(context))) ?? {};
  const environment = await environmentOfContainer(context, container, () => 'unread');
  context.signal.throwIfAborted();
  return environment;
}

/**
 * What a container of the namespace is started with.
 * @param orElse what stands for an object that cannot be read; may throw
 */
export async function environmentOfContainer(
  context: FactContext,
  container: EnvironmentSpec,
  orElse: (error: unknown) => SourceData,
): Promise<EffectiveEnvironment> {
  const sources = new Map<string, SourceData>();
  const read = async (kind: SourceKind, name: string): Promise<SourceData> => {
    if (kind === 'Secret') {
      const secret = await context.rawSecret(name);
      if (secret) keptIn(context, [secret]);
      return secret?.values ?? 'absent';
    }
    const configMap = await context.rawConfigMap(name);
    if (configMap) keptIn(context, [configMap]);
    return configMap === undefined ? 'absent' : new Map(Object.entries(configMap.data ?? {}));
  };
  await Promise.all(
    referredObjects(container).map(async ({ kind, name }) => {
      sources.set(`${kind}/${name}`, await read(kind, name).catch(orElse));
    }),
  );
  return effectiveEnvironment(container, (kind, name) => sources.get(`${kind}/${name}`) ?? 'absent');
}

/** @param databaseUrl what may be told of the value of DATABASE_URL */
export function environmentFacts(
  environment: EffectiveEnvironment,
  databaseUrl: DatabaseUrlFacts | undefined,
): EnvironmentFacts {
  return {
    variables: [...environment.variables.values()].map(factsOf),
    missing: environment.missing,
    unread: environment.unread,
    skippedKeys: environment.skippedKeys,
    databaseUrl,
  };
}

function factsOf({ name, value, source, field, optional, hides }: Variable): VariableFacts {
  const length = value === undefined ? undefined : Array.from(value).length;
  return {
    name,
    source,
    field,
    optional,
    hides,
    length,
    blank: value === undefined ? undefined : value.trim() === '',
    ...paddingOf(value ?? ''),
  };
}

/** White space around a value that is not all white space, where there is some. */
export function paddingOf(value: string): { padding?: number } {
  const padding = Array.from(value).length - Array.from(value.trim()).length;
  return padding === 0 || value.trim() === '' ? {} : { padding };
}

/**
 * The same from facts that were recorded before this one was: lengths stand for values, so that whatever is put
 * together with `$(NAME)` is only as long as its parts.
 */
export function environmentOfFacts(
  deployment: Deployment | undefined,
  configMap: ConfigMapFacts | undefined,
  secret: SecretFacts | undefined,
  name: string,
): EnvironmentFacts {
  const container = deployment && templateContainer(deployment, name);
  const lookup = (kind: SourceKind, name: string): SourceData => {
    if (kind === 'ConfigMap' && name === configMap?.name) return new Map(Object.entries(configMap.data));
    if (kind === 'Secret' && name === secret?.name)
      return new Map(
        secret.keys.map(({ key, length, blank, padding = 0 }) => [
          key,
          blank ? ' '.repeat(length) : 'x'.repeat(length - padding) + ' '.repeat(padding),
        ]),
      );
    return 'unread';
  };
  const visible = {
    envFrom: container?.envFrom,
    env: container?.env?.map((entry) => (entry.hidden ? { ...entry, value: unhidden(entry.value) } : entry)),
  };
  const environment = effectiveEnvironment(visible, lookup);
  const source = environment.variables.get(URL_VARIABLE)?.source;
  return environmentFacts(
    environment,
    source?.from === 'Secret' && source.name === secret?.name ? secret.databaseUrl : undefined,
  );
}

/** As long as what was hidden. */
function unhidden(value = ''): string {
  return 'x'.repeat(Number(/\(value hidden, (\d+) characters?\)/.exec(value)?.[1] ?? value.length));
}
