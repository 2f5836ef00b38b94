# From a pod to a working database session, rung by rung, with nothing but Python's standard library (3.6 or newer).
# Arguments: seconds, key of the digest, then HOST PORT for each server by the Secret. Needs resolver.py in front.
#
# The DATABASE_URL comes from the environment that this runs in, which is the one that the application has: the URL
# never travels, and nothing of its credentials is ever printed. What is printed are JSON lines:
#
#     {"kind":"url","state":"ok","mode":"require","hosts":[["db",5432]],"digest":"<HMAC of the URL>"}
#     {"kind":"rung","host":"db","port":5432,"climb":1,"rung":"dns","error":null,"state":null,"detail":"10.0.0.7","ms":2}
#     {"kind":"certificate","host":"db","port":5432,"der":"<base64>"}
#     {"kind":"end"}
#
# A climb ends at its first rung with an error, "<kind>: <words>", with the SQLSTATE in "state" where the server gave
# one. The digest, under a key that is new for each run, is for whoever knows the Secret's value to compare.
import base64, hashlib, hmac, json, os, re, socket, struct, sys, threading, time, unicodedata
from urllib.parse import unquote
try:
    import ssl
except ImportError:
    ssl = None
begin = time.monotonic()
budget = float(sys.argv[1])
key = sys.argv[2]
given = [(sys.argv[i], int(sys.argv[i + 1])) for i in range(3, len(sys.argv) - 1, 2)]
lock = threading.Lock()
ended = False
now = dict(rung="dns", host=None, port=None, climb=1, since=begin)
def say(**line):
    with lock:
        if not ended:
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
def left():
    return budget - (time.monotonic() - begin)
class Fault(Exception):
    def __init__(self, kind, words, state=None):
        Exception.__init__(self, words)
        self.kind, self.words, self.state = kind, words, state
def fault(error):
    if isinstance(error, Fault):
        return error
    words = str(getattr(error, "strerror", None) or error) or type(error).__name__
    if isinstance(error, socket.gaierror):
        return Fault("resolver" if error.errno in (socket.EAI_AGAIN, socket.EAI_FAIL) else "name", words)
    if isinstance(error, ConnectionRefusedError):
        return Fault("refused", words)
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return Fault("reset", words)
    if ssl and isinstance(error, ssl.SSLCertVerificationError):
        return Fault("certificate", str(getattr(error, "verify_message", "") or words))
    if ssl and isinstance(error, ssl.SSLError):
        return Fault("tls", str(getattr(error, "reason", "") or words))
    if isinstance(error, (socket.timeout, TimeoutError)):
        return Fault("timeout", "no answer in time")
    if getattr(error, "errno", None) in (101, 113):
        return Fault("unreachable", words)
    return Fault("error", words)
def rung(name, act):
    since = time.monotonic()
    now.update(rung=name, since=since)
    try:
        value, detail = act()
    except Exception as error:
        problem = fault(error)
        tell(name, since, problem.kind + ": " + problem.words, problem.state, "")
        raise problem
    tell(name, since, None, None, detail)
    return value
def tell(name, since, error, state, detail):
    say(kind="rung", host=now["host"], port=now["port"], climb=now["climb"], rung=name, error=error, state=state,
        detail=detail, ms=round((time.monotonic() - since) * 1000))
PLAIN = r"[^:@/?#\s\x00-\x1f]"
def parse(url):
    # Only what every reader of such a URL understands alike; else nothing of it is used.
    m = re.match(r"^postgres(?:ql)?(?:\+[a-z0-9_]+)?://(" + PLAIN + r"+):([^@/?#\s]+)@([^@/?#\s]+)(?:/([^@/?#\s]*))?(?:\?([^@#\s]*))?\Z", url)
    if not m or re.search(r"%(?![0-9A-Fa-f]{2})|%00", url):
        return None
    user, password, place, name, query = m.groups()
    params = {}
    for pair in (query or "").split("&"):
        if pair:
            parts = pair.split("=")
            if len(parts) != 2:
                return None
            params[unquote(parts[0])] = unquote(parts[1])
    if any(k in params for k in ("host", "hostaddr", "port", "user", "password", "dbname")):
        return None
    hosts = []
    for item in place.split(","):
        m = re.match(r"^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_][A-Za-z0-9_.-]*))(?::(\d{1,5})?)?\Z", item)
        if not m or not 0 < int(m.group(3) or 5432) < 65536:
            return None
        hosts.append((m.group(1) or m.group(2), int(m.group(3) or 5432)))
    mode = params.get("sslmode") or params.get("ssl") or "prefer"
    mode = "require" if mode == "true" else mode
    return dict(user=unquote(user), password=unquote(password), database=unquote(name or "") or unquote(user),
                hosts=hosts, mode=mode, options=params.get("options"), root=params.get("sslrootcert"), sni=params.get("sslsni"))
