/**
 * The fixed programs that run inside a backend pod, and how they are called.
 *
 * Both print JSON lines, one for each thing measured, in the order in which they finish, and an `end` line:
 *
 *     {"kind":"uid","uid":1001}
 *     {"kind":"dns","name":"api","addresses":["10.96.0.7"],"error":null,"ms":2}
 *     {"kind":"tcp","host":"db","port":5432,"connected":true,"error":null,"ms":9}
 *     {"kind":"tls","host":"db","port":5432,"answer":"S","error":null,"ms":11}
 *     {"kind":"unmeasured","what":"tcp","reason":"no bash in the image"}
 *     {"kind":"end"}
 *
 * Lines rather than one object, so that what was measured survives a program that is killed half-way. An `error`
 * starts with its kind: `dns: …`, `refused: …`, `timeout: …`, `unreachable: …` or `error: …`.
 *
 * What varies travels as argv items of its own, never inside the program's text: nothing can be injected. A
 * DATABASE_URL never travels, only host and port.
 */
import { UNANSWERED_PYTHON, UNANSWERED_SECONDS } from './resolver.js';

/** Seconds after which a program ends by itself; the exec that runs it is bounded a little above. */
export const SCRIPT_SECONDS = 8;

/**
 * Seconds until a connection must stand: a SYN that is lost is sent again after 1 s and after 3 s (RFC 6298), so two
 * may be.
 */
const CONNECT_SECONDS = 3.2;

export type InPodTool = 'python3' | 'sh';

/** What to measure. */
export interface InPodTargets {
  /** Names to resolve. */
  names: string[];
  /** PostgreSQL servers to connect to and to send an SSLRequest. */
  endpoints: { host: string; port: number }[];
}

// One daemon thread for each target: getaddrinfo() cannot be interrupted, but os._exit() leaves it behind.
const PYTHON_SCRIPT = `
import json, os, select, socket, sys, threading, time
begin = time.monotonic()
budget = float(sys.argv[1])
lock = threading.Lock()
def ms(since):
    return round((time.monotonic() - since) * 1000)
def say(**line):
    with lock:
        sys.stdout.write(json.dumps(line) + "\\n")
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
            return socket.create_connection((address, port), max(0.1, min(${CONNECT_SECONDS}, left)))
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
        peer.sendall(b"\\x00\\x00\\x00\\x08\\x04\\xd2\\x16\\x2f")
        got = peer.recv(1)
        answer = {b"S": "S", b"N": "N", b"": "none"}.get(got, "other")
    except Exception as error:
        problem = words(error)
    finally:
        peer.close()
    tls.update(answer=answer, error=problem, ms=ms(since))
    return [line, tls]
${UNANSWERED_PYTHON}
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
                give_up(job, ${UNANSWERED_SECONDS})
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
`.trim();

