# Put in front of the programs that look names up: whether the pod's DNS servers answer anything at all.
#
# A look-up of the C library asks again only after 5 s, and for each search domain, so it tells a dead server from a
# lost packet after 20 s or more. unanswered() asks by itself, three times in three seconds, two questions that a
# server answers whatever it knows; where nothing comes back, there is nothing to wait for. One answer, even a
# refusal, and the look-up has all the time that the program has.
import select, socket
# Seconds after which unanswered() knows.
UNANSWERED_SECONDS = 3
def unanswered():
    peers = {}
    try:
        for line in open("/etc/resolv.conf"):
            if line.startswith("nameserver"):
                server = line.split()[1]
                family = socket.AF_INET6 if ":" in server else socket.AF_INET
                peers[socket.socket(family, socket.SOCK_DGRAM)] = server, 53
        for _ in range(UNANSWERED_SECONDS if peers else 0):
            for peer in peers:
                # Name servers of the root, and the server's own version (class CHAOS).
                for question in b"\0\0\2\0\1", b"\7version\4bind\0\0\20\0\3":
                    peer.sendto(b"}\n\1\0\0\1\0\0\0\0\0\0" + question, peers[peer])
            if select.select(peers, [], [], 1)[0]:
                return False
    except Exception:
        return False
    return bool(peers)
