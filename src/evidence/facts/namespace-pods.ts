import type { PodIdentity } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { ObjectMeta } from '../objects.js';

/** Every pod of the namespace, by metadata alone. */
export async function readNamespacePods(context: FactContext): Promise<PodIdentity[]> {
  const pods = await context.client.list<{ metadata: ObjectMeta }>(
    namespaced(context, 'pods'),
    context.signal,
    {
      metadataOnly: true,
      pick: ({ metadata: { name, labels, ownerReferences } }) => ({
        metadata: { name, labels, ownerReferences },
      }),
    },
  );
  return pods.map(({ metadata }) => ({
    name: metadata.name,
    labels: metadata.labels ?? {},
    ownerName: metadata.ownerReferences?.find(({ controller }) => controller === true)?.name,
  }));
}
