# shellcheck shell=bash
# What every script of the cluster shares: where things are, how it talks, how it starts and ends processes.
# Sourced, never run. The caller has set `set -euo pipefail`.

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CLUSTER_DIR=$(dirname "$LIB")
PROJECT=$(cd "$CLUSTER_DIR/../.." && pwd)
# shellcheck source=test/cluster/versions.env
source "$CLUSTER_DIR/versions.env"

# Names. Two clusters with different names can run side by side: each has its own network namespace.
NAME=${CLUSTER_NAME:-todo-k8s-test}
NODE_NAME=minikube
CACHE=${TODO_K8S_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/todo-k8s}
RUN=${TODO_K8S_RUN:-/var/lib/todo-k8s}/$NAME
NETNS=/var/run/netns/$NAME
CGROUP=/$NAME

# Addresses. All of them exist inside the network namespace only.
NODE_IP=192.168.222.1
DATABASE_IP=192.168.222.2
SERVICE_CIDR=10.96.0.0/16
API_SERVICE_IP=10.96.0.1
DNS_SERVICE_IP=10.96.0.10
POD_CIDR=10.244.0.0/16
NODE_POD_CIDR=10.244.0.0/24

# The database, as the application knows it.
DATABASE_HOST=ep-test-pooler.local.neon.test
DATABASE_NAME=todo
DATABASE_USER=todo_owner

# Exit codes beyond 0 and 1.
EXIT_UNSUPPORTED=77   # this machine cannot run the cluster; nothing was tried
EXIT_TOO_SLOW=75      # what is built once took longer than its limit; the next start goes on from there

# Seconds for one build (Go), and for what is fetched (packages, the base system, Python packages).
BUILD_LIMIT=${TODO_K8S_BUILD_LIMIT:-1500}
FETCH_LIMIT=${TODO_K8S_FETCH_LIMIT:-600}

# Names that other parts build or start by.
PAUSE_IMAGE=todo-k8s.test/pause:1
COREDNS_IMAGE=todo-k8s.test/coredns:$COREDNS
METRICS_SERVER_IMAGE=todo-k8s.test/metrics-server:$METRICS_SERVER
# Written the way the container runtime writes it: `todo-chatbot-backend:latest` on a pod means this image.
BACKEND_IMAGE=docker.io/library/todo-chatbot-backend:latest
OTHER_BACKEND_TAG=1.3.0

