# shellcheck shell=bash
# The verbs. Each entry script of the folder above is one line that calls the function of its name.

here_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/cluster/lib/common.sh
source "$here_lib/common.sh"
# shellcheck source=test/cluster/lib/preflight.sh
source "$here_lib/preflight.sh"
# shellcheck source=test/cluster/lib/packages.sh
source "$here_lib/packages.sh"
# shellcheck source=test/cluster/lib/build.sh
source "$here_lib/build.sh"
# shellcheck source=test/cluster/lib/images.sh
source "$here_lib/layers.sh"
# shellcheck source=test/cluster/lib/images.sh
source "$here_lib/images.sh"
# shellcheck source=test/cluster/lib/pki.sh
source "$here_lib/pki.sh"
# shellcheck source=test/cluster/lib/network.sh
source "$here_lib/network.sh"
# shellcheck source=test/cluster/lib/control-plane.sh
source "$here_lib/control-plane.sh"
# shellcheck source=test/cluster/lib/node.sh
source "$here_lib/node.sh"
# shellcheck source=test/cluster/lib/database.sh
source "$here_lib/database.sh"
# shellcheck source=test/cluster/lib/addons.sh
source "$here_lib/addons.sh"
# shellcheck source=test/cluster/lib/teardown.sh
source "$here_lib/teardown.sh"
# shellcheck source=test/cluster/lib/suite.sh
source "$here_lib/suite.sh"

main_build() {
  preflight
  select_version "$1"
  one_at_a_time build prepare
}

# prepare: everything that needs the machine's network and is kept in the cache.
prepare() {
  mkdir -p "$CACHE/bin"
  sweep_builds
  install_packages
  select_binaries
  build_kubernetes
  build_tools
  select_images
  build_images
  sweep_cache
}

main_up() {
  preflight
  select_version "$1"
  select_binaries
  one_at_a_time "$NAME" bring_up
}

bring_up() {
  local began=$SECONDS
  if [ -e "$RUN" ] || [ -e "$NETNS" ]; then
    if healthy; then
      say "Kubernetes $KUBERNETES is running already"
      return
    fi
    say "what runs is not a healthy Kubernetes $KUBERNETES: replacing it"
    tear_down
  fi
  step 'binaries and images are there' one_at_a_time build prepare
  # What is half-started is of no use to anybody, but its logs are.
  trap 'say "could not start; what there is of it is in $RUN, and cluster:down removes it"' EXIT
  mkdir -p "$RUN"/{log,pid}
  printf '%s\n' "$KUBERNETES" "$BIN" "$TOOLS" >"$RUN/version"
  step 'network and certificates' make_base
  step 'container runtime' start_runtime
  step 'control plane' start_control_plane
  step 'database' start_database
  step 'images loaded' load_images
  step 'node ready' start_node
  step 'CoreDNS and metrics-server' start_addons
  trap - EXIT
  say "Kubernetes $KUBERNETES is up ($((SECONDS - began)) s). 'npm run cluster:shell' opens a shell in it."
}

make_base() {
  make_network
  make_pki
}

main_down() {
  [ "$(id -u)" = 0 ] || fail "only root can end the cluster"
  if [ ! -e "$RUN" ] && [ ! -e "$NETNS" ] && [ -z "$(cgroup_folders -maxdepth 0)" ]; then
    say "not running"
    return
  fi
  one_at_a_time "$NAME" step 'all gone' tear_down
}

# In the order in which they start.
COMPONENTS=(containerd etcd kube-apiserver kube-controller-manager kube-scheduler postgresql kubelet kube-proxy)

main_status() {
  if [ ! -e "$RUN/version" ]; then
    echo "not running"
    exit 3
  fi
  local component wrong=0
  select_running
  echo "Kubernetes $KUBERNETES, files in $RUN, network namespace $NAME"
  for component in "${COMPONENTS[@]}"; do
    if ! running "$component"; then
      echo "  $component: not running (see $RUN/log/$component.log)"
      wrong=1
    elif [ "$(process_state "$(pid_of "$component")")" = T ]; then
      echo "  $component: suspended, pid $(pid_of "$component")"
      wrong=1
    else
      echo "  $component: pid $(pid_of "$component")"
    fi
  done
  if ! healthy; then wrong=1; fi
  timeout 10 nsenter --net="$NETNS" -- "$BIN/kubectl" --kubeconfig="$RUN/admin.conf" get nodes,pods --all-namespaces 2>&1 || true
  exit "$wrong"
}

