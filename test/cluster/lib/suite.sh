# shellcheck shell=bash
# The suite: built, brought to where the cluster can be reached, and started.

JEST=(node --experimental-vm-modules --disable-warning=ExperimentalWarning "$PROJECT/node_modules/jest/bin/jest.js"
  --config "$CLUSTER_DIR/jest.cluster.config.js" --verbose)

# stale: a source that is newer than what was built last, as npm ci does it.
stale() {
  if [ ! -e "$PROJECT/oclif.manifest.json" ] || [ ! -d "$PROJECT/dist" ]; then echo 'never built'; fi
  find "$PROJECT"/{src,scripts,package-lock.json} -newer "$PROJECT/dist" 2>/dev/null | head -n 1
}

main_run() {
  local down='' arguments=()
  while [ $# -gt 0 ]; do
    case $1 in
      --down) down=yes ;;
      --only) export TODO_K8S_TEST_ONLY=${2:?--only needs a pattern} && arguments+=(--testNamePattern '^faults (?!of )') && shift ;;
      --record) export TODO_K8S_TEST_RECORD=1 TODO_K8S_TEST_TWINS=1 && arguments+=(--testNamePattern '^faults (?!of )') ;;
      --field) export TODO_K8S_TEST_FIELD=1 ;;
      --sample) export TODO_K8S_TEST_SAMPLE=1 ;;
      --healthy) arguments+=(--testNamePattern 'healthy|permissions') ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  [ ${#arguments[@]} -gt 0 ] || export TODO_K8S_TEST_WHOLE=1
  local status=0 program
  [ -z "$(stale)" ] || step 'program built' npm --prefix "$PROJECT" run --silent build
  program=$(mktemp -d)
  # Pods run it too, as another user.
  chmod 755 "$program"
  # shellcheck disable=SC2064 # the folder's name as it is now
  trap "rm -rf '$program'" EXIT
  # As it is packed, so that a build during the run changes nothing.
  cp -r "$PROJECT"/{bin,dist,package.json,oclif.manifest.json} "$program"
  export TODO_K8S_TEST_PROGRAM=$program
  if [ -n "${TODO_K8S_TEST_CONTEXT:-}" ]; then
    (cd "$PROJECT" && exec "${JEST[@]}" ${arguments[@]+"${arguments[@]}"}) || status=$?
  else
    "$CLUSTER_DIR/up"
    # From inside nothing can be fetched.
    TODO_K8S_TEST_CRDS=$(openreports_crds)
    export TODO_K8S_TEST_CRDS
    (cd "$PROJECT" && npx tsx scripts/image.ts --fetch) ||
      say "parts of the program's image could not be fetched: what runs it in the cluster will fail"
    # In a subshell: the way in replaces the process.
    (cd "$PROJECT" && main_shell "${JEST[@]}" ${arguments[@]+"${arguments[@]}"}) || status=$?
    if [ -n "$down" ]; then "$CLUSTER_DIR/down"; fi
  fi
  return "$status"
}
