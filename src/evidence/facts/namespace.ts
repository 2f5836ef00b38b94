import type { NamespaceFacts } from '../evidence.js';
import { namespaceShape } from '../border/object-shapes.js';
import { getObject } from '../border/read.js';
import type { FactContext } from '../fact-context.js';

/** The namespace itself: whether it is being deleted, and what holds that up. */
export async function readNamespace(context: FactContext): Promise<NamespaceFacts | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(context.target.namespace)}`;
  const namespace = await getObject(context, path, namespaceShape);
  if (namespace === undefined) return undefined;
  const { metadata, status } = namespace;
  const holds = (status?.conditions ?? []).flatMap(({ status: state, message }) =>
    state === 'True' && message ? [context.hider.line(message)] : [],
  );
  return { deletedAt: metadata.deletionTimestamp, holds };
}
