/** The shape of what a pod demands of its node by affinity. */
import type { NodeAffinity, NodeSelectorRequirement } from '../pod-parts.js';
import { list, need, object, text } from './shape.js';

type Required = NonNullable<
  NonNullable<NodeAffinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>;

export const affinity = object<NodeAffinity>({
  nodeAffinity: object<NonNullable<NodeAffinity['nodeAffinity']>>({
    requiredDuringSchedulingIgnoredDuringExecution: object<Required>({
      nodeSelectorTerms: list(
        object<NonNullable<Required['nodeSelectorTerms']>[number]>({
          matchExpressions: list(
            object<NodeSelectorRequirement>({ key: need(text), operator: need(text), values: list(text) }),
          ),
        }),
      ),
    }),
  }),
});
