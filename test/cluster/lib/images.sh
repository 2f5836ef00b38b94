# shellcheck shell=bash
# Container images, made without a registry and without a container engine: folders packed as layers.
# They are kept in the cache under a name that holds what decides their content.

select_images() {
  IMAGES=$CACHE/images
  BACKEND_SOURCE=$PROJECT/examples/backend
  # The base system depends on the suite alone, the Python packages on their list, the application on its files.
  BASE_LAYER=$IMAGES/base-$IMAGE_SUITE-$(uname -m)-$(digest_of "$LIB/layers.sh").tar
  PYTHON_LAYER=$IMAGES/python-$IMAGE_SUITE-$(uname -m)-$(digest_of "$LIB/layers.sh" "$BACKEND_SOURCE/requirements.txt").tar
  BACKEND_TAR=$IMAGES/backend-$(uname -m)-$(digest_of "$LIB/images.sh" "$LIB/layers.sh" "$LIB/mkimage.py" "$BACKEND_SOURCE").tar
  SYSTEM_TARS=$IMAGES/system-$(basename "$TOOLS")-$(digest_of "$LIB/images.sh" "$LIB/mkimage.py")
}

build_images() {
  mkdir -p "$IMAGES"
  build_system_images
  build_backend_image
}

# What Kubernetes itself runs as pods: one static program each.
build_system_images() {
  [ ! -d "$SYSTEM_TARS" ] || return 0
  local staged=$SYSTEM_TARS.tmp.$$
  mkdir -p "$staged"
  system_image "$staged" pause "$PAUSE_IMAGE" 65535
  system_image "$staged" coredns "$COREDNS_IMAGE" 65532
  system_image "$staged" metrics-server "$METRICS_SERVER_IMAGE" 65532
  mv "$staged" "$SYSTEM_TARS"
}

# system_image FOLDER PROGRAM IMAGE UID
system_image() {
  local root=$1/$2.root
  mkdir -p "$root/tmp"
  chmod 1777 "$root/tmp"
  cp "$TOOLS/$2" "$root/$2"
  python3 "$LIB/mkimage.py" "$3" "$1/$2.tar" "{\"Entrypoint\":[\"/$2\"],\"User\":\"$4:$4\"}" "$root"
  rm -rf "$root"
}

build_backend_image() {
  [ ! -e "$BACKEND_TAR" ] || return 0
  build_base_layer
  build_python_layer
  local staged=$BACKEND_TAR.tmp.$$ root=$IMAGES/backend.tmp.$$
  mkdir -p "$root/app"
  cp -R "$BACKEND_SOURCE/app" "$root/app/"
  find "$root" -name __pycache__ -prune -exec rm -rf {} +
  python3 "$LIB/mkimage.py" "$BACKEND_IMAGE" "$staged" "$(backend_config)" "$BASE_LAYER" "$PYTHON_LAYER" "$root"
  rm -rf "$root"
  mv "$staged" "$BACKEND_TAR"
}

# The same settings as in examples/backend/Dockerfile.
backend_config() {
  cat <<'JSON'
{
  "User": "1001:1001",
  "WorkingDir": "/app",
  "Env": [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PYTHONPATH=/opt/python",
    "PYTHONUNBUFFERED=1",
    "PYTHONDONTWRITEBYTECODE=1",
    "UVICORN_APP=app.main:app",
    "UVICORN_HOST=0.0.0.0",
    "UVICORN_PORT=8000"
  ],
  "ExposedPorts": {"8000/tcp": {}},
  "Cmd": ["python3", "-m", "uvicorn"]
}
JSON
}

load_images() {
  local tar
  for tar in "$SYSTEM_TARS"/*.tar "$BACKEND_TAR"; do
    containers images import "$tar" >>"$RUN/log/images.log" 2>&1 || fail "could not load $(basename "$tar"): see $RUN/log/images.log"
  done
  # The same image under another tag, for whoever deploys the wrong one.
  containers images tag --force "$BACKEND_IMAGE" "${BACKEND_IMAGE%:*}:$OTHER_BACKEND_TAG" >>"$RUN/log/images.log" 2>&1
}
