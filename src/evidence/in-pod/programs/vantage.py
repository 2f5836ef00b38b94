# The application, seen from inside of its own pod. Arguments: seconds, path, then HOST PORT for each place to ask.
# Output: see vantage.ts.
import http.client, json, os, socket, sys, threading, time
# Bytes of a body that are read: a health response is short.
MAX_BODY = 8192
begin = time.monotonic()
budget = float(sys.argv[1])
path = sys.argv[2]
places = [(sys.argv[i], int(sys.argv[i + 1])) for i in range(3, len(sys.argv) - 1, 2)]
lock = threading.Lock()
def say(**line):
    with lock:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
def words(error):
    if isinstance(error, ConnectionRefusedError):
        return "refused: connection refused"
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "timeout: no answer within %g s" % (budget - 1)
    if isinstance(error, (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)):
        return "reset: the connection was closed before it was answered"
    if isinstance(error, http.client.HTTPException):
        return "not-http: the answer is not HTTP"
    return "unreachable: " + str(getattr(error, "strerror", None) or error)
def ask(host, port):
    since = time.monotonic()
    status, problem, body = None, None, None
    try:
        peer = http.client.HTTPConnection(host, port, timeout=budget - 1)
        peer.request("GET", path, headers={"User-Agent": "todo-k8s", "Connection": "close"})
        answer = peer.getresponse()
        status = answer.status
        body = answer.read(MAX_BODY).decode("utf-8", "replace")
    except Exception as error:
        problem = words(error)
    say(kind="http", host=host, port=port, status=status, error=problem, body=body, ms=round((time.monotonic() - since) * 1000))
for name in ("/proc/net/tcp", "/proc/net/tcp6"):
    try:
        for line in open(name):
            parts = line.split()
            if len(parts) > 3 and parts[3] == "0A":
                say(kind="listen", local=parts[1])
    except OSError:
        pass
threads = [threading.Thread(target=ask, args=place, daemon=True) for place in places]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(max(0, budget - (time.monotonic() - begin)))
say(kind="end")
os._exit(0)