def resolve(host, port):
    found = []
    for info in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        if info[4][0] not in found:
            found.append(info[4][0])
    return found, ", ".join(found[:4])
def connect(addresses, port):
    problem = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), max(0.1, min(2.5, left() - 0.5))), address
        except Exception as error:
            # An address family that has no route here says nothing about the server.
            if problem is None or fault(problem).kind == "unreachable":
                problem = error
    raise problem
class Wire:
    def __init__(self, peer):
        self.peer = peer
    def read(self, count):
        data = b""
        while len(data) < count:
            self.peer.settimeout(max(0.1, min(5, left() - 0.3)))
            part = self.peer.recv(count - len(data))
            if not part:
                raise Fault("reset", "the server closed the connection without a word")
            data += part
        return data
    def send(self, kind, body):
        self.peer.settimeout(max(0.1, min(5, left() - 0.3)))
        self.peer.sendall(kind + struct.pack("!i", len(body) + 4) + body)
    def message(self):
        while True:
            kind = self.read(1)
            size = struct.unpack("!i", self.read(4))[0] - 4
            if kind not in b"RESKZNDTCGHvI" or size < 0 or size > 65536:
                raise Fault("protocol", "the server does not speak PostgreSQL's protocol")
            body = self.read(size)
            if kind == b"E":
                fields = {}
                for part in body.split(b"\0"):
                    if part:
                        fields[part[:1]] = part[1:].decode("utf-8", "replace")
                raise Fault("server", fields.get(b"M", "no reason given"), fields.get(b"C"))
            if kind not in b"NSv":
                return kind, body
def encrypt(peer, host, mode, root, sni):
    if mode in ("verify-ca", "verify-full"):
        own = os.path.expanduser("~/.postgresql/root.crt")
        path = root if root and root != "system" else own if not root and os.path.exists(own) else None
        context = ssl.create_default_context(cafile=path)
        context.check_hostname = mode == "verify-full"
    else:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    peer.settimeout(max(0.1, min(5, left() - 0.3)))
    named = sni != "0" and re.search("[a-zA-Z]", host) and ":" not in host
    # Without a name to check against, check_hostname cannot be: an address is checked as a name.
    return context.wrap_socket(peer, server_hostname=host if named or context.check_hostname else None)
def startup(wire, url):
    pairs = [("user", url["user"]), ("database", url["database"]), ("application_name", "todo-k8s")]
    if url["options"]:
        pairs.append(("options", url["options"]))
    body = struct.pack("!i", 196608) + b"".join(k.encode() + b"\0" + v.encode() + b"\0" for k, v in pairs) + b"\0"
    wire.send(b"", body)
    kind, body = wire.message()
    if kind != b"R" or len(body) < 4:
        raise Fault("protocol", "the server does not speak PostgreSQL's protocol")
    code = struct.unpack("!i", body[:4])[0]
    names = {0: "no password asked for", 3: "password", 5: "md5", 10: "scram-sha-256"}
    return (code, body[4:]), names.get(code, "method %d" % code)
def login(wire, url, first, encrypted):
    code, body = first
    password = url["password"]
    if code == 3:
        if not encrypted:
            raise Fault("withheld", "the server asks for the password in clear text on a connection without TLS: it was not sent")
        wire.send(b"p", password.encode() + b"\0")
    elif code == 5:
        inner = hashlib.md5(password.encode() + url["user"].encode()).hexdigest()
        wire.send(b"p", b"md5" + hashlib.md5(inner.encode() + body[:4]).hexdigest().encode() + b"\0")
    elif code == 10:
        scram(wire, body, password)
    elif code != 0:
        raise Fault("unsupported", "the server asks for a way to log in that this program does not know (%d)" % code)
    while True:
        kind, body = wire.message()
        if kind == b"Z":
            return None, ""
        if kind == b"R" and struct.unpack("!i", body[:4])[0] != 0:
            raise Fault("unsupported", "the server asks for a second factor that this program does not know")
