# What the pod reaches: names, and PostgreSQL servers, each connected to and sent an SSLRequest.
# Arguments: seconds, then "dns NAME" or "tcp HOST PORT" for each target. Output: see targets.ts. Needs resolver.py in front.
#
# One daemon thread for each target: getaddrinfo() cannot be interrupted, but os._exit() leaves it behind.
import json, os, socket, sys, threading, time
# Seconds until a connection must stand: a SYN that is lost is sent again after 1 s and after 3 s (RFC 6298), so two may be.
CONNECT_SECONDS = 3.2
begin = time.monotonic()
budget = float(sys.argv[1])
lock = threading.Lock()
def ms(since):
    return round((time.monotonic() - since) * 1000)
def say(**line):
    with lock:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
def kind(error):
    if isinstance(error, socket.gaierror):
        return "dns"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "timeout"
    if getattr(error, "errno", None) in (101, 113):
        return "unreachable"
    return "error"
def words(error):
    return kind(error) + ": " + str(getattr(error, "strerror", None) or error)
def resolve(host, port):
    found = []
    for info in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        if info[4][0] not in found:
            found.append(info[4][0])
    return found
def dns(name):
    since = time.monotonic()
    found, problem = [], None
    try:
        found = resolve(name, None)
    except Exception as error:
        problem = words(error)
    return [dict(kind="dns", name=name, addresses=found, error=problem, ms=ms(since))]
def connect(addresses, port):
    problem = None
    for address in addresses:
        left = budget - (time.monotonic() - begin) - 0.5
        try:
            return socket.create_connection((address, port), max(0.1, min(CONNECT_SECONDS, left)))
        except Exception as error:
            if problem is None or kind(problem) == "unreachable":
                problem = error
    raise problem
def tcp(host, port, reached):
    since = time.monotonic()
    line = dict(kind="tcp", host=host, port=port)
    tls = dict(kind="tls", host=host, port=port)
    try:
        addresses = resolve(host, port)
        reached.append("resolved")
        line.update(addresses=addresses)
        peer = connect(addresses, port)
    except Exception as error:
        line.update(connected=False, error=words(error), ms=ms(since))
        tls.update(answer="not-tried", error=None, ms=0)
        return [line, tls]
    line.update(connected=True, error=None, ms=ms(since))
    since = time.monotonic()
    answer, problem = "none", None
    try:
        peer.settimeout(max(0.1, min(3, budget - (time.monotonic() - begin) - 0.3)))
        peer.sendall(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
        got = peer.recv(1)
        answer = {b"S": "S", b"N": "N", b"": "none"}.get(got, "other")
    except Exception as error:
        problem = words(error)
    finally:
        peer.close()
    tls.update(answer=answer, error=problem, ms=ms(since))
    return [line, tls]
def run(job):
    lines = job["measure"]()
    with lock:
        if job["done"]:
            return
        job["done"] = True
    for line in lines:
        say(**line)
    job["said"].set()
def give_up(job, seconds):
    with lock:
        if job["done"]:
            return False
        job["done"] = True
    for line in job["late"](seconds):
        say(**line)
    job["said"].set()
    return True
def watch():
    if unanswered():
        for job in jobs:
            if not job["reached"]:
                give_up(job, UNANSWERED_SECONDS)
jobs, words_left = [], sys.argv[2:]
def late_dns(name, seconds):
    return [dict(kind="dns", name=name, addresses=[], error="timeout: no answer within %g s" % seconds, ms=round(seconds * 1000))]
# What is late is the lookup as long as it has not ended: no packet was sent to the server by then.
def late_tcp(host, port, reached, seconds):
    error = "%s: no answer within %g s" % ("timeout" if reached else "dns", seconds)
    return [
        dict(kind="tcp", host=host, port=port, connected=False, error=error, ms=round(seconds * 1000)),
        dict(kind="tls", host=host, port=port, answer="not-tried", error=None, ms=0)]
while words_left:
    if words_left[0] == "dns":
        name = words_left[1]
        del words_left[:2]
        jobs.append(dict(reached=[], measure=lambda n=name: dns(n), late=lambda s, n=name: late_dns(n, s)))
    else:
        target = (words_left[1], int(words_left[2]), [])
        del words_left[:3]
        jobs.append(dict(reached=target[2], measure=lambda t=target: tcp(*t), late=lambda s, t=target: late_tcp(*t, s)))
say(kind="uid", uid=os.getuid())
try:
    with open("/proc/1/status", errors="replace") as status:
        users = [line.split() for line in status if line.startswith("Uid:")]
    say(kind="process", uid=int(users[0][2]))
except (OSError, ValueError, IndexError):
    pass
for job in jobs:
    job.update(done=False, said=threading.Event())
    threading.Thread(target=run, args=(job,), daemon=True).start()
threading.Thread(target=watch, daemon=True).start()
for job in jobs:
    job["said"].wait(max(0, budget - (time.monotonic() - begin)))
    if not give_up(job, budget):
        job["said"].wait(0.2)
say(kind="end")
os._exit(0)
