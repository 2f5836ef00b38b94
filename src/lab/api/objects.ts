/** get and list, with selectors, paging and the three forms of an answer. */
import type { Api } from '../world.js';
import { qualified, type ResourceType } from './resources.js';
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.js';
import { badRequest, expired, notFound } from './status.js';
import type { Store } from './store.js';
import { listOf, negotiate, partial, table } from './table.js';

export interface ObjectsRequest {
  type: ResourceType;
  namespace: string | undefined;
  query: URLSearchParams;
  accept: string;
}

/** @throws ApiError 404 */
export function getObject(store: Store, request: ObjectsRequest & { name: string }): object {
  const { type, namespace, name, accept, query } = request;
  const object = store.get(qualified(type), namespace, name);
  if (object === undefined) throw notFound(type, name);
  const form = negotiate(accept);
  if (form === 'table') {
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    return table(type, [object], metadata, {
      now: Date.now(),
      includeObject: query.get('includeObject') ?? 'Metadata',
    });
  }
  return form === 'metadata' ? partial(object) : object;
}

/** @throws ApiError 400 for bad selectors, 410 for a continue token that is too old */
export function listObjects(store: Store, request: ObjectsRequest): object {
  const { type, namespace, query, accept } = request;
  const matches = matcher(request);
  const all = store.list(qualified(type), namespace).filter(matches);
  const limit = wholeNumber(query, 'limit');
  const token = given(query, 'continue');
  const position = token === undefined ? undefined : readToken(token, store);
  const rest = position === undefined ? all : all.filter((object) => key(object) > position.after);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const version = position?.version ?? store.version;
  const left = rest.length - page.length;
  const selective = query.has('labelSelector') || query.has('fieldSelector');
  const metadata = {
    resourceVersion: String(version),
    ...(left > 0 && last ? { continue: writeToken(version, key(last)) } : {}),
    ...(left > 0 && !selective ? { remainingItemCount: left } : {}),
  };
  const form = negotiate(accept);
  if (form !== 'table') return listOf(type, page, metadata, form);
  return table(type, page, metadata, {
    now: Date.now(),
    includeObject: query.get('includeObject') ?? 'Metadata',
  });
}

/** @throws ApiError 400 */
export function matcher({ type, query }: ObjectsRequest): Matcher {
  const byLabel = labelMatcher(query.get('labelSelector') ?? '');
  const byField = fieldMatcher(query.get('fieldSelector') ?? '', type);
  return (object) => byLabel(object) && byField(object);
}

/** A query parameter; undefined when absent or empty. */
export function given(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === '' ? undefined : value;
}

/** A query parameter as a whole number; 0 when absent or empty. @throws ApiError 400 */
export function wholeNumber(query: URLSearchParams, name: string): number {
  const value = given(query, name);
  if (value === undefined) return 0;
  if (!/^\d{1,15}$/.test(value))
    throw badRequest(`invalid value for ${name}: "${value}" is not a whole number`);
  return Number(value);
}

function key({ metadata }: Api): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The API server's own form of a token, so that a client that looks into it finds what it expects. */
function writeToken(version: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: `${after}\u0000` })).toString(
    'base64url',
  );
}

function readToken(token: string, store: Store): { version: number; after: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw badRequest('continue key is not valid');
  }
  const { rv, start } = (parsed ?? {}) as { rv?: unknown; start?: unknown };
  if (typeof rv !== 'number' || typeof start !== 'string') throw badRequest('continue key is not valid');
  if (rv < store.oldest) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  return { version: rv, after: start.replace(/\u0000$/, '') };
}
