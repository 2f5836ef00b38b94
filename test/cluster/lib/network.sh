# shellcheck shell=bash
# The network namespace everything lives in. It has no way out: nothing that runs in the cluster can reach the
# machine's network, and the machine's own firewall rules are never touched.

make_network() {
  local module
  # Where the kernel has these built in, there is nothing to load.
  for module in overlay br_netfilter; do modprobe --quiet "$module" 2>/dev/null || true; done
  ip netns add "$NAME"
  in_ns ip link set lo up
  in_ns sysctl -qw net.ipv4.ip_forward=1
  # kube-proxy serves NodePorts on localhost by rewriting packets that came in through the loopback.
  in_ns sysctl -qw net.ipv4.conf.all.route_localnet=1
  in_ns ip link add node0 type bridge
  in_ns ip address add "$NODE_IP/32" dev node0
  in_ns ip address add "$DATABASE_IP/32" dev node0
  in_ns ip link set node0 up
  # A packet to a Service address is routed before kube-proxy's rules turn it into one to a pod.
  in_ns ip route add "$SERVICE_CIDR" dev node0
}