// For images without python3. Each probe is a background job whose blocking command runs under timeout(1), which
// also reaps it: an orphan would stay behind as a zombie where process 1 does not wait for its children. As long as the
// name is not "resolved", it is the lookup that is late.
const SHELL_SCRIPT = `
budget=$1
shift
has() { command -v "$1" >/dev/null 2>&1; }
bounded() { if has timeout; then timeout "$@"; else shift; "$@"; fi; }
now() { t=$(date +%s%N 2>/dev/null); case $t in ''|*[!0-9]*) echo "$(date +%s)000";; *) echo "\${t%??????}";; esac; }
kind() {
  case $1 in
    *refused*) echo 'refused: Connection refused';;
    *emporary\\ failure*) echo 'dns: Temporary failure in name resolution';;
    *not\\ known*|*nvalid\\ hostname*|*ad\\ address*|*not\\ resolve*) echo 'dns: Name or service not known';;
    *nreachable*|*o\\ route*) echo 'unreachable: Network is unreachable';;
    *timed\\ out*) echo 'timeout: Connection timed out';;
    *) echo 'error: the connection failed';;
  esac
}
dns() {
  since=$(now)
  found=$(bounded "$((budget - 2))" getent ahosts "$1" 2>/dev/null)
  code=$?
  list=
  for word in $found; do
    case $word in
      *[!0-9a-fA-F.:]*) continue;;
      *.*|*:*) ;;
      *) continue;;
    esac
    case ",$list," in *",\\"$word\\","*) ;; *) list="\${list:+$list,}\\"$word\\"";; esac
  done
  error=null
  if [ -z "$list" ]; then
    case $code in
      124|143) error="\\"timeout: no answer within $((budget - 2)) s\\"";;
      *) error='"dns: the name was not resolved"';;
    esac
  fi
  printf '{"kind":"dns","name":"%s","addresses":[%s],"error":%s,"ms":%d}\\n' "$1" "$list" "$error" "$(($(now) - since))"
}
tcp() {
  since=$(now)
  seen=$(bounded "$((budget - 2))" bash -c '
    { ! command -v getent || getent ahosts "$1"; } >/dev/null 2>&1 && echo resolved
    exec 3<>"/dev/tcp/$1/$2" || exit 9
    echo open
    printf "\\\\000\\\\000\\\\000\\\\010\\\\004\\\\322\\\\026\\\\057" >&3
    answer=; LC_ALL=C IFS= read -r -d "" -n 1 -t 3 answer <&3
    case $? in 0) ;; *) echo none; exit 0;; esac
    case $answer in S|N) echo "$answer";; *) echo other;; esac' bash "$1" "$2" 2>&1)
  code=$?
  spent=$(($(now) - since))
  late=dns
  case $seen in resolved*) late=timeout; seen=\${seen#resolved}; seen=\${seen#?};; esac
  target="\\"host\\":\\"$1\\",\\"port\\":$2"
  case $seen in
    open*)
      answer=\${seen#open}
      answer=\${answer#?}
      case $answer in S|N|other) ;; *) answer=none;; esac
      printf '{"kind":"tcp",%s,"connected":true,"error":null,"ms":%d}\\n{"kind":"tls",%s,"answer":"%s","error":null,"ms":%d}\\n' "$target" "$spent" "$target" "$answer" "$spent";;
    *)
      case $code in 124|143) error="$late: no answer within $((budget - 2)) s";; *) error=$(kind "$seen");; esac
      printf '{"kind":"tcp",%s,"connected":false,"error":"%s","ms":%d}\\n{"kind":"tls",%s,"answer":"not-tried","error":null,"ms":0}\\n' "$target" "$error" "$spent" "$target";;
  esac
}
unmeasured() { printf '{"kind":"unmeasured","what":"%s","reason":"%s"}\\n' "$1" "$2"; }
uid=$(id -u 2>/dev/null)
[ -n "$uid" ] && printf '{"kind":"uid","uid":%d}\\n' "$uid"
has getent || unmeasured dns 'no getent in the image'
no_tcp=
if ! has bash; then no_tcp='no python3 and no bash in the image'; elif ! has timeout; then no_tcp='no python3 and no timeout command in the image'; fi
[ -n "$no_tcp" ] && unmeasured tcp "$no_tcp"
while [ $# -gt 0 ]; do
  case $1 in
    dns) has getent && dns "$2" & shift 2;;
    *) [ -z "$no_tcp" ] && tcp "$2" "$3" & shift 3;;
  esac
done
wait
printf '{"kind":"end"}\\n'
`.trim();

/**
 * The argv that measures `targets` with `tool`.
 * @param seconds bound of the program itself
 */
export function inPodArgv(tool: InPodTool, targets: InPodTargets, seconds = SCRIPT_SECONDS): string[] {
  const items = [
    ...targets.names.flatMap((name) => ['dns', name]),
    ...targets.endpoints.flatMap(({ host, port }) => ['tcp', host, String(port)]),
  ];
  return [...prefix(tool), String(seconds), ...items];
}

/** The inverse of `inPodArgv`: what an argv asks to be measured; undefined when it is another program. */
export function parseInPodArgv(
  argv: readonly string[],
): { tool: InPodTool; targets: InPodTargets } | undefined {
  const tool = (['python3', 'sh'] as const).find((candidate) =>
    prefix(candidate).every((item, index) => argv[index] === item),
  );
  if (tool === undefined) return undefined;
  const targets: InPodTargets = { names: [], endpoints: [] };
  const items = argv.slice(prefix(tool).length + 1);
  while (items.length > 0) {
    const [kind, value = '', port = ''] = items.splice(0, items[0] === 'dns' ? 2 : 3);
    if (kind === 'dns') targets.names.push(value);
    else targets.endpoints.push({ host: value, port: Number(port) });
  }
  return { tool, targets };
}

function prefix(tool: InPodTool): string[] {
  return tool === 'python3' ? ['python3', '-c', PYTHON_SCRIPT] : ['sh', '-c', SHELL_SCRIPT, 'todo-k8s'];
}

/** One line of a program's output, as it is printed. */
export type InPodLine =
  | { kind: 'uid'; uid: number }
  | { kind: 'dns'; name: string; addresses: string[]; error: string | null; ms: number }
  | { kind: 'tcp'; host: string; port: number; connected: boolean; error: string | null; ms: number }
  | {
      kind: 'tls';
      host: string;
      port: number;
      answer: 'S' | 'N' | 'other' | 'none' | 'not-tried';
      error: string | null;
      ms: number;
    }
  | { kind: 'unmeasured'; what: 'dns' | 'tcp'; reason: string }
  | { kind: 'end' };
