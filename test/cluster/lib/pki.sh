# shellcheck shell=bash
# Certificates and kubeconfigs. Each component has an identity of its own, as in a cluster made by kubeadm or
# Minikube, so that the Node authorizer and RBAC decide what they decide there.

make_pki() {
  mkdir -p "$RUN/pki"
  cd "$RUN/pki" || return
  authority ca "/CN=$NAME"
  authority front-proxy-ca "/CN=$NAME front proxy"
  certificate apiserver ca /CN=kube-apiserver \
    "IP:127.0.0.1,IP:$API_SERVICE_IP,IP:$NODE_IP,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  certificate apiserver-kubelet ca /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate front-proxy front-proxy-ca /CN=front-proxy-client
  certificate admin ca /O=system:masters/CN=minikube-user
  certificate controller-manager ca /CN=system:kube-controller-manager
  certificate scheduler ca /CN=system:kube-scheduler
  certificate proxy ca /CN=system:kube-proxy
  certificate kubelet ca "/O=system:nodes/CN=system:node:$NODE_NAME" "IP:$NODE_IP,IP:127.0.0.1,DNS:$NODE_NAME"
  certificate database ca "/CN=$DATABASE_HOST" "DNS:$DATABASE_HOST"
  openssl ecparam -name prime256v1 -genkey -noout -out service-account.key
  openssl ec -in service-account.key -pubout -out service-account.pub 2>/dev/null

  # The name `minikube` because that is what the documentation of the application calls its context.
  kubeconfig admin "$RUN/admin.conf" minikube
  local who
  for who in controller-manager scheduler proxy kubelet; do
    kubeconfig "$who" "$RUN/pki/$who.conf" "$who"
  done
  cd "$CLUSTER_DIR" || return
}

# authority NAME SUBJECT
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "$2" \
    -keyout "$1.key" -out "$1.crt" 2>/dev/null
}

# certificate NAME AUTHORITY SUBJECT [ALTERNATIVE NAMES]: for servers and clients alike.
certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$3" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  {
    echo 'keyUsage=digitalSignature'
    echo 'extendedKeyUsage=serverAuth,clientAuth'
    echo "subjectAltName=${4:-DNS:$1}"
  } >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 365 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
  rm "$1.csr" "$1.ext"
}

# kubeconfig IDENTITY FILE CONTEXT
kubeconfig() {
  cat >"$2" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: minikube
  cluster:
    server: https://127.0.0.1:6443
    certificate-authority-data: $(base64 -w0 ca.crt)
users:
- name: $3
  user:
    client-certificate-data: $(base64 -w0 "$1.crt")
    client-key-data: $(base64 -w0 "$1.key")
contexts:
- name: $3
  context:
    cluster: minikube
    user: $3
    namespace: default
current-context: $3
YAML
  chmod 600 "$2"
}
