/** Where the lab's objects differ from a real cluster's, and why that may be so. Anything else is a mistake of the lab. */

interface Fields {
  /** `path: type` in the lab's objects of a resource that the cluster's do not have, with the reason. */
  onlyInLab?: Record<string, string>;
  onlyInCluster?: Record<string, string>;
}

interface Differences {
  /** By resource, in the healthy state. */
  fields: Record<string, Fields>;
  /** By scenario: what the lab says and the recorded cluster did not, with the reason. */
  words: Record<string, Record<string, string>>;
}

const SWITCHES = 'the suite gives the container an environment variable, the switch for faults';
const NEWER = 'Kubernetes 1.35 has it by default; the lab is 1.34';
const OLDER = 'Kubernetes 1.34 still writes it; 1.35 does not';
const BEFORE_RESIZE = 'the kubelet fills it in since pods can be resized in place; no check reads it';

const TEMPLATE: Fields = {
  onlyInLab: { '[].spec.template.metadata.creationTimestamp: null': OLDER },
  onlyInCluster: {
    '[].spec.template.spec.containers[].env[].name: string': SWITCHES,
    '[].spec.template.spec.containers[].env[].value: string': SWITCHES,
    '[].status.terminatingReplicas: number': NEWER,
  },
};

export const differences: Differences = {
  fields: {
    deployments: TEMPLATE,
    replicasets: TEMPLATE,
    pods: {
      onlyInCluster: {
        '[].spec.containers[].env[].name: string': SWITCHES,
        '[].spec.containers[].env[].value: string': SWITCHES,
        '[].status.conditions[].observedGeneration: number': NEWER,
        '[].status.containerStatuses[].allocatedResources.cpu: string': BEFORE_RESIZE,
        '[].status.containerStatuses[].allocatedResources.memory: string': BEFORE_RESIZE,
        '[].status.containerStatuses[].resources.limits.*: string': BEFORE_RESIZE,
        '[].status.containerStatuses[].resources.requests.*: string': BEFORE_RESIZE,
      },
    },
  },
  words: {},
};
