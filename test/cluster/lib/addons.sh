# shellcheck shell=bash
# What runs in the cluster before anybody's application does.

start_addons() {
  local file
  for file in "$CLUSTER_DIR"/manifests/*.yaml; do
    fill_in "$file"
    echo '---'
  done >"$RUN/addons.yaml"
  kube apply --server-side -f "$RUN/addons.yaml" >"$RUN/log/addons.log"
  wait_for 60 CoreDNS kube -n kube-system rollout status deployment coredns --timeout=2s
  wait_for 90 metrics-server kube -n kube-system rollout status deployment metrics-server --timeout=2s
}

# fill_in FILE: the manifest with its ${NAMES} replaced.
fill_in() {
  local text name
  text=$(cat "$1")
  for name in COREDNS_IMAGE METRICS_SERVER_IMAGE DNS_SERVICE_IP DATABASE_IP DATABASE_HOST; do
    text=${text//"\${$name}"/${!name}}
  done
  printf '%s\n' "$text"
}
