import { identityShape } from '../border/pod-shape.js';
import { keptIn, listObjects } from '../border/read.js';
import type { PodIdentity } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';

/** Pods that have ended get no traffic: those of a Job may have the labels of the application. */
const LIVE = 'status.phase!=Succeeded,status.phase!=Failed';

/** Every pod of the namespace that has not ended, by metadata alone. */
export async function readNamespacePods(context: FactContext): Promise<PodIdentity[]> {
  const pods = await listObjects(context, namespaced(context, 'pods'), identityShape, {
    metadataOnly: true,
    fieldSelector: LIVE,
  });
  keptIn(context, pods);
  return pods.map(({ metadata }) => ({
    name: metadata.name,
    labels: metadata.labels ?? {},
    ownerName: metadata.ownerReferences?.find(({ controller }) => controller === true)?.name,
  }));
}
