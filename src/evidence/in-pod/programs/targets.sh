# What the pod reaches, for images without python3; arguments and output as those of targets.py.
#
# Each probe is a background job whose blocking command runs under timeout(1), which also reaps it: an orphan would stay
# behind as a zombie where process 1 does not wait for its children. As long as the name is not "resolved", it is the
# lookup that is late.
budget=$1
shift
has() { command -v "$1" >/dev/null 2>&1; }
bounded() { if has timeout; then timeout "$@"; else shift; "$@"; fi; }
now() { t=$(date +%s%N 2>/dev/null); case $t in ''|*[!0-9]*) echo "$(date +%s)000";; *) echo "${t%??????}";; esac; }
kind() {
  case $1 in
    *refused*) echo 'refused: Connection refused';;
    *emporary\ failure*) echo 'dns: Temporary failure in name resolution';;
    *not\ known*|*nvalid\ hostname*|*ad\ address*|*not\ resolve*) echo 'dns: Name or service not known';;
    *nreachable*|*o\ route*) echo 'unreachable: Network is unreachable';;
    *timed\ out*) echo 'timeout: Connection timed out';;
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
    case ",$list," in *",\"$word\","*) ;; *) list="${list:+$list,}\"$word\"";; esac
  done
  error=null
  if [ -z "$list" ]; then
    case $code in
      124|143) error="\"timeout: no answer within $((budget - 2)) s\"";;
      *) error='"dns: the name was not resolved"';;
    esac
  fi
  printf '{"kind":"dns","name":"%s","addresses":[%s],"error":%s,"ms":%d}\n' "$1" "$list" "$error" "$(($(now) - since))"
}
tcp() {
  since=$(now)
  seen=$(bounded "$((budget - 2))" bash -c '
    { ! command -v getent || getent ahosts "$1"; } >/dev/null 2>&1 && echo resolved
    exec 3<>"/dev/tcp/$1/$2" || exit 9
    echo open
    printf "\\000\\000\\000\\010\\004\\322\\026\\057" >&3
    answer=; LC_ALL=C IFS= read -r -d "" -n 1 -t 3 answer <&3
    case $? in 0) ;; *) echo none; exit 0;; esac
    case $answer in S|N) echo "$answer";; *) echo other;; esac' bash "$1" "$2" 2>&1)
  code=$?
  spent=$(($(now) - since))
  late=dns
  case $seen in resolved*) late=timeout; seen=${seen#resolved}; seen=${seen#?};; esac
  target="\"host\":\"$1\",\"port\":$2"
  case $seen in
    open*)
      answer=${seen#open}
      answer=${answer#?}
      case $answer in S|N|other) ;; *) answer=none;; esac
      printf '{"kind":"tcp",%s,"connected":true,"error":null,"ms":%d}\n{"kind":"tls",%s,"answer":"%s","error":null,"ms":%d}\n' "$target" "$spent" "$target" "$answer" "$spent";;
    *)
      case $code in 124|143) error="$late: no answer within $((budget - 2)) s";; *) error=$(kind "$seen");; esac
      printf '{"kind":"tcp",%s,"connected":false,"error":"%s","ms":%d}\n{"kind":"tls",%s,"answer":"not-tried","error":null,"ms":0}\n' "$target" "$error" "$spent" "$target";;
  esac
}
unmeasured() { printf '{"kind":"unmeasured","what":"%s","reason":"%s"}\n' "$1" "$2"; }
uid=$(id -u 2>/dev/null)
[ -n "$uid" ] && printf '{"kind":"uid","uid":%d}\n' "$uid"
if [ -r /proc/1/status ]; then
  while read -r key real effective rest; do
    case $key$effective in Uid:*[!0-9]*|Uid:) ;; Uid:*) printf '{"kind":"process","uid":%d}\n' "$effective";; esac
  done </proc/1/status
fi
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
printf '{"kind":"end"}\n'
