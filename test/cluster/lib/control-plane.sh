# shellcheck shell=bash
# etcd, the API server, the controller manager and the scheduler. One function starts one process, because tests
# end and start them one by one.

start_control_plane() {
  start_etcd
  wait_for 30 etcd in_ns curl -fsS -m 2 http://127.0.0.1:2379/health
  start_kube_apiserver
  wait_for 60 'the API server' kube get --raw /readyz
  start_kube_controller_manager
  start_kube_scheduler
}

start_etcd() {
  # No fsync: the cluster's state is as short-lived as the cluster.
  start etcd "$BIN/etcd" --name "$NAME" --data-dir "$RUN/etcd" --unsafe-no-fsync \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster "$NAME=http://127.0.0.1:2380"
}

start_kube_apiserver() {
  local pki=$RUN/pki
  start kube-apiserver "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --secure-port=6443 --advertise-address="$NODE_IP" --service-cluster-ip-range="$SERVICE_CIDR" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/service-account.pub" --service-account-signing-key-file="$pki/service-account.key" \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --requestheader-client-ca-file="$pki/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file="$pki/front-proxy.crt" --proxy-client-key-file="$pki/front-proxy.key" \
    --enable-aggregator-routing=true
}

start_kube_controller_manager() {
  local identity=$RUN/pki/controller-manager.conf
  start kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$identity" \
    --authentication-kubeconfig="$identity" --authorization-kubeconfig="$identity" \
    --service-account-private-key-file="$RUN/pki/service-account.key" --root-ca-file="$RUN/pki/ca.crt" \
    --cluster-signing-cert-file="$RUN/pki/ca.crt" --cluster-signing-key-file="$RUN/pki/ca.key" \
    --use-service-account-credentials --leader-elect=false --node-monitor-grace-period=30s \
    --flex-volume-plugin-dir="$RUN/kubelet/volume-plugins" \
    --allocate-node-cidrs=true --cluster-cidr="$POD_CIDR" --service-cluster-ip-range="$SERVICE_CIDR"
}

start_kube_scheduler() {
  local identity=$RUN/pki/scheduler.conf
  start kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$identity" \
    --authentication-kubeconfig="$identity" --authorization-kubeconfig="$identity" --leader-elect=false
}
