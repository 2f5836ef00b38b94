/**
 * Words that everybody uses: those of this program, of Kubernetes, of the servers and drivers that it reads the logs
 * of, and of everyday English. Where a Secret holds such a word (`POSTGRES_DB: database`), to replace it would make
 * reports unreadable and change what they say, and the gap would tell the word.
 */

/** Words that make up one name at most: a phrase of more is taken for a passphrase. */
const MAX_WORDS = 2;

// Lower case, sorted. Short ones count only beside another word.
const LIST = `abandon abort aborted abortions aborts about above abs absence absent absolute acbd accept accepted accepts access
accesses accessible account accounts across act acted action actions active actual adapter add added addons address
addresses adds adjust admin administrator administrators admission advice advise advisory affinity after again
against age agent aggregate aggregated ago agree agreed ahead ahosts aiopg alarm alarms alembic alert algorithm
alias aliases align alike alive all alloc allocatable allocated allow allowed allows alone alpha alpn already also
alter alternative alternatives although altname always amd america american among amount amounts amp analysis
anchor anchors and anew annotate annotated annotation annotations announced anonymous another answer answered
answering answers anti any anybody anyone anything anyway anywhere apart api apidiscovery apigroup apimachinery
apis apiserver apiservice apostrophe app append application applications applicationserver applied applies apply
approximation apps appuser april arch architecture archive archives are area areas arg args argument arguments argv
aria arithmetic around array arrival arrive arrived arrives arrow article ascii asgi aside ask asked asking asks
aspect assembly assess assessed assessment assign assignment assignments assumed async asynccontextmanager asyncio
asyncpg atomically attach attempt attempts attribute attributed attributes attribution attrs august australia auth
authenticate authenticated authentication authn authority authorization authorize authorized authz auto
autocomplete automount autoscaling autosuspend availability available avoid await away aws axis back backend
backends background backoff backslash bad badge balance balanced balancer balances balancing bar bare barrier bars
base basename bash basic batch bearer beautiful became because become becomes becoming been before began begin
beginning beginnings begins begun behavior behaviour behind being belong belonging belongs below bench bends beside
besides best beta better between beyond bidirectional big bigint bin binary binding binds bit bits biws blame blank
blanks blip block blocked blocker blockers blocking blocks bodies body bold bomb bookmark bookworm bool boolean
boot border borders both bottom bound bounded bounds box braced bracket brackets break breaks bring british broke
broken brotli brought browser bucket buckets budget buffer build builder builds built bullet bundle bundled bundles
burstable business busy but bypass bypassed byte bytes cache cached caches call callback called caller callers
calls came can cancel candidate candidates cannot canonical canvas cap capabilities capability capacity capital
capitalised capitals capped caption card carried carries carry case cases cat catch catches categories category
caught cause caused causes cdata ceased ceil cell cells center cert certain certainty certificate certificates cffi
cgroup cgroups chain chalk challenge chance chances change changed changelog changeme changes channel channels char
character characters charset chart charts chatbot check checked checks checksum checksums chi child children choice
choose chooses chose chosen chunk chunks cidr cidrs circle cjs claim claimed claims clash class classes classify
clause clauses clean cleaned cleaner cleanly cleans clear cli click client clients climb climbed climbing climbs
clock clocks clone close closed closer closers closes closing cloud cluster clusterip clusters cni code codes
coefficient coerce col cold collapse collect collected collection collections collector collects collide colon
color colour colours column columns com come comes coming comma command commands commas comment commented comments
commit committed common community compact company compare compared compares compile compiled compiler complete
completed completion component components composer compress compressed compute computed computer computers concat
concepts concern concerned concerns conclude conclusion concurrency concurrent concurrently condition conditions
conf confidence config configmap configmaps configuration configured confirm confirmed conflicts connect connected
connecting connection connections connectivity connector connects consistent console const constant constants
constraints constructor consults contain container containerd containers contains content contents context contexts
continue continued contract contracted contracts contributing control controller controllers controls conventional
cookie coordination copies copy cordoned core coredns cores cost costs could couldn count counted counter counters
counts coverage covered cpu cpus crash crashed crashes crashing crashloopbackoff create createcontainerconfigerror
created creating creation creationtimestamp credential credentials critical cronjobs crossed crt crypto css cst csv
ctrl ctype culprit curl current currently cursor custom customer customers cut cuts cwd cyan daemon daemonsets
damaged dangling dark dashboards data database databases date datetime datum day days dbname dead deadline deaths
debian debug debugging december decide decided decides decimal decimals decision decisions decisive declare
declares declined decodable decode decoded decoder decompress decompressor decoration deep deeper deeply def
default defaults defect defence define defined defines definition definitions deflate defuse degraded degrees deja
del delay delete deleted deletion delimiter demand demanded demands demo denied denies deny depend dependencies
dependency depends deployed deployment deployments depth der describe describes description descriptions descriptor
desired desktop despite destroy destroyed detail detailed details determined dev developed development device
diagnose diagnosed diagnoses diagnosis dial dialect dialer dialing dialled dice dict dictionary did didn die died
diff differ difference differences different differently differs digest digested digit digits dim dir direct
direction directive directly directories directory dirname disable disabled disagree disconnected discover
discovery disk dispatcher display dispose dist distance distinct distribution distributions div divide dividend
divisor dns docker docs doctor doctype document documentation documents does doing domain done dot dots dotted
double doubling doubt down downgrade download downloads dport draft drain draw drawing drawn draws drift driver
drivername drivers drop dropped drops dry dsn due dumb dumps duplex duplicate duplicates duration during eacces
each eaddrnotavail eai earlier early echo ecma econnrefused econnreset edit editors education effect effective
egress ehostdown ehostunreach eighths eisdir either elapsed element elf elif eligible ellipsis eloop else elsewhere
email embedded embeddings emit emptiest empty enable enabled enametoolong enc encode encoded encoder encoders
encoding encodings encrypt encrypted encryption end ended endian ending endpoint endpoints endpointslice
endpointslices ends enetdown enetunreach enforce enforced enforcement enforces engine english enoent enotdir
enotfound enough entities entries entry enumerate enumeration env environ environment environments eof eperm epipe
epoch eproto equal equally equals erased erases err errimagepull errno error errored errors esac esbuild escalation
escape escaped escapes escaping eslint establish established eta etc etimedout european evaluate even evenly event
events ever every everybody everyone everything everywhere evicted eviction evictions evicts evidence exact exactly
examination examine example examples exceed exceeded except exception exceptions exchange exchanges exclude
excludes exclusive excuse exec executable execute executed executing exhausted exist existing exists exit exited
exits exp expand expanded expansion expect expectation expected expects expert expired expires expiry explain
explained explaining explains explanation explicit exponent export exporter expose expression expressions extend
extended extends extension extensions external extra extract fact factor factorial factorials facts fail failcnt
failed failedscheduling failing fails failure failures fallback false families family far fast fastapi fatal fault
faults fchmod february feed fell fence fetch fetched few fewer ffffff field fields figcaption figure figures file
files filesystem fill filled fills filter filtered fin final finally find finding findings finds fine finer finish
finished finite firewall firewalls first fit fits fitting five fix fixed fixes fixtures flag flags flap flapping
flaps flat flex flight flip float floods floor flow flows flush flushed focus fold folded folder folders folds
follow followed follower followers following follows font footer for forbidden forbids force forced foreground
foreign forget forgets forgotten form format formats forms forty forward forwarded forwards found four fraction
fragment frame frames framework framing france free freed freeze frequent fresh friday from front frontend frozen
fstat fsync ftruncate full fullest fullname fullnames function functional functions further furthest gaierror gain
gamma gap gaps gate gauges gave generate generated generation generator generic germany get getaddrinfo getattr
getent gets gid git github give given gives gke global gnu goaway goes going goldens gone good got government grace
grammar grant grants gravest gravity greater greedy green grep grew grid ground group grouped groups grow growing
grows growth gssencmode guard guarded guessed guest gunicorn gunzip gzip had half halved hand handed handle handler
handlers handles hands handshake handshakes hanging hangs happen happened happening happens hard hardcoded hardly
hardware harmless has hash hashes hashlib have hba head header headers heading headline headlines heads heal health
healthy healthz heap heard height held hello helm helms help here hex hexadecimal hexdigest hey hidden hide hider
hides hiding high higher highest hint hints histogram history hit hits hmac hold holds home homedir homeless homes
hook hooks hop hops horizontal horizontalpodautoscalers host hostaddr hostile hostname hosts hour how however hpe
href html http httpauthorization httpbearer httpexception https httpsoptions hub hundred hypercorn icons icu
identities identity idle ids ifnotpresent ignore image imagepullbackoff images img immediate impersonate
impersonated impersonation implementation implemented implements implicit import important imported imports
inability inbound include included includes including incoming incomparable incompatible incomplete inconclusive
indent indentation indented index indexes industry inet infinity inflate info information ing ingress ingresses
inherited init initial initiali initialising injected ink inline inner input ins insecure insensitive inside
inspect install installed installs instance instanceof instances instead insufficient int intake integer intent
interact interactive interest interface interim internal international internet interpolate interrupt interrupted
interruption interval intervals into invalid inverse invisible involved ips iptables ipv isinstance iso isolates
isolating isostring issue issuer issues item items iterable its itself january java jdbc job jobs join joined joint
json jsonpath jsonresponse judge judged judgement judges judging july june junit just jwt keep keepalives keeps
kept kernel key keyboard keyof keys keyword kibibytes kill killed killer killing kills kind kinds kmgtpe know known
knows kube kubeconfig kubectl kubelet kubelets kubernetes kuberuntime lab label labelled labels labs lacks ladder
ladders lagging laid lambda lanczos lane lanes lang language languages large larger largest last lasts late lately
latencies latency later latest latin lay layer layers layout lays lazy lead leading leads leaf leak learn learns
lease leases least leave leaves leaving led ledger left len length lengths less let lets letter letters level
levels lexeme lexer lib libpq libraries library lie lies life lifespan light lighter lightweight like likelier
likely likes limit limited limitranges limits line linear lines linger link links lint linux list listed listen
listener listeners listening listens listr lists literal literals litter little live lived liveness lives livez
living load loadbalance loadbalancer loaded loaders loading loads local locale localhost locally locals located
location locations lock log logarithm logged logger logging login logs lone long longer longest look looked looking
looks lookup lookups loop loopback looping loops loose loses losing lost loud low lower lowest mac machine made
magenta magic main major make makes malformed manage managed management manager manages manifest manifests many map
mapped mapping mappings maps march margin mariadb mark markdown marked marker marks markup mask masked match
matched matcher matches matching math matrix matter matters max maximum may maybe mean meaning means meant
meanwhile measure measured measurement measures mebi mebibyte mebibytes media median meet meets member members
memory mend mentioned merely merge merged merging message messages met meta metadata metav method methods metric
metrics mgtpe mib micros microseconds middle might migration migrations million millis millisecond milliseconds min
mine minikube minimum minmax minor minute minutes mishaps misjudges mismatch mismatches misnamed miss missed
missing misspelt mistyped mixed mkdir mkdtemp mode model modes modified module modules moment monday mongodb
monospace monotonic more most mostly mount mounted mounts move moved moves moving much multinomial multiple must
mutate mutation mute mysql name named names namespace namespaced namespaces nano nanocores nanos nanoseconds narrow
narrower national nconnection ncontent near nearest need needed needle needles needless needs negated negligible
negotiate negotiation neighbour neither neon nested net network networking networkpolicies never new newer newest
newline next nfkc nghttp nginx nindent nine nnr nobody node nodeport nodes noise non nonblock nonce none noom nor
normal normalise normalize not note noted notes nothing notice notices notin noting noun november now nowhere
nowrap npg npm npx nsv nth nul null nullable nulls number numbers numerator numeric numk oauth object objection
objects observation observe observed observing obstacles obtain obtained occupancy occurrence oci oclif octets
october odd odds off offer offered offers official offline offset often oid oidc old older oldest omit omitted once
one ones only onread oom oomkilled opaque open openapi opened opening openrouter opens operating operation
operational operator operators optimised optimising option optional options order orders org organisation
organization orig origin origins oserror other others otherwise ours out outbound outcome outcomes outer outline
output outputs outranks outs outside over overflow overhead overlap overlay overlays overridden override overrides
overview overwrite own owned owner owners owns pace paces pack package packages packed packet packets pad padding
pads page pages paging paint painted pair pairs paper param parameter parameters params parent parents parse parsed
parser parses parsing part partial partitions parts pass passed passes passing passphrase passwd password passwords
past paste pasted patch path pathname paths patient pattern patterns pause paused pauses payload pbkdf peak pearson
peer peers pem pending people per percent percentage performance period periods permission permissions persistent
persistentvolumeclaim persistentvolumeclaims person phase phased phone phrase phrases pick picked picks pid
pidpressure piece pieces ping pinned pinning pins pipe pipeline pipelining pipes pkcs pkg place placed placeholder
placeholders places plain plainly plan plane planned platform please plenty plug plugin plugins plural pod pods
point points policies policy poll pool pooled pooler pooling pools port portforward ports pos position positional
positions positive posix possible post postgre postgres postgresql posting potential power ppid pre precise
precision preemption prefault prefer preference preferred prefix prefixes preliminary prepare prepared presence
present preserve pressed pressure pretty previous primary print printable printed printf prints priority private
privilege privileged privileges probabilities probability probably probe probes problem problems proc process
processes processor prod product production products profile program programs progress progressing project
projected projects prom prometheus promise promises promisify prompt proof properties property proportions prose
protected proto protobuf protocol protocols prove proven proves provide provided provider providers proxied proxies
proxy pseudonym pseudonymize pseudonymized pseudonyms psql psycopg public published pull pulled pulling pulls
punctuation pure purpose push pushgateway put puts pvc pwd pydantic python qos quadratic qualified quantile
quantities quantity quarter queries query question questions queue quick quickly quiet quietly quot quota quotas
quotation quote quoted quotes race radius raise raised raises ran random range ranges rank rate rather ratio ratios
raw rbac reach reachable reached reaches reaching read readable readdir reader readers readiness reading readings
readme readonly reads ready readyz real really realpath reason reasons receive received recent recognised
recommendation recommended reconnection record recorded recorder recording records recovered recovery recreate rect
recursive recv recycle red redact redacted redacting redaction redactions redactor redirect redirected redirections
redirects redis reduce ref refer reference references referrer refine refresh refreshed refs refusal refusals
refuse refused refuses reg regard regex region register registered registers registries registry regular reject
rejected rejects relation relative release released releases rem remaining remark remarks remedies remedy remote
remove removed removes rename renamed render renderer renderers renders renew renewed repairs repeat repeatable
repeated repeats replace replaced replaces replay replayed replica replicas replicasets replication
replicationcontrollers reply report reported reporting reports repository request requested requestid requests
require required requirements requires reservation reserve reserved reserves reset resets reskzndtcghv resolution
resolv resolve resolved resolver resolves resource resourcequotas resources response responses rest restart
restarted restarting restarts restricted restriction rests result results resume resumed retried retries retry
return returns reuse reverse review reviews revision revisions revoked rewrites rfc right risk role roles rollback
rolled rolling rollingupdate rollout rolls room roomy root roots rotate rotated round rounded rounding rounds route
router routes row rows rpc rst rule ruled rules ruling run rung rungs runner running runs runtime runtimes safe
said salted same sample samples sand sandbox sanitised sanitize sanitized sans sasl satisfies saturday save saved
say saying says sbin scalar scale scaled scaling scan scatter scatters scenario scenarios scheduled scheduler
scheduling schema schemas scheme schemes scope scoped scram screen script scripts scroll scrolled search sec second
secondary seconds secret secrets section sections secure security sed see seed seen sees segment segmenter segments
select selected selecting selection selective selector selectors selects self selfsubjectaccessreviews
selfsubjectreviews selfsubjectrulesreviews send sendall sender sending sends sensitive sent sentence sentences
separator september seq sequence sequences series serve served server servername servers serves service
serviceaccount serviceaccounts services serving session sessions set sets settimeout setting settings settle
settled settling several severity sha shake shape share shared shares sheet shell shells shift shipped shm short
shorten shortened shorter shortest should show showed showing shown shows shrink shutdown side sidecar sidecars
sides sighup sigint sigkill sign signal signals signature signed significant signing signs sigterm silent simple
simply simulated simulation since single singular sink sinks size sizes skew skewed skip skipped skips slack slash
sleep slice slices slip slope slots slow slower slowest slowness small smaller snapshot snapshots sni sock socket
sockets socks software solid some somebody someone something somewhere soon sort sorted source sources space spaces
span sparks spawn spdy speak speaks spec special specification specified specs spent spinner splice split splits
spoken spread spreadsheet sql sqlalchemy sqlstate sqrt square src ssl sslcert sslkey sslmode sslrequest sslrootcert
sslsni stable stack stacked stacktrace stage stages staging stale stamp stamped stand standard standards standby
standing stands stanza starlette start started starting starts startswith startup stat state statefulsets statement
statements states static statistic stats status statuscode statuses stay stayed stays stderr stdin stdout steadily
steady step steps sticky still stood stop stopped stopping stops storage store stored storm story str straddling
straight strangers strategy stream streams streamtype strerror strict string stringify strings strip strips stroke
strong struct structured stuck style sub subarray subdomain subject subjectaltname subresource subresources subs
subset subsets succeeded success successcreate successes successful successfully such suffices sufficient suffix
suffixes suit suite suites sum summarise summary summed sums sunday sunshine super support supported sure surge
surging surrogate surrogates survey survival suspended suspicious svc svg swagger swapped switch switched symbol
symbols symptom symptoms syn sync synchronous syntax sys system tab tabindex table tables tabs tag tags tail taint
tainted taints take taken takes taking tall tallies tally tar target targets task tasks tbody tbs tcp tech
telephone telephones tell telling tells template templates temporary ten term terminal terminals terminate
terminated terminating termination terms test tested testing tests text textfile texts tgz than that the thead
their theirs them theme themes themselves then there therefore these they thing things third this those though
thousands thousandths thread threading threads three threshold thresholds throttled throttling through throughput
throw thrown throws thursday tick ticket ticks tidy tie tiering ties tight tile tiles time timed timeline timeout
timeouts timer timers times timestamp timestamps timing tint tiny title titles tls tlssocket tlsv tlsverify tmpdir
today todo together token tokenise tokenize tokens told tolerate toleration tolerations too took tool tools
toomanyrequests top topic topics topology total touch touched touches traceback traced track traffic trailer
trailing transaction transactions transfer transition translate transport travels tree trees trend trends trial
tried tries trim trip trouble troubles troubleshooting true trunc truncate truncated trust trusted trusts try
trying tsx tty tuesday tunnel tunnels turn turned turns twice two txt type typecheck typed typeof types typescript
typing udbff udc udfff udp ufeff ufff ufffb ufffd ufffe uffff uid uids uint ultimate umask unable unambiguous
unanswered unattributed unauthorized unavailable unbound unchanged unclear uncomparable uncordon undecided
undefined under understands understood undetermined undici undo undoes unequal unescaped uneven unexpected
unexpectedly unexplained unfinished ungrouped unhealthy unhealthyprobe unicode unicodedata uniform uninstall
uninstalled union unique unit units university unknown unless unlimited unlink unlisted unmanaged unmeasured
unnamed unnoticed unpack unpacked unpacks unpainted unquote unreachable unreached unread unreadable unready unref
unreferenced unreserved unresolved unsafe unschedulable unscheduled unselected unsent unserved unset unshift
unsupported until untolerated unusable unused unusual unwrap update updated upgrade upload uploads upper upstream
upstreams uptime urandom uri uricomponent urierror url urls urlsearch usage usages use usec used user userinfo
username userprofile users uses using usr usual usually utc utf uuid uvicorn valid validate validation value values
vantage var variable variables varies varint verb verbose verbs verdict verdicts verification verified verifies
verify version versioned versions very via vias victims view viewer violates virtual visible visit vocabulary void
volume volumes vpn wait waited waiting waits wake waking walk walker walks want wanted wants warm warn warned
warning warnings warns was wasm watch watched watchers watches watching water way ways weak web webkit webserver
website websocket wednesday week weight welcome well went were what whatever when where wherever whether which
whichever while white whitespace who whoever whole whom whose why whys wide wider widest width widths will win
window windows wins wire wired wiring with withheld within without word words work worked worker workers workflow
working workload works world worst worth would wrap wrapped wraps writable write writer writers writes writing
written wrk wrong wrongly wronly wrote www xff xffff xffffffff xhtml xml yaml yamlmap year yellow yes yet yield you
young your zero zlib zod zone zones`;

let words: ReadonlySet<string> | undefined;

/** Whether a text is one common word, or two: `connected`, `RollingUpdate`, `database-url`. */
export function isCommon(text: string): boolean {
  const parts = text
    .trim()
    .replace(/([a-z])(?=[A-Z][a-z])/g, '$1 ')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '');
  // `dAtAbAsE` is no word any more.
  if (parts.length === 0 || /[a-z][A-Z](?![a-z])|[A-Z]{2}[a-z]/.test(text)) return false;
  const known = (words ??= new Set(LIST.split(/\s+/)));
  // `IfNotPresent` is a word of its own, whatever it is made of.
  return known.has(parts.join('')) || (parts.length <= MAX_WORDS && parts.every((part) => known.has(part)));
}
