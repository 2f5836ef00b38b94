# shellcheck shell=bash
# The two lower layers of the example backend's image: a small Debian with Python, and the Python packages.

# A small Debian with Python, from whatever mirror this machine's apt uses.
build_base_layer() {
  [ ! -e "$BASE_LAYER" ] || return 0
  say "building the base system of the images (once)"
  local root=$IMAGES/base.tmp.$$ log=$CACHE/debootstrap.log mirror
  mirror=$(apt_mirror)
  bounded "$FETCH_LIMIT" debootstrap \
    nice -n 10 debootstrap --variant=minbase --include=python3,ca-certificates "$IMAGE_SUITE" "$root" "$mirror" >"$log" 2>&1 ||
    { local status=$?; tail -n 20 "$log" >&2; umount_below "$root"; rm -rf "$root"; give_up "$status" 'debootstrap failed'; }
  umount_below "$root"
  # What Debian compiled goes by the dates of the sources, which an image has not; nobody in a container may write it anew.
  chroot "$root" python3 -m compileall -q --invalidation-mode unchecked-hash -f /usr/lib/python3 /usr/lib/python3.* >>"$log" 2>&1 ||
    fail "the base system's Python could not compile its library: see $log"
  echo 'appuser:x:1001:1001::/app:/usr/sbin/nologin' >>"$root/etc/passwd"
  echo 'appuser:x:1001:' >>"$root/etc/group"
  # What no container needs: package lists, documentation, and which mirror this machine uses.
  rm -rf "${root:?}"/var/cache/apt "$root"/var/lib/apt/lists "$root"/var/log/* "$root"/usr/share/{doc,man,locale,info} \
    "$root"/etc/apt/sources.list* "$root"/debootstrap "${root:?}"/{dev,proc,sys}
  mkdir -m 755 "$root"/dev "$root"/proc "$root"/sys
  : >"$root/etc/resolv.conf"
  : >"$root/etc/hostname"
  python3 "$LIB/mkimage.py" --layer "$BASE_LAYER.tmp.$$" "$root"
  rm -rf "$root"
  mv "$BASE_LAYER.tmp.$$" "$BASE_LAYER"
}

apt_mirror() {
  local mirror
  # shellcheck disable=SC2016 # the variables are apt's
  mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$IMAGE_SUITE" '$1 == suite && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || fail "apt knows no mirror for Debian $IMAGE_SUITE, which the images are made from"
  echo "$mirror"
}

# The packages are fetched as ready-made wheels for the Python of the base system, whatever Python this machine has.
build_python_layer() {
  [ ! -e "$PYTHON_LAYER" ] || return 0
  say "fetching the Python packages of the example backend (once)"
  local root=$IMAGES/python.tmp.$$ log=$CACHE/pip.log version
  version=$(tar -tf "$BASE_LAYER" | sed -n 's#^\./usr/bin/python\(3\.[0-9]*\)$#\1#p')
  mkdir -p "$root"
  bounded "$FETCH_LIMIT" 'pip install' \
    python3 -m pip install --quiet --no-compile --no-deps --disable-pip-version-check --root-user-action=ignore \
    --only-binary=:all: --python-version "$version" --implementation cp \
    --target "$root/opt/python" -r "$BACKEND_SOURCE/requirements.txt" >"$log" 2>&1 ||
    { local status=$?; tail -n 20 "$log" >&2; rm -rf "$root"; give_up "$status" "pip could not fetch the packages of examples/backend"; }
  # Bytecode for the container's Python, made once here instead of at every start of every pod.
  if python3 -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')"; then
    python3 -m compileall -q -s "$root" --invalidation-mode unchecked-hash "$root/opt/python" || true
  fi
  python3 "$LIB/mkimage.py" --layer "$PYTHON_LAYER.tmp.$$" "$root"
  rm -rf "$root"
  mv "$PYTHON_LAYER.tmp.$$" "$PYTHON_LAYER"
}
