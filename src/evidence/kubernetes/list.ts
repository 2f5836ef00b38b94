/** Lists, page by page. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
import type { Api } from './api.js';
import { describePath, query } from './api-path.js';
import { KubernetesError, type ListOptions } from './client.js';
import { isFields, type Fields } from './kubeconfig-file.js';

const PAGE_SIZE = 500;
/** A million items: a server that pages forever must not keep a run going. */
const MAX_PAGES = 2000;
const ACCEPT = 'application/json';
/** Servers that cannot do it (aggregated APIs) send the whole objects. */
const ACCEPT_METADATA = `application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=1,${ACCEPT}`;

/**
 * All items of a list. When its continue token has expired (410), the list starts again, once: going on with the
 * server's inconsistent token could miss objects.
 * @throws KubernetesError; a 404 is `not-found`: the server does not have this API
 */
export async function listAll<T>(
  api: Api,
  path: string,
  signal: AbortSignal,
  options: ListOptions<T>,
): Promise<T[]> {
  try {
    return await pages(api, path, signal, options);
  } catch (error) {
    if (!(error instanceof KubernetesError) || error.status !== 410) throw error;
    return pages(api, path, signal, options);
  }
}

async function pages<T>(api: Api, path: string, signal: AbortSignal, options: ListOptions<T>): Promise<T[]> {
  const call = describePath('list', path);
  const accept = options.metadataOnly === true ? ACCEPT_METADATA : ACCEPT;
  const { labelSelector, fieldSelector, pick } = options;
  const items: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const parameters = { labelSelector, fieldSelector, limit: PAGE_SIZE, continue: token };
    const value = await api.json({ call, path: `${path}${query(parameters)}`, accept, retry: true }, signal);
    const list = asList(value);
    if (list === undefined)
      throw api.failures.of(call, 'failed', 'the answer is not a list of the Kubernetes API');
    for (const item of list.items) {
      const kept = pick(item);
      if (kept !== undefined) items.push(kept);
    }
    const next = list.metadata.continue;
    if (typeof next !== 'string' || next === '') return items;
    if (next === token) break;
    token = next;
  }
  throw api.failures.of(call, 'failed', 'the server’s pages of this list do not end');
}

function asList(value: unknown): { items: unknown[]; metadata: Fields } | undefined {
  // Go writes an empty list as null; a missing one means that this is no list.
  if (!isFields(value) || !('items' in value)) return undefined;
  const items = value.items ?? [];
  const metadata = value.metadata ?? {};
  return Array.isArray(items) && isFields(metadata) ? { items: items as unknown[], metadata } : undefined;
}
