# shellcheck shell=bash
# The Go parts, built from the locked modules under go/ into the cache.
# A build writes beside its destination and is renamed when it is whole, so an interrupted one leaves nothing
# half-made, and the next one goes on from the Go build cache.

# select_binaries: where the binaries of the selected minor and of the tools are. The key holds what decides
# their content: the release and the lock files.
select_binaries() {
  local platform
  platform=$(uname -m)
  BIN=$CACHE/bin/kubernetes-$KUBERNETES-$platform-$(digest_of "$CLUSTER_DIR/go/kubernetes-$MINOR")
  TOOLS=$CACHE/bin/tools-$HELM-$COREDNS-$METRICS_SERVER-$platform-$(digest_of "$CLUSTER_DIR/go/tools")
}

# digest_of PATH…: one short name for the content of all files under the paths, wherever the checkout is.
digest_of() {
  find "$@" -type f -not -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum | sed "s#$PROJECT/##" | sha256sum | cut -c1-12
}

build_kubernetes() {
  [ ! -d "$BIN" ] || return 0
  local staged=$BIN.tmp.$$ package flags='' main=()
  say "building Kubernetes $KUBERNETES (once; it takes ten to twenty minutes on two cores)"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=v$KUBERNETES -X $package.gitMajor=1 -X $package.gitMinor=${MINOR#1.} -X $package.gitTreeState=clean"
  done
  for package in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
    main+=("k8s.io/kubernetes/cmd/$package")
  done
  go_build "$CLUSTER_DIR/go/kubernetes-$MINOR" "$staged" "$flags" "${main[@]}" go.etcd.io/etcd/server/v3
  mv "$staged/server" "$staged/etcd"
  mv "$staged" "$BIN"
}

build_tools() {
  [ ! -d "$TOOLS" ] || return 0
  local staged=$TOOLS.tmp.$$
  say "building Helm $HELM, CoreDNS $COREDNS and metrics-server $METRICS_SERVER (once)"
  go_build "$CLUSTER_DIR/go/tools" "$staged" "-X helm.sh/helm/v3/internal/version.version=v$HELM" \
    helm.sh/helm/v3/cmd/helm sigs.k8s.io/metrics-server/cmd/metrics-server ./coredns ./pause
  mv "$staged" "$TOOLS"
}

# go_build MODULE OUT LDFLAGS PACKAGE…
go_build() {
  local module=$1 out=$2 flags=$3 status=0
  shift 3
  mkdir -p "$out"
  (
    cd "$module"
    # The machine's own Go settings (vendoring, workspaces, version stamping) are for its own code.
    export CGO_ENABLED=0 GOFLAGS='' GOWORK=off
    bounded "$BUILD_LIMIT" "the Go build in ${module#"$PROJECT"/}" \
      nice -n 10 go build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w $flags" -o "$out/" "$@"
  ) || status=$?
  [ "$status" != 0 ] || return 0
  rm -rf "$out"
  give_up "$status" "the Go build in ${module#"$PROJECT"/} failed"
}

# openreports_crds: prints the folder with the CRDs of openreports.io, which Go keeps in its own cache.
openreports_crds() {
  local module=github.com/openreports/reports-api folder
  folder=$(
    cd "$CLUSTER_DIR/go/openreports"
    export GOFLAGS='' GOWORK=off
    bounded "$FETCH_LIMIT" 'fetching the CRDs of openreports.io' go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
  )
  [ -n "$folder" ] || fail "the module $module could not be fetched"
  printf '%s\n' "$folder/config/crd"
}

# Builds that were interrupted leave folders named after a process that is gone.
sweep_builds() {
  local folder
  for folder in "$CACHE"/*/*.tmp.*; do
    [ -e "$folder" ] || continue
    [ -d "/proc/${folder##*.}" ] || rm -rf "$folder"
  done
}

# What has not been used for two weeks was made from versions that are pinned no more.
sweep_cache() {
  touch "$BIN" "$TOOLS" "$SYSTEM_TARS" "$BASE_LAYER" "$PYTHON_LAYER" "$BACKEND_TAR"
  find "$CACHE/bin" "$CACHE/images" -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf {} +
}
