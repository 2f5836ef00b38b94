/** Parts of a pod's spec, as far as they are read. */

/** The part of a pod's affinity that names nodes, as far as nodes must have it. */
export interface NodeAffinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: {
      nodeSelectorTerms?: { matchExpressions?: NodeSelectorRequirement[] }[];
    };
  };
}

export interface NodeSelectorRequirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface HostAlias {
  ip: string;
  hostnames?: string[];
}
