# shellcheck shell=bash
# The one node: container runtime, kubelet and kube-proxy.

start_runtime() {
  configure_runtime
  start_containerd
  wait_for 30 containerd containers version
}

start_containerd() { start containerd containerd --config "$RUN/containerd.toml"; }

configure_runtime() {
  mkdir -p "$RUN/cni"
  cat >"$RUN/containerd.toml" <<TOML
version = 2
root = "$RUN/containerd/root"
state = "$RUN/containerd/state"
[grpc]
  address = "$RUN/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$RUN/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  # Where CAP_SYS_RESOURCE is missing, asking for less than one's own OOM score makes runc fail.
  restrict_oom_score_adj = true
  # So that all that a pod mounts is below one folder.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$RUN/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "$RUN/runc"
TOML
  cat >"$RUN/cni/10-bridge.conflist" <<JSON
{
  "cniVersion": "0.4.0",
  "name": "$NAME",
  "plugins": [
    {
      "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
      "ipam": {
        "type": "host-local", "dataDir": "$RUN/cni/addresses",
        "ranges": [[{"subnet": "$NODE_POD_CIDR"}]], "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
JSON
}

start_node() {
  make_cgroups
  configure_kubelet
  start_kubelet
  start_kube_proxy
  wait_for 60 'the node to be ready' node_ready
}

start_kubelet() {
  start kubelet "$BIN/kubelet" --config="$RUN/kubelet.yaml" --kubeconfig="$RUN/pki/kubelet.conf" \
    --hostname-override="$NODE_NAME" --node-ip="$NODE_IP" --root-dir="$RUN/kubelet"
}

start_kube_proxy() {
  start kube-proxy "$BIN/kube-proxy" --kubeconfig="$RUN/pki/proxy.conf" --hostname-override="$NODE_NAME" \
    --proxy-mode=iptables --cluster-cidr="$POD_CIDR" --conntrack-max-per-core=0 --oom-score-adj=0
}

configure_kubelet() {
  # The kubelet keeps its device sockets there whatever its own folder is.
  if [ ! -e /var/lib/kubelet ]; then touch "$RUN/made-kubelet-folder"; fi
  # Names outside the cluster are CoreDNS's business alone; the machine's resolver is out of reach.
  echo 'nameserver 127.0.0.1' >"$RUN/resolv.conf"
  cat >"$RUN/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://$RUN/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: $CGROUP
$(if [ "${MINOR#1.}" -ge 31 ]; then echo 'failCgroupV1: false'; fi)
failSwapOn: false
# Few enough to be used up in a test.
maxPods: 64
oomScoreAdj: 0
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $RUN/pki/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: $RUN/pki/kubelet.crt
tlsPrivateKeyFile: $RUN/pki/kubelet.key
clusterDomain: cluster.local
clusterDNS: [$DNS_SERVICE_IP]
resolvConf: $RUN/resolv.conf
podLogsDir: $RUN/pod-logs
volumePluginDir: $RUN/kubelet/volume-plugins
# What others keep on this machine's disk must not evict pods, nor their images.
evictionHard: {imagefs.available: 1%, nodefs.available: 1%, memory.available: 100Mi}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
# A Secret or ConfigMap that changed is seen at once.
configMapAndSecretChangeDetectionStrategy: Watch
YAML
}

node_ready() { kube get node "$NODE_NAME" | grep -q ' Ready'; }

# One cgroup above all pods, so that what is left of them can be found and ended. By itself a cgroup gets as much of the
# processors as a single process beside it: on a busy machine all pods together would then fail their probes.
make_cgroups() {
  local controller
  if [ "$(cgroup_kind)" = v2 ]; then
    local enable=''
    for controller in cpu cpuset memory pids io hugetlb; do
      if grep -qw "$controller" /sys/fs/cgroup/cgroup.controllers; then enable+="+$controller "; fi
    done
    echo "$enable" >/sys/fs/cgroup/cgroup.subtree_control
    mkdir -p "/sys/fs/cgroup$CGROUP"
    echo 1600 >"/sys/fs/cgroup$CGROUP/cpu.weight"
    return
  fi
  for controller in /sys/fs/cgroup/*/; do
    # `cpu` and `cpuacct` are often links to one folder, and `unified` is not a controller.
    if [ ! -L "${controller%/}" ]; then mkdir -p "${controller%/}$CGROUP"; fi
  done
  echo 16384 >"/sys/fs/cgroup/cpu$CGROUP/cpu.shares"
  # A new cpuset has no processors and no memory until it is told which.
  local cpuset=/sys/fs/cgroup/cpuset
  cat "$cpuset/cpuset.cpus" >"$cpuset$CGROUP/cpuset.cpus"
  cat "$cpuset/cpuset.mems" >"$cpuset$CGROUP/cpuset.mems"
}