# select_version [MINOR]: sets KUBERNETES (the release), MINOR and BIN from the pins.
select_version() {
  MINOR=${1:-${CLUSTER_VERSION:-$KUBERNETES_DEFAULT}}
  MINOR=${MINOR#v}
  local parts pin
  IFS=. read -ra parts <<<"$MINOR"
  MINOR=${parts[0]}.${parts[1]:-}
  pin=KUBERNETES_${MINOR/./_}
  if [ -z "${!pin:-}" ]; then
    fail "Kubernetes $MINOR is not pinned in test/cluster/versions.env. Pinned: $(pinned_minors)"
  fi
  KUBERNETES=${!pin}
}

# What is running was started with binaries of its own, whatever is pinned by now.
select_running() {
  [ -e "$RUN/version" ] || fail "the cluster is not running: npm run cluster:up"
  { read -r KUBERNETES; read -r BIN; read -r TOOLS; } <"$RUN/version"
}

pinned_minors() {
  local pin
  for pin in "${!KUBERNETES_1_@}"; do printf '%s ' "1.${pin#KUBERNETES_1_}"; done
}

# --- Talking -----------------------------------------------------------------------------------------------

say() { printf 'cluster: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# one_at_a_time WHAT COMMAND…: two scripts never fill the cache at once, nor start or end the same cluster at once.
one_at_a_time() {
  local what=$1 lock
  shift
  mkdir -p "$CACHE"
  exec {lock}>"$CACHE/$what.lock"
  if ! flock --nonblock "$lock"; then
    say "waiting for another script that holds $CACHE/$what.lock"
    flock "$lock"
  fi
  # The daemons that are started must not hold the lock for as long as they live: `start` closes it.
  LOCKS+=("$lock")
  "$@"
  exec {lock}>&-
}
LOCKS=()

# step TITLE COMMAND…: runs the command and says how long it took.
step() {
  local title=$1 began=$SECONDS
  shift
  "$@"
  say "$title ($((SECONDS - began)) s)"
}

# bounded SECONDS WHAT COMMAND…: ends the command after that time, and returns EXIT_TOO_SLOW.
bounded() {
  local limit=$1 what=$2 status=0
  shift 2
  timeout --kill-after=30 "$limit" "$@" || status=$?
  if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    say "$what took longer than $limit s and was ended; what is done of it is kept for the next start"
    return "$EXIT_TOO_SLOW"
  fi
  return "$status"
}

# give_up STATUS MESSAGE: ends this script; what was too slow is told from what went wrong.
give_up() {
  say "$2"
  [ "$1" != "$EXIT_TOO_SLOW" ] || exit "$1"
  exit 1
}

# wait_for SECONDS WHAT COMMAND…: tries the command four times a second until it succeeds.
wait_for() {
  local limit=$1 what=$2 began=$SECONDS
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $((SECONDS - began)) -ge "$limit" ]; then
      say "waited $limit s for $what in vain; the logs are in $RUN/log"
      return 1
    fi
    sleep 0.25
  done
}

# umount_below FOLDER: whatever is mounted at or below it, deepest first.
umount_below() {
  local mount
  awk -v root="$1" '$5 == root || index($5, root "/") == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
    umount "$mount" 2>/dev/null || umount -l "$mount"
  done
}

# --- Running things inside the cluster ---------------------------------------------------------------------

# nsenter, not `ip netns exec`: the latter mounts a new /sys, which hides the cgroups.
in_ns() { nsenter --net="$NETNS" -- "$@"; }

kube() { in_ns "$BIN/kubectl" --kubeconfig="$RUN/admin.conf" "$@"; }
containers() { ctr --address "$RUN/containerd.sock" --namespace k8s.io "$@"; }

# --- Processes ---------------------------------------------------------------------------------------------
# A process is known by its pid and the moment it started, so that a reused pid is never taken for ours.

# started_at PID: in clock ticks since this boot of the machine; nothing when there is no such process.
started_at() {
  local ticks
  ticks=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20)
  [ -z "$ticks" ] || echo "$ticks@$(cat /proc/sys/kernel/random/boot_id)"
}

# process_state PID: one letter as ps shows it; T is suspended, Z has ended.
process_state() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f1; }
pid_of() { cut -d' ' -f1 "$RUN/pid/$1"; }

# start NAME COMMAND…: starts a process in the network namespace, in a session of its own.
start() {
  local name=$1
  shift
  (
    close_locks
    # A cluster that waits for its turn on a busy machine times out in ways that nothing is to be learned from.
    renice -n -5 -p "$BASHPID" || true
    # Memory is plenty, processors are not: the garbage collector of what is written in Go may wait.
    GOGC=400 exec setsid nsenter --net="$NETNS" -- "$@"
  ) >"$RUN/log/$name.log" 2>&1 </dev/null &
  local pid=$!
  disown "$pid"
  echo "$pid $(started_at "$pid")" >"$RUN/pid/$name"
}

close_locks() {
  local lock
  for lock in "${LOCKS[@]}"; do exec {lock}>&-; done
}

# running NAME: whether the process that `start` recorded is still the one with that pid.
running() {
  local pid born
  [ -r "$RUN/pid/$1" ] || return 1
  read -r pid born <"$RUN/pid/$1"
  [ -n "$born" ] && [ "$(started_at "$pid")" = "$born" ] && [ "$(process_state "$pid")" != Z ]
}

# kill_whole PID: kills it and waits until its last thread has let go of its sockets. The first thread is a zombie before
# the others have ended, and until then the kernel takes connections in their name, only to reset them.
kill_whole() {
  local i
  kill -KILL "$1"
  for ((i = 0; i < 200; i++)); do
    [ "$(process_state "$1")" = Z ] || [ ! -e "/proc/$1" ] && [ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -le 1 ] && return
    sleep 0.05
  done
  fail "process $1 does not end"
}

# stop NAME [SECONDS]: asks the process to end, and makes it end after that many seconds.
stop() {
  local name=$1 limit=${2:-5} pid i
  if running "$name"; then
    pid=$(pid_of "$name")
    # A process that a test suspended has to be resumed to take notice.
    kill -TERM "$pid" 2>/dev/null || true
    kill -CONT "$pid" 2>/dev/null || true
    for ((i = 0; i < limit * 20; i++)); do
      running "$name" || break
      sleep 0.05
    done
    if running "$name"; then kill -KILL "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$RUN/pid/$name"
}
