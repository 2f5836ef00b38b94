import type { AutoscalerFacts } from '../evidence.js';
import { autoscalerShape } from '../border/object-shapes.js';
import { kept, listObjects } from '../border/read.js';
import { namespaced, type FactContext } from '../fact-context.js';

/** The HorizontalPodAutoscaler of the Deployment. Looked for only where its replicas are not what the contract says. */
export async function readAutoscaler(context: FactContext): Promise<AutoscalerFacts | undefined> {
  const { replicaCount, autoscaling } = context.contract.backend;
  const deployment = await context.read('deployment');
  if (deployment === undefined) return undefined;
  if (autoscaling.maxReplicas === 0 && (deployment.spec.replicas ?? 1) === replicaCount) return undefined;
  const path = namespaced(context, 'horizontalpodautoscalers', 'autoscaling/v2');
  const all = await listObjects(context, path, autoscalerShape);
  kept(context, all);
  const own = all.find(
    ({ spec: { scaleTargetRef: to } }) => to.kind === 'Deployment' && to.name === deployment.metadata.name,
  );
  return (
    own && {
      name: own.metadata.name,
      // API default: 1 (autoscaling/v2 HorizontalPodAutoscalerSpec).
      minReplicas: own.spec.minReplicas ?? 1,
      maxReplicas: own.spec.maxReplicas,
      desiredReplicas: own.status?.desiredReplicas,
      lastScaleTime: own.status?.lastScaleTime,
    }
  );
}
