/**
 * What the kubelet, the container runtime, the scheduler and the API server say of a pod and of a Service, one row for each thing
 * that is recognised. Go's words for a connection are theirs as well, because they print them as they got them.
 */

export interface Said {
  says: RegExp;
  /** Whose words. */
  by: string;
  /** As it was printed. */
  example: string;
}

/** First group: the probe's kind. */
export const PROBE_FAILED: Said = {
  says: /^(Liveness|Readiness|Startup) probe (?:failed|errored)/,
  by: 'kubelet, event Unhealthy (pkg/kubelet/prober)',
  example: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
};

/** Its command is nothing that could be started. First group: the command. */
export const PROBE_NOT_STARTED: Said = {
  says: /probe (?:failed|errored)\b.*exec: "([^"]{1,500})": (?:executable file not found|stat |no such file)/s,
  by: 'kubelet, of what the container runtime says',
  example:
    'Readiness probe errored and resulted in unknown state: failed to exec in container: failed to start exec "8a": OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH',
};

/** First group: HTTP status. */
export const PROBE_STATUS: Said = {
  says: /HTTP probe failed with statuscode: (\d{3})/,
  by: 'kubelet (pkg/probe/http)',
  example: 'Liveness probe failed: HTTP probe failed with statuscode: 404',
};

/** First groups: the container, and the probe's kind. */
export const PROBE_KILL: Said = {
  says: /^Container (\S{1,63}) failed (liveness|startup) probe/,
  by: 'kubelet, event Killing',
  example: 'Container backend failed liveness probe, will be restarted',
};

/** Also where the kubelet was sent on to https by a redirect. */
export const ASKED_OVER_TLS: Said = {
  says: /\bGet "https:/,
  by: 'Go, net/http',
  example:
    'Readiness probe failed: Get "https://10.244.0.7:8080/healthz": dial tcp 10.244.0.7:8080: connect: connection refused',
};

export const PLAIN_TO_TLS: Said = {
  says: /gave HTTP response to HTTPS client/,
  by: 'Go, net/http',
  example:
    'Readiness probe failed: Get "https://10.244.0.7:8080/healthz": http: server gave HTTP response to HTTPS client',
};

export const REFUSED: Said = {
  says: /connection refused/,
  by: 'Go, net',
  example:
    'Liveness probe failed: Get "http://10.244.0.7:8080/healthz": dial tcp 10.244.0.7:8080: connect: connection refused',
};

export const TOO_LATE: Said = {
  says: /context deadline exceeded|Client\.Timeout|i\/o timeout|timeout:|timed out/,
  by: 'Go, net; kubelet for a command; gRPC health probe',
  example:
    'Liveness probe failed: Get "http://10.244.0.7:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
};

/** Of a server that answers 503 itself; in its log. */
export const CONCURRENCY_LIMIT: Said = {
  says: /Exceeded concurrency limit/,
  by: 'uvicorn, --limit-concurrency',
  example: 'WARNING:  Exceeded concurrency limit.',
};

/** To whoever would run a command in a container that has ended. */
export const CONTAINER_GONE: Said = {
  says: /container not found \(/,
  by: 'kubelet, exec',
  example: 'unable to upgrade connection: container not found ("backend")',
};

/** Of a pod whose reason is Evicted. */
export const LOW_ON_MEMORY: Said = {
  says: /memory/i,
  by: 'kubelet, eviction manager',
  example: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi.',
};

/** First group: names of the Secrets. */
export const PULL_SECRETS_MISSING: Said = {
  says: /\(([^)]{1,500})\)/,
  by: 'kubelet, event FailedToRetrieveImagePullSecret',
  example:
    'Unable to retrieve some image pull secrets (registry); attempting to pull the image may not succeed.',
};

/** What the API server's proxy says of a Service without an endpoint. */
export const NO_ENDPOINTS: Said = {
  says: /no endpoints available/i,
  by: 'kube-apiserver, services/proxy',
  example: 'no endpoints available for service "todo"',
};

/** Without the names of runtime and command that stand before it. */
export const START_FAILED: Said = {
  says: /(?:exec: |chdir |mounting |executable file `|open executable: )[^\n]*/,
  by: 'runc, crun',
  example:
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: chdir to cwd ("/srv") set in config.json failed: permission denied: unknown',
};

/** First group: how many nodes there are. */
export const NO_NODE_AVAILABLE: Said = {
  says: /^\s*0\/(\d{1,6}) nodes are available: ?/,
  by: 'kube-scheduler, condition PodScheduled and event FailedScheduling',
  example: '0/3 nodes are available: 1 Insufficient memory, 2 node(s) were unschedulable.',
};

/** Groups: the pod that it made room for, which newer schedulers name by its UID, older ones not at all; the node. */
export const PREEMPTED: Said = {
  says: /^Preempted by (?:(?:a )?pod ?)?(?:(\S+) )?on node (\S+?)\.?$/,
  by: 'kube-scheduler, event Preempted',
  example: 'Preempted by pod d1acac1c-a8c0-495f-a944-21f21107c786 on node minikube',
};

/** Of a registry whose certificate is signed by nobody that the node knows, has expired, or names another host. */
export const NOT_TRUSTED: Said = {
  says: /x509:/,
  by: 'Go, crypto/tls',
  example:
    'failed to do request: Head "": tls: failed to verify certificate: x509: certificate signed by unknown authority',
};

/** First group: what mount(8) or its helper said, after the lines with its arguments and the path in the node's own folder. */
export const MOUNT_SAID: Said = {
  says: /\nOutput: (?:mount(?:\.\w{1,10})?: )?(?:\/\S{1,400}: )?([^\n]{1,300})/,
  by: 'kubelet, mount-utils',
  example:
    'MountVolume.SetUp failed for volume "v" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs 10.0.0.9:/export /var/lib/kubelet/pods/1/volumes/kubernetes.io~nfs/v\nOutput: mount: /var/lib/kubelet/pods/1/volumes/kubernetes.io~nfs/v: unknown filesystem type \'nfs\'.',
};

/** Of a program for another processor, and of a script without #! in its first line. */
export const FORMAT_UNKNOWN: Said = {
  says: /exec format error/i,
  by: 'the kernel, by runc and crun',
  example: 'exec /scripts/start.sh: exec format error',
};

/** A profile that the pod template names, and the node does not have. */
export const OF_PROFILE: Said = {
  says: /seccomp|apparmor/i,
  by: 'kubelet, containerd',
  example:
    'failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/strict.json": no such file or directory',
};

/** The runtime's words on what it lays into the container's file system, before it starts the command. */
export const OF_MOUNT: Said = {
  says: /error mounting|error during container init: .{0,40}mount|mount through procfd/,
  by: 'runc',
  example:
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/var/lib/data" to rootfs at "/data": not a directory: unknown',
};
