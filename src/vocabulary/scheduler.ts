/** Why nodes do not take a pod, in the words of kube-scheduler's plug-ins (pkg/scheduler/framework/plugins). */
import type { Words } from './vocabulary.js';

export type SchedulerMeaning = `scheduling/${
  | 'cordoned'
  | 'insufficient-cpu'
  | 'insufficient-memory'
  | 'node-selector'
  | 'too-many-pods'
  | 'untolerated-taint'
  | 'volume'}`;

/**
 * What a clause of its answer means. Of two that exclude as many nodes the first row says more: a node that control-plane taints
 * keep free excludes itself on every cluster, so it stands last.
 */
export const NO_NODE: readonly Words<SchedulerMeaning>[] = [
  {
    says: /persistentvolumeclaim|PersistentVolume|volume node affinity|volume limits|max volume count/i,
    by: 'VolumeBinding, VolumeZone, NodeVolumeLimits',
    means: 'scheduling/volume',
    example: 'pod has unbound immediate PersistentVolumeClaims',
  },
  {
    says: /node affinity\/selector|node\(s\) didn't match (?:pod )?(?:affinity|anti-affinity|topology)|pod (?:anti-)?affinity|topology spread/i,
    by: 'NodeAffinity, InterPodAffinity, PodTopologySpread',
    means: 'scheduling/node-selector',
    example: "node(s) didn't match Pod's node affinity/selector",
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

/** Before any node is looked at, a claim that is not there ends it. */
export const NO_CLAIM = /persistentvolumeclaim "[^"]*" (?:not found|is being deleted)/;
