/**
 * Why the kubelet ends a pod, or does not take it: `status.reason` and `status.message` of a pod whose phase is Failed, or those of
 * its condition DisruptionTarget.
 */

export type PodEndMeaning = 'evicted' | 'ephemeral-full' | 'rejected';

export interface PodEndWords {
  /** Tried on `reason: message`. */
  says: RegExp;
  by: string;
  means: PodEndMeaning;
  example: string;
}

/** The first that fits counts. */
export const POD_ENDS: readonly PodEndWords[] = [
  {
    says: /^(?:Evicted|TerminationByKubelet): .*ephemeral[ -](?:local )?storage/i,
    by: 'kubelet, eviction manager',
    means: 'ephemeral-full',
    example: 'Evicted: Pod ephemeral local storage usage exceeds the total limit of containers 64Mi.',
  },
  {
    says: /^(?:Evicted|TerminationByKubelet): .*(?:emptyDir|EmptyDir)/,
    by: 'kubelet, eviction manager',
    means: 'ephemeral-full',
    example: 'Evicted: Usage of EmptyDir volume "cache" exceeds the limit "10Mi".',
  },
  {
    says: /^(?:Evicted|TerminationByKubelet: (?!Pod was terminated in response to imminent node shutdown))/,
    by: 'kubelet, eviction manager',
    means: 'evicted',
    example: 'Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi.',
  },
  {
    says: /^(?:TerminationByKubelet|DeletionByPodGC)/,
    by: 'kubelet, shutdown of the node; kube-controller-manager, pod garbage collector',
    means: 'rejected',
    example: 'TerminationByKubelet: Pod was terminated in response to imminent node shutdown.',
  },
  {
    says: /^(?:UnexpectedAdmissionError|OutOf\w+|NodeAffinity|NodePorts|HostPortConflict|SysctlForbidden|AppArmor|PodOSSelectorNodeLabelDoesNotMatch|Topology\w*|NodeShutdown|Terminated|Rejected)/,
    by: 'kubelet, admission of a pod by its node',
    means: 'rejected',
    example: 'SysctlForbidden: Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
  },
];