# healthy: the selected release runs, whole: each process, the API, the node, DNS and metrics.
healthy() {
  local component
  [ "$(head -n 1 "$RUN/version" 2>/dev/null)" = "$KUBERNETES" ] || return 1
  for component in "${COMPONENTS[@]}"; do
    running "$component" || return 1
    [ "$(process_state "$(pid_of "$component")")" != T ] || return 1
  done
  [ "$(quick_kube get --raw /readyz)" = ok ] || return 1
  quick_kube get node "$NODE_NAME" | grep -q ' Ready' || return 1
  [ "$(quick_kube -n kube-system get deployment coredns metrics-server -o jsonpath='{.items[*].status.readyReplicas}')" = '1 1' ]
}

quick_kube() { kube --request-timeout=5s "$@" 2>/dev/null; }

main_shell() {
  [ "$(id -u)" = 0 ] || fail "only root can enter the cluster's network"
  select_running
  export KUBECONFIG=$RUN/admin.conf
  export PATH=$BIN:$TOOLS:$PATH
  # A proxy of the machine cannot be reached from here.
  unset HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy
  # For scripts that go on from here.
  export TODO_K8S_CLUSTER=$RUN
  if [ $# -gt 0 ]; then exec nsenter --net="$NETNS" -- "$@"; fi
  say "kubectl and helm talk to the cluster; http://localhost:30081 is its NodePort; 'exit' leaves"
  export PS1="(todo-k8s) \\w \\$ "
  exec nsenter --net="$NETNS" -- bash --norc -i
}

main_install() {
  select_running
  local release=${RELEASE:-todo-chatbot} namespace=${NAMESPACE:-default} secrets
  # In a file, not in the arguments, which every user of the machine can read.
  secrets=$(mktemp)
  # shellcheck disable=SC2064 # the file's name as it is now
  trap "rm -f '$secrets'" EXIT
  {
    echo 'backend:'
    echo '  secrets:'
    echo "    DATABASE_URL: \"$(cat "$RUN/database-url")\""
    echo "    BETTER_AUTH_SECRET: \"$(auth_secret)\""
  } >"$secrets"
  undo_failed_upgrade "$release" "$namespace"
  helm_in "$namespace" upgrade --install "$release" "$PROJECT/examples/helm/todo-chatbot" \
    --create-namespace --values "$secrets" --wait --timeout 3m "$@"
}

helm_in() {
  local namespace=$1
  shift
  in_ns "$TOOLS/helm" --kubeconfig "$RUN/admin.conf" --namespace "$namespace" "$@"
}

# Helm compares an upgrade with the last one that succeeded. What a failed one added in between (an environment
# variable, for example) would therefore stay, unless it is rolled back first.
undo_failed_upgrade() {
  case $(helm_in "$2" status "$1" -o json 2>/dev/null | sed -n 's/.*"status":"\([a-z-]*\)".*/\1/p') in
    '' | deployed | uninstalled) ;;
    *) helm_in "$2" rollback "$1" >&2 || helm_in "$2" uninstall "$1" --wait >&2 ;;
  esac
}

# The signing key stays the same as long as the cluster lives, so that tokens can be made for it.
auth_secret() {
  [ -e "$RUN/auth-secret" ] || (umask 077 && openssl rand -base64 36 >"$RUN/auth-secret")
  cat "$RUN/auth-secret"
}

main_sql() {
  select_running
  sql "$DATABASE_NAME" "$@"
}

main_component() {
  local name=${1:-} action=${2:-}
  [[ " ${COMPONENTS[*]} " == *" $name "* ]] || fail "there is no component '$name'. There are: ${COMPONENTS[*]}"
  select_running
  case $action in
    pause) kill -STOP "$(pid_of "$name")" ;;
    resume) kill -CONT "$(pid_of "$name")" ;;
    kill) running "$name" && kill_whole "$(pid_of "$name")" ;;
    stop) if [ "$name" = postgresql ]; then stop_database; else stop "$name"; fi ;;
    start) running "$name" || "start_${name//-/_}" ;;
    *) fail "'$action' is none of pause, resume, kill, stop, start" ;;
  esac
}