def scram(wire, offered, password):
    if b"SCRAM-SHA-256" not in offered.split(b"\0"):
        raise Fault("unsupported", "the server offers no SCRAM-SHA-256")
    if not all(ord(c) < 128 for c in password):
        password = unicodedata.normalize("NFKC", password)
    nonce = base64.b64encode(os.urandom(18)).decode()
    bare = "n=,r=" + nonce
    first = ("n,," + bare).encode()
    wire.send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
    challenge = sasl(wire, 11).decode()
    values = dict(part.split("=", 1) for part in challenge.split(",") if "=" in part)
    rounds = int(values.get("i", "0"))
    if not values.get("r", "").startswith(nonce) or not 0 < rounds <= 1000000 or "s" not in values:
        raise Fault("protocol", "the server's SCRAM challenge is malformed")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(values["s"]), rounds)
    mac = lambda secret, text: hmac.new(secret, text, hashlib.sha256).digest()
    client = mac(salted, b"Client Key")
    without = "c=biws,r=" + values["r"]
    text = (bare + "," + challenge + "," + without).encode()
    proof = bytes(a ^ b for a, b in zip(client, mac(hashlib.sha256(client).digest(), text)))
    wire.send(b"p", (without + ",p=" + base64.b64encode(proof).decode()).encode())
    final = sasl(wire, 12).decode()
    if final != "v=" + base64.b64encode(mac(mac(salted, b"Server Key"), text)).decode():
        raise Fault("protocol", "the server could not prove that it knows the password")
def sasl(wire, wanted):
    kind, body = wire.message()
    if kind != b"R" or struct.unpack("!i", body[:4])[0] != wanted:
        raise Fault("protocol", "the server broke off SCRAM")
    return body[4:]
def query(wire):
    wire.send(b"Q", b"SELECT 1\0")
    rows = 0
    while True:
        kind, body = wire.message()
        rows += kind == b"D"
        if kind == b"Z":
            if rows != 1:
                raise Fault("protocol", "SELECT 1 gave %d rows" % rows)
            return None, ""
def climb(host, port, number, url):
    now.update(host=host, port=port, climb=number)
    mode = url["mode"] if url else "require"
    addresses = rung("dns", lambda: resolve(host, port))
    peer = rung("tcp", lambda: connect(addresses, port))
    try:
        encrypted = False
        if mode not in ("disable", "allow"):
            def ask():
                wire = Wire(peer)
                wire.send(b"", struct.pack("!i", 80877103))
                got = wire.read(1)
                if got == b"S":
                    return True, ""
                if got == b"N" and mode == "prefer":
                    return False, "no TLS"
                raise Fault("refused-tls" if got == b"N" else "protocol",
                            "the server does not support SSL" if got == b"N" else "the server does not speak PostgreSQL's protocol")
            if rung("ssl", ask):
                if ssl is None:
                    say(kind="unmeasured", what="tls", reason="this python3 has no ssl module")
                    return
                def shake():
                    secure = encrypt(peer, host, mode, url and url["root"], url and url["sni"])
                    der = secure.getpeercert(binary_form=True)
                    if der and number == 1 and len(der) < 16384:
                        say(kind="certificate", host=host, port=port, der=base64.b64encode(der).decode())
                    return secure, secure.version() or ""
                peer = rung("tls", shake)
                encrypted = True
        if not url:
            say(kind="unmeasured", what="startup", reason="the DATABASE_URL of the pod cannot be read beyond doubt")
            return
        wire = Wire(peer)
        first = rung("startup", lambda: startup(wire, url))
        rung("login", lambda: login(wire, url, first, encrypted))
        rung("query", lambda: query(wire))
        wire.send(b"X", b"")
    finally:
        peer.close()
def main():
    raw = os.environ.get("DATABASE_URL")
    url = parse(raw) if raw else None
    state = "missing" if raw is None else "empty" if not raw.strip() else "ok" if url else "unclear"
    digest = hmac.new(key.encode(), raw.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest() if raw else None
    modes = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
    if url and url["mode"] not in modes:
        url, state = None, "unclear"
    say(kind="url", state=state, mode=url and url["mode"], hosts=url["hosts"] if url else [], digest=digest)
    for host, port in (url["hosts"] if url else given)[:3]:
        for number in (1, 2):
            try:
                climb(host, port, number, url)
            except Fault as problem:
                # The same credentials would be refused again, and some servers count. What DNS does not know, and what
                # drops packets, does not wake up either: waiting for it twice would only take long.
                if problem.state and problem.state[:2] == "28" or problem.kind in ("name", "resolver"):
                    break
                if problem.kind == "timeout" and now["rung"] in ("dns", "tcp"):
                    break
            if left() < budget / 3:
                break
    say(kind="end")
def watch():
    if unanswered() and now["rung"] == "dns":
        quiet.append(UNANSWERED_SECONDS)
        done.set()
def run():
    global ended
    try:
        main()
    finally:
        with lock:
            ended = True
        done.set()
done, quiet = threading.Event(), []
# getaddrinfo() cannot be interrupted, but os._exit() leaves the thread behind.
threading.Thread(target=run, daemon=True).start()
threading.Thread(target=watch, daemon=True).start()
if not done.wait(budget) or quiet:
    if now["host"]:
        tell(now["rung"], now["since"], "timeout: no answer within %g s" % (quiet or [budget])[0], None, "")
    with lock:
        ended = True
os._exit(0)
