# shellcheck shell=bash
# The network namespace everything lives in. It has no way out: nothing that runs in the cluster can reach the
# machine's network, and the machine's own firewall rules are never touched.

make_network() {
  local module
  # Where the kernel has these built in, there is nothing to load.
  for module in overlay br_netfilter nf_conntrack; do modprobe --quiet "$module" 2>/dev/null || true; done
  ip netns add "$NAME"
  in_ns ip link set lo up
  in_ns sysctl -qw net.ipv4.ip_forward=1
  # kube-proxy serves NodePorts on localhost by rewriting packets that came in through the loopback.
  in_ns sysctl -qw net.ipv4.conf.all.route_localnet=1
  # Connection tracking keeps what became of a connection that got no answer, for the client's port that it came from: two
  # minutes unless told otherwise. A request from the node's own loopback that was rejected, or sent to a pod that ended,
  # would bring the next one from that port to the same fate, long after the pods are well. Requests from outside of a
  # node, which is what users send, are rejected before they are tracked.
  in_ns sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_syn_sent=1
  in_ns ip link add node0 type bridge
  in_ns ip address add "$NODE_IP/32" dev node0
  in_ns ip address add "$DATABASE_IP/32" dev node0
  in_ns ip link set node0 up
  # A packet to a Service address is routed before kube-proxy's rules turn it into one to a pod.
  in_ns ip route add "$SERVICE_CIDR" dev node0
}
