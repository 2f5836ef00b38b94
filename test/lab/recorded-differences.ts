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

const TAG = 'todo-chatbot-backend:1.4.0';
const DENIED =
  `rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/${TAG}": failed to resolve ` +
  `reference "docker.io/library/${TAG}": pull access denied, repository does not exist or may require authorization: ` +
  'server message: insufficient_scope: authorization failed';
const NO_REGISTRY =
  'the cluster under test reaches no registry, so none of them denies anything; Docker Hub’s words';

const NO_ROOM =
  '0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found ' +
  'for incoming pod.';
const TOO_SMALL =
  'there the node is full; here the pod asks for more than the node has, so the scheduler says of preemption that it is ' +
  'not helpful. Kubernetes 1.35 also says that there are no claims to deallocate';

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
  words: {
    'image-pull': {
      [`container state.waiting ImagePullBackOff: Back-off pulling image "${TAG}": ErrImagePull: ${DENIED}`]:
        NO_REGISTRY,
      [`event Pod Failed: Failed to pull image "${TAG}": ${DENIED}`]: NO_REGISTRY,
    },
    unschedulable: {
      [`event Pod FailedScheduling: ${NO_ROOM}`]: TOO_SMALL,
      [`pods PodScheduled=False Unschedulable: ${NO_ROOM}`]: TOO_SMALL,
    },
  },
};
