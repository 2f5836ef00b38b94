/** Why nodes do not take a pod, in the words of kube-scheduler's plug-ins (pkg/scheduler/framework/plugins). */
import type { Words } from './vocabulary.js';

export type SchedulerMeaning = `scheduling/${
  | 'cordoned'
  | 'insufficient-cpu'
  | 'insufficient-memory'
  | 'insufficient-resource'
  | 'node-selector'
  | 'pod-affinity'
  | 'too-many-pods'
  | 'untolerated-taint'
  | 'volume'}`;

/**
 * What a clause of its answer means. Of two that exclude as many nodes the first row says more: a node that control-plane taints
 * keep free excludes itself on every cluster, so it stands last.
 */
export const NO_NODE: readonly Words<SchedulerMeaning>[] = [
  {
    says: /persistent ?volume|volume node affinity|volume limits|max volume count|enough free storage|binding volumes/i,
    by: 'VolumeBinding, VolumeZone, NodeVolumeLimits',
    means: 'scheduling/volume',
    example: 'pod has unbound immediate PersistentVolumeClaims',
  },
  {
    says: /node affinity\/selector/i,
    by: 'NodeAffinity',
    means: 'scheduling/node-selector',
    example: "node(s) didn't match Pod's node affinity/selector",
  },
  {
    says: /pods? (?:anti-)?affinity|topology spread/i,
    by: 'InterPodAffinity, PodTopologySpread',
    means: 'scheduling/pod-affinity',
    example: "node(s) didn't match pod anti-affinity rules",
  },
  {
    says: /Insufficient cpu/i,
    by: 'NodeResourcesFit',
    means: 'scheduling/insufficient-cpu',
    example: 'Insufficient cpu',
  },
  {
    says: /Insufficient memory/i,
    by: 'NodeResourcesFit',
    means: 'scheduling/insufficient-memory',
    example: 'Insufficient memory',
  },
  {
    says: /^Insufficient \S/i,
    by: 'NodeResourcesFit: GPUs, huge pages and other extended resources',
    means: 'scheduling/insufficient-resource',
    example: 'Insufficient nvidia.com/gpu',
  },
  {
    says: /Too many pods/i,
    by: 'NodeResourcesFit',
    means: 'scheduling/too-many-pods',
    example: 'Too many pods',
  },
  {
    says: /were unschedulable/i,
    by: 'NodeUnschedulable',
    means: 'scheduling/cordoned',
    example: 'node(s) were unschedulable',
  },
  {
    says: /untolerated taint/i,
    by: 'TaintToleration',
    means: 'scheduling/untolerated-taint',
    example: 'node(s) had untolerated taint {dedicated: gpu}',
  },
];

/** Without a count of nodes: a claim that is not there ends it before, one that is not bound in time ends it after. */
export const NO_CLAIM = /persistentvolumeclaim "[^"]*" (?:not found|is being deleted)|binding volumes: /;
