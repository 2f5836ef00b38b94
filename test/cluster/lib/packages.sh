# shellcheck shell=bash
# The parts of the machine that come from Debian: only what is missing is installed.

# command (or file) that must exist = package that brings it
NEEDED=(
  containerd=containerd
  ctr=containerd
  runc=runc
  /usr/lib/cni/bridge=containernetworking-plugins
  iptables=iptables
  conntrack=conntrack
  ip=iproute2
  nsenter=util-linux
  mount=mount
  modprobe=kmod
  openssl=openssl
  curl=curl
  python3=python3
  debootstrap=debootstrap
  '/usr/lib/postgresql/*/bin/initdb=postgresql'
)

install_packages() {
  local entry missing=()
  for entry in "${NEEDED[@]}"; do
    have "${entry%=*}" || missing+=("${entry##*=}")
  done
  # The images' Python packages are fetched with pip, whichever way this machine has it.
  python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing: ${missing[*]}"
  without_services install_now "${missing[@]}"
}

have() {
  case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

install_now() {
  export DEBIAN_FRONTEND=noninteractive
  local log=$CACHE/apt.log
  { bounded "$FETCH_LIMIT" 'apt-get update' apt-get update &&
    bounded "$FETCH_LIMIT" 'apt-get install' apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 ||
    { local status=$?; tail -n 20 "$log" >&2; give_up "$status" "apt-get could not install: $*"; }
}

# without_services COMMAND…: while it runs, packages do not start the daemons they bring (a second containerd,
# a PostgreSQL on the machine's own port): the cluster starts its own.
without_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  ("$@") || status=$?
  rm -f "$policy"
  return "$status"
}
