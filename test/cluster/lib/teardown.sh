# shellcheck shell=bash
# Ends and removes all that `up` made, whatever state it is in. Nothing is ended by name: only recorded processes,
# what is in our cgroups, what is in our network namespace, and the runtime's helpers that carry our socket's name.

tear_down() {
  local name
  # The kubelet first, or it would start again what is ended below.
  stop kubelet
  for name in kube-proxy kube-scheduler kube-controller-manager kube-apiserver etcd; do stop "$name" 1; done
  stop_database
  stop containerd
  end_leftovers
  remove_shared_memory
  remove_sockets
  umount_below "$RUN"
  remove_namespace
  remove_cgroups
  remove_files
}

# PostgreSQL takes SIGTERM as "when all clients have left".
stop_database() {
  if running postgresql; then kill -INT "$(pid_of postgresql)" 2>/dev/null || true; fi
  stop postgresql
}

# Again and again until nothing is found, because what is found may have been about to start something.
end_leftovers() {
  local pass pids
  for ((pass = 0; pass < 100; pass++)); do
    pids=$(leftovers)
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086 # one argument for each
    kill -KILL $pids 2>/dev/null || true
    # A frozen process has to thaw to die.
    thaw
    sleep 0.05
  done
  say "could not end: ${pids//$'\n'/ }"
}

# leftovers: the pids of whatever still runs of the cluster, but not of this script and of those who called it.
leftovers() {
  { pids_in_cgroups; pids_of_helpers; pids_in_namespace; } | sort -u | grep -vxF -e 0 -e "$(own_pids)" || true
}

# Every process of every pod.
pids_in_cgroups() {
  cgroup_folders -name cgroup.procs -exec cat {} +
}

# The runtime's helpers outlive it; they carry its socket in their arguments.
pids_of_helpers() {
  grep -lszF containerd-shim /proc/[0-9]*/cmdline | xargs -r grep -lszxF "$RUN/containerd.sock" | cut -d/ -f3 || true
}

# Whatever else was started inside the network namespace and has been forgotten, a port-forward for example.
pids_in_namespace() {
  [ -e "$NETNS" ] || return 0
  find /proc/[0-9]*/ns/net -lname "net:\\[$(stat -Lc %i "$NETNS")\\]" 2>/dev/null | cut -d/ -f3 || true
}

own_pids() {
  local pid=$BASHPID
  while [ "$pid" -gt 0 ]; do
    echo "$pid"
    pid=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status" 2>/dev/null || echo 0)
  done
}

thaw() {
  local file
  for file in $(cgroup_folders -name freezer.state); do echo THAWED >"$file" 2>/dev/null || true; done
}

# cgroup_folders [FIND EXPRESSION]: in each hierarchy, below our own cgroup.
cgroup_folders() {
  local root
  for root in "/sys/fs/cgroup$CGROUP" /sys/fs/cgroup/*"$CGROUP"; do
    if [ -d "$root" ] && [ ! -L "$(dirname "$root")" ]; then find "$root" "$@" 2>/dev/null || true; fi
  done
}

# A PostgreSQL that was killed leaves its shared memory behind, and the number of it as the last word of this line.
remove_shared_memory() {
  local note=$RUN/database/data/postmaster.pid
  if [ -e "$note" ]; then ipcrm -m "$(sed -n '7s/.* //p' "$note")" 2>/dev/null || true; fi
}

# Each helper of the runtime listens on a socket outside the runtime's folder, and notes its name inside.
remove_sockets() {
  local note
  for note in "$RUN"/containerd/state/io.containerd.runtime.v2.task/k8s.io/*/address; do
    if [ -e "$note" ]; then rm -f "$(sed 's#^unix://##' "$note")"; fi
  done
  rmdir /run/containerd/s /run/containerd 2>/dev/null || true
}

remove_namespace() {
  [ ! -e "$NETNS" ] || ip netns delete "$NAME"
}

remove_cgroups() {
  local pass
  for ((pass = 0; pass < 20; pass++)); do
    cgroup_folders -depth -type d -exec rmdir {} \; 2>/dev/null
    [ -n "$(cgroup_folders -maxdepth 0)" ] || return 0
    sleep 0.1
  done
  say "could not remove the cgroup $CGROUP"
}

remove_files() {
  local link
  # Places whose names the kubelet and the CNI library have built in.
  for link in /var/log/containers/*; do
    case $(readlink "$link" 2>/dev/null) in "$RUN"/*) rm -f "$link" ;; esac
  done
  # A cluster that was broken off before its first pod has none.
  { grep -lsF "$RUN/" /var/lib/cni/results/* || true; } | xargs -r rm -f
  rmdir /var/log/containers /var/lib/cni/results /var/lib/cni 2>/dev/null || true
  if [ -e "$RUN/made-kubelet-folder" ]; then rm -rf /var/lib/kubelet; fi
  rm -rf --one-file-system "$RUN"
  rmdir "$(dirname "$RUN")" 2>/dev/null || true
}
