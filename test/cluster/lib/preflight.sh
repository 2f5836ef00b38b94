# shellcheck shell=bash
# Can this machine run the cluster at all? If not, say every reason at once and touch nothing.

preflight() {
  local reasons=()
  [ "$(uname -s)" = Linux ] || reasons+=("the kubelet and the container runtime run on Linux only; this is $(uname -s)")
  [ "$(id -u)" = 0 ] || reasons+=("creating namespaces, bridges and cgroups takes root; this is uid $(id -u)")
  command -v go >/dev/null || reasons+=("Kubernetes is built from its Go modules and there is no 'go' command")
  command -v apt-get >/dev/null || command -v containerd >/dev/null ||
    reasons+=("the container runtime comes from Debian packages and there is no 'apt-get' command")
  if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ]; then
    # The one thing a container without privileges lacks that everything else here builds on.
    unshare --net true 2>/dev/null || reasons+=("this process may not create a network namespace")
    [ -n "$(cgroup_kind)" ] || reasons+=("neither cgroup v1 nor v2 is mounted at /sys/fs/cgroup")
    [ -z "$(cgroup_kind)" ] || cgroup_writable || reasons+=("the cgroups under /sys/fs/cgroup cannot be written")
  fi
  [ ${#reasons[@]} -eq 0 ] && return
  say "the cluster under test cannot run here:"
  printf '  - %s\n' "${reasons[@]}" >&2
  say "whoever has a cluster can use it instead: TODO_K8S_TEST_CONTEXT=<context> npm run test:cluster"
  exit "$EXIT_UNSUPPORTED"
}

# cgroup_kind: v1, v2 or nothing.
cgroup_kind() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo v2; elif [ -d /sys/fs/cgroup/memory ]; then echo v1; fi
}

cgroup_writable() {
  local probe
  [ "$(cgroup_kind)" = v2 ] && probe=/sys/fs/cgroup/$NAME-probe || probe=/sys/fs/cgroup/memory/$NAME-probe
  mkdir "$probe" 2>/dev/null && rmdir "$probe"
}
