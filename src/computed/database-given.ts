/** How the container learns of its database, and what is behind it. */
import type { CheckContext } from '../rule/context.js';
import type { ObjectRef } from '../rule/finding.js';
import { backendContainer } from './template-container.js';
import { entryOf, importsOf } from './template-environment.js';
import { placeOf, variableOf } from './variable-place.js';
import { otherWayOf, URL_VARIABLE } from '../contract/database-variables.js';
import type { EnvironmentFacts, SecretFacts, VariableFacts } from '../evidence/evidence.js';
import type { Deployment } from '../evidence/objects.js';

export const KEY = URL_VARIABLE;

/** `Secret db, key url`. */
export function sourceOf({ source }: VariableFacts): string {
  if (source.from === 'template') return 'the pod template';
  if (source.from === 'pod') return 'a field of the pod';
  return `${source.from} ${source.name}${source.key === KEY ? '' : `, key ${source.key}`}`;
}

/** How the container learns of its database where it gets no DATABASE_URL. */
export function otherWay({ variables }: Readonly<EnvironmentFacts>): string | undefined {
  const other = otherWayOf(variables);
  if (other === undefined) return undefined;
  return 'url' in other
    ? `${other.url.name} in its place, from ${sourceOf(other.url)}`
    : `in pieces: ${other.host.name} and others, from ${sourceOf(other.host)}`;
}

/** Why there is no DATABASE_URL to judge where the contract asks for none; by name, what the container has in its place. */
export function unasked(environment: Readonly<EnvironmentFacts>): string {
  const other = otherWay(environment);
  const why = 'the contract does not ask for a DATABASE_URL';
  return other === undefined ? why : `${why}; the container gets its database ${other}, which is not judged`;
}

/** Where the container takes its DATABASE_URL from. */
export type UrlSource =
  | { state: 'no-container' }
  /** A value in the pod template itself. @property field its JSON path in the Deployment */
  | { state: 'literal'; field: string }
  | { state: 'given'; from: string }
  | { state: 'unread'; why: string }
  /** @property how in place of it, in a word @property field the JSON path in the Deployment at which it is missing */
  | { state: 'none'; how: string; field: string };

export function urlSource(
  deployment: Deployment | undefined,
  environment: Readonly<EnvironmentFacts>,
  context: CheckContext,
): UrlSource {
  const located = deployment && backendContainer(deployment, context);
  if (!located) return { state: 'no-container' };
  const { container, path } = located;
  const { names } = context.target;
  const variable = variableOf(environment, KEY);
  const entry = entryOf(container, KEY);
  if (entry?.from === 'literal') {
    if (entry.literal === 'plain') return { state: 'literal', field: `${path}.${entry.field}.value` };
    if (entry.literal === 'expansion' && variable?.blank !== true)
      return { state: 'given', from: 'put together in the pod template' };
    return { state: 'none', how: 'an empty value', field: `${path}.${entry.field}` };
  }
  if (variable !== undefined) return { state: 'given', from: `from ${sourceOf(variable)}` };
  // A reference that leads nowhere is the next question.
  if (entry?.from === 'reference') return { state: 'given', from: `from ${entry.kind} ${entry.name}` };
  if (entry !== undefined) return { state: 'none', how: entry.what, field: `${path}.${entry.field}` };
  const other = otherWay(environment);
  if (other !== undefined) return { state: 'given', from: other };
  const sources = importsOf(container).filter(({ kind, prefix }) => kind === 'Secret' && prefix === '');
  const source = sources.find(({ name }) => name === names.secret) ?? sources[0];
  const open = environment.unread.find(({ name }) => name !== names.secret);
  if (open)
    return {
      state: 'unread',
      why: `${open.kind} ${open.name}, which the container imports, could not be read`,
    };
  if (source) return { state: 'given', from: `from Secret ${source.name}` };
  return { state: 'none', how: 'nowhere', field: `${path}.envFrom` };
}

/** What is behind the variable. */
export type UrlValue =
  | { state: 'given'; length: number | undefined }
  | { state: 'other-way' }
  | {
      state: 'missing' | 'empty' | 'no such key';
      object: ObjectRef;
      key: string;
      /** JSON path of the value in the object. */
      field: string;
      /** Keys that the object has, in a list; undefined where they were not read. */
      keys: string | undefined;
    };

export function urlValue(
  secret: Readonly<SecretFacts> | undefined,
  environment: Readonly<EnvironmentFacts>,
  { target }: CheckContext,
): UrlValue {
  const variable = variableOf(environment, KEY);
  const gap =
    variable === undefined
      ? environment.missing.find(
          (each) => !each.optional && (each.variable === KEY || each.variable === undefined),
        )
      : undefined;
  const own = gap?.variable === KEY ? undefined : secret?.keys.find((each) => each.key === KEY);
  const value = variable ?? own;
  const url = environment.databaseUrl ?? secret?.databaseUrl;
  const isEmpty = value?.blank === true || url?.problems[0] === 'url-empty';
  if (value !== undefined && !isEmpty) return { state: 'given', length: value.length };
  if (variable === undefined && otherWay(environment) !== undefined) return { state: 'other-way' };
  const place = placeOf(variable, KEY, target);
  const kind = gap?.kind ?? place.object.kind;
  const name = gap?.name ?? place.object.name;
  const isThere = isEmpty || (gap ? gap.key !== undefined : secret !== undefined);
  return {
    state: !isThere ? 'missing' : isEmpty ? 'empty' : 'no such key',
    object: { kind, namespace: target.namespace, name },
    key: gap?.key ?? (variable && place.field.startsWith('data.') ? place.field.slice(5) : KEY),
    field: place.field,
    keys: name === target.names.secret ? secret?.keys.map((each) => each.key).join(', ') : undefined,
  };
}
