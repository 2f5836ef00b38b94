/**
 * What a sentence of a log says of the database: that it is connected, that it is not, or something harmless. A name of a
 * setting is no event, and what is waited for, denied or asked has not happened.
 */

/** What a value ends with: a word that goes on is a sentence ("error: no route"). */
const VALUE_ENDS = String.raw`(?=\s*(?:$|[,;)\]}"'|.]|\s[\w.-]+=))`;
/** "errors=0", "failed: none", "last_error: null". */
const NOTHING_WRONG = new RegExp(
  String.raw`["']?\b[\w.-]{0,60}(?:error|fail|refus|unavail|lost|drop|reject|denied|disconnect|exception|invalid|broken|down|dead|fatal)[\w.-]{0,40}["']?\s{0,2}(?:=|:|\bis\b|\bare\b)?\s{0,2}["']?(?:0(?:\.0+)?%?(?![\w.])|\[\]|\{\}|(?:none|null|nil|no|false|off|disabled|strict|ignore|raise|replace|warn|log|retry|continue|rollback|keep|skip|default|never|verbose|terse)\b${VALUE_ENDS})`,
  'gi',
);
/** "retries=3", "pool_timeout: 30", "max_failures=5". */
const SETTING =
  /["']?\b[\w.-]{0,60}(?:timeout|time_out|retr(?:y|ies)|wait|delay|threshold|max[_-](?:errors?|fail\w*)|(?:errors?|fail\w*)[_-](?:limit|level|mode|policy|interval))[\w.-]{0,40}["']?\s{0,2}[=:]\s{0,2}["']?(?:\d[\w.]*|true|false|none|null|on|off|enabled|disabled)\b/gi;
/** "on_error=rollback": what is done in a case that has not come. */
const CASE_KEY =
  /\b(?:on|if|when)[_-](?:error|fail\w*|timeout|disconnect\w*|exception|lost|conflict)\s*[=:]\s*\S+/gi;
/** "no errors", "without a failure", "0 failed", "zero timeouts". */
const NONE_OF =
  /\b(?:no|nothing|none|not any|without(?: any| an?)?|zero|(?<![.:\d])0)\s+(?:\w+[\s-]+){0,2}?(?:errors?|failures?|failed|fail|exceptions?|timeouts?|problems?|lost|rejected|refused|dropped|drops|disconnects?|broken|invalid|dead|down|missing|unreachable|unavailable)\b/gi;
/** "error handler", "failure threshold", "retry policy": things that are named after what they are for. */
const COMPOUND =
  /\b(?:errors?|exceptions?|failures?|failover|timeouts?|retr(?:y|ies)|disconnect(?:ion)?)[\s_-]+(?:count(?:er)?s?|handl(?:er|ers|ing)|rates?|thresholds?|budgets?|middleware|report(?:ing|er|s)|polic(?:y|ies)|pages?|class(?:es)?|tracking|hooks?|callbacks?|tables?|columns?|flags?|tolerances?|logg(?:ing|er)|limits?|intervals?|delay|metrics?|detection|recovery|mapping|settings?|config\w*|monitor(?:ing)?|replicas?|support|simulation|injection|strategy|logs?|log level|index|idx)\b/gi;
/** "on database error", "handler for connection errors", "reports failures". */
const IN_CASE =
  /\b(?:on|for|upon|handl(?:es?|ing)|retr(?:y|ies|ying) (?:on|after)|catch(?:es|ing)?|report(?:s|ing)?|map(?:s|ping)?|monitor(?:s|ing)?|ignor(?:es|ing)|convert(?:s|ing)?|protect(?:s|ing)? against)\s+(?:[\w-]+\s+){0,2}?(?:errors?|failures?|exceptions?|timeouts?|disconnects?|drops|\w+(?:Error|Exception)s?)\b/gi;
/** "if the database is down", "until it fails", "if missing": not now. */
const CONDITION =
  /\b(?:if|in case (?:of|that)|whenever|when|until|unless|should|would|might|may)\s+(?:[\w'-]+\s+){0,5}?(?:errors?|failures?|exceptions?|timeouts?|time out|fails?|failed|down|lost|unavailable|unreachable|refused|disconnects?|drops?|missing|not found|exceeded|(?:does not|doesn['’]t) exist)\b/gi;
/** "errors will be reported to …". */
const WILL_BE =
  /\b(?:errors?|failures?|exceptions?|timeouts?)\s+(?:(?:will|would|are|is|can|may)\s+)(?:now\s+)?(?:be\s+)?(?:reported|logged|handled|sent|retried|ignored|raised|mapped|converted|shown|counted|forwarded|captured|caught|tracked|monitored|suppressed|hidden)\b/gi;
/** A timeout, or a retry, as a setting: "timeout 30", "statement timeout set to 30 s", "pool timeout: 30". */
const TIMEOUT_SETTING =
  /\b(?:(?:connect(?:ion)?|statement|command|query|pool|lock|idle|read|write|acquire|login|checkout|session|request|health|socket|transaction)[\s_-]*)?(?:timeout|time-?out)s?\s*(?:=|:|is|of|set to|set at|\()?\s*\d[\w.]*|\b(?:set(?:ting)?|using|with|configur\w+|default|current)\s+(?:\w+\s+){0,4}timeouts?\b(?! (?:expired|exceeded|reached))/gi;
/** What has been and is over: told beside what came after it. */
const OVER =
  /\b(?:after|despite|following|recovered from|resolved|cleared|since)\b\s+(?:\w+\s+){0,4}?(?:errors?|failures?|failed (?:attempts?|tries)|timeouts?|retries|attempts?|outage|disconnect(?:ion)?)\b/gi;
const CALM_DOWN =
  /\bshut(?:ting)? ?down\b|\bscal(?:e|ed|ing) down\b|\bdown(?:load|stream|grade)\w*|\btear(?:ing)? ?down\b|\bcool ?down\b|\bcount ?down\b|\bwind(?:ing)? down\b|\blocked down\b/gi;
/** "failed jobs", "invalid rows removed: 0": things of other kinds, and counters that stand at zero. */
const OTHER_THINGS =
  /\b(?:failed|invalid|lost|missing|dead|rejected|broken)[\s_-]+(?:jobs?|tasks?|logins?|messages?|items?|e-?mails?|webhooks?|uploads?|letters?|flags?|columns?)\b|\b(?:drop|remov|recycl|discard|evict|prun|detect)\w{0,4}\s(?:dead|broken|lost|invalid)\sconnections?\b|\b(?:errors?|failed|failures?|invalid|lost|missing|dead|rejected|refused|dropped|broken|timeouts?)(?:\s+[\w-]+){1,4}\s?[:=]\s?(?:0(?![.\d])|none\b)/gi;
/** What is ended on purpose. */
const ON_PURPOSE =
  /\b(?:disconnected|closed|terminated|dropped) (?:cleanly|gracefully|normally|properly|successfully|on purpose)\b|\b(?:cleanly|gracefully|properly|successfully) (?:disconnected|closed|terminated|dropped)\b/gi;
/** Paths and modules: app.database.errors, /docs/database-failures; "registered: sqlalchemy.exc.OperationalError". */
const NAMES =
  /\b(?:\w+[./]){1,8}(?:errors?|exceptions?|failures?|timeouts?)(?:\.[a-z]\w*)?\b(?!\.[A-Z])|\b\w+(?:Error|Exception)s?\b(?= (?:handler|class|mapped|registered|is handled|handling))|\b(?:[Rr]egister(?:ed|ing|s)|[Aa]dd(?:ed|ing|s)|[Ii]nstall(?:ed|ing|s)|[Hh]andlers?)\s*:?\s+(?:for\s+)?[\w.]*(?:Error|Exception)s?\b(?:, [\w.]*(?:Error|Exception)s?\b){0,9}(?!\s?[:(])/g;
const HARMLESS = [
  CASE_KEY,
  SETTING,
  NOTHING_WRONG,
  NONE_OF,
  OVER,
  COMPOUND,
  IN_CASE,
  CONDITION,
  WILL_BE,
  TIMEOUT_SETTING,
  NAMES,
  CALM_DOWN,
  OTHER_THINGS,
  ON_PURPOSE,
];

/** A sentence without what only sounds like trouble. */
export function withoutHarmless(text: string): string {
  return HARMLESS.reduce((rest, pattern) => rest.replace(pattern, ' '), text);
}

const TROUBLE =
  /\b(?:errors?|failed|failing|fails|failures?|failure|fatal|refus(?:ed|es|ing)|unavailable|unreachable|timed? ?out|timeout (?:expired|exceeded|reached)|timeout|lost|loses|losing|down|broken|aborted|terminated|rejected|denied|cannot|can['’]t|can not|could not|couldn['’]t|unable|dead|died|gone|crash(?:ed|es)?|corrupt(?:ed)?|invalid|no longer|not (?:yet |currently )?(?:connected|ok|ready|available|reachable|responding|answering|accepting|established|found|exist)|disconnected|dropped|closed by (?:the )?(?:server|peer|remote|other side)|(?:server|peer|remote) closed the connection|connection (?:was |has been )?invalidated|too many (?:clients|connections)|unexpectedly|exhausted|exceeded|missing|does not exist|doesn['’]t exist|unhealthy|degraded|exceptions?|no (?:(?:database|db|postgres\w*) connection(?! (?:is |was )?(?:needed|required|configured|string|leaks?|pool))|connection|route|response|answer)|went away|(?:is|went|gone) offline|not respond\w*|interrupted|reset by peer|giving up|gave up|out of memory|locked out|unknown host|won['’]t)\b|\b\w+(?:Error|Exception|Timeout|Violation)\b/i;

/** The result of a check: by a word, by a mark; and the words of other languages, in which libpq and servers speak, too. */
const RESULT = /[:=]\s?["']?(?:fail|ko|nok|offline)\b|[❌✗✘✖](?!\s*0)/i;
const ABROAD =
  /(?:fehlgeschlagen|gescheitert|nicht erreichbar|abgelehnt|échec|échou|refusée|injoignable|inaccessible|falló|fallo |no se pudo|rechazada|inaccesible|falhou|não foi possível|fallit[oa]|impossibile|できません|失敗|失败|无法|無法|не удалось|ошибка|실패|nie udało)(?!\S{0,4}\s?[:：=]?\s?0(?![.\d]))/i;

/** Something is wrong, whatever is spoken of: by the words as they stand, and with the names in them taken apart. */
export function soundsOfTrouble(text: string): boolean {
  if (RESULT.test(text) || ABROAD.test(text)) return true;
  return (
    TROUBLE.test(text.replace(/_/g, ' ')) &&
    TROUBLE.test(withoutHarmless(text.replace(/_/g, ' '))) &&
    (!text.includes('_') || TROUBLE.test(withoutHarmless(text).replace(/_/g, ' ')))
  );
}

/** A value after a word of success that takes it back. */
const UNTRUE =
  /^["']?\s{0,3}(?:(?:=>|={1,3}|:|->|→|is|was)\s{0,3}["']?\(?)?(?:false|no?\b|not\b|0(?![.\d])|none|null|nil|n\/a|unknown|pending|never|down|fail|undefined|off\b|\?)|^\s?\((?:false|no|0|never|none|off)\)|^\s?(?:!=|<>)\s?["']?(?:true|yes|1)\b|\s(?:ok|success|successful|value|result)=(?:false|0|no|null|fail\w*|error)(?![\w.])/i;
const ENDED =
  'lost|closed|dropped|failed|timed out|refused|terminated|disconnected|broken|no more|any ?more|for the last time|yet\\?';
const AFTERWARDS = new RegExp(String.raw`^[^.;]{0,60}?\b(?:${ENDED})|^[^.;]{0,80}\?\s*$`, 'i');
/** What AFTERWARDS cannot do without, however much of a sentence is harmless. */
const MAY_BE_OVER = new RegExp(String.raw`${ENDED}|\?`, 'i');
/** "ready check", "connected clients", "ready in 0/3": the word belongs to what follows. */
const PART_OF =
  /^\s?(?:time-?out|probe|handler|callback|hook|event|check|gate|signal|deadline|clients?|state|flag|metric|counter|gauge|listener|soon|shortly|later|in an? (?:moment|second|minute|few)|to be|until|till|before)\b|^ (?:in|on|with) 0(?:\/| of| out)/i;
const BEFOREHAND =
  /(?:\b(?:not|never|without|fail(?:s|ed|ing)?(?: to)?|unable to|cannot|can['’]t|could(?: not|n['’]t)|nothing|nobody|part(?:ial)?ly|stop(?:s|ped)? being|assert(?:s|ed|ing)?|isn['’]t|wasn['’]t|aren['’]t|hasn['’]t|haven['’]t|won['’]t|didn['’]t|doesn['’]t|no longer|nor|neither|hardly|barely|cease[sd]? to be|wait(?:s|ed|ing)?|until|till|before|if|whether|unless|when(?:ever)?|once|while|as soon as|try(?:ing)?|tries|attempt(?:s|ed|ing)?|check(?:s|ing)?|verify(?:ing)?|test(?:s|ing)|ensur(?:e|es|ing)|expect(?:s|ed|ing)?|should|will|would|must|shall|may|might|can|needs?|requires?|want(?:s|ed)?|assum(?:e|es|ing)|pretend\w*|simulat\w*|mock(?:ed|ing)?|dry[ -]?run|previously|formerly|earlier|last|lost|poll(?:s|ed|ing)?|probing|going to|about to|supposed to|to be|to become|to get|0(?: of \d+| out of \d+|\/\d+)?|zero|none|no(?= (?:database|db|postgres|connection)))|n['’]t)\b[^.;:!]{0,60}$/i;
/** Anything may stand between, as long as it takes nothing back. */
const RECOVERED =
  /\b(?:re-?connected|re-?established|restored|recovered|back (?:online|up)|is back|again)\b|\bretr(?:y|ying|ied|ies)\b(?:(?!\b(?:not|never|no|un\w{1,20}|until|till|once|when|if|while|before|to be|failed)\b)[^;]){1,60}\b(?:connected|succeeded|established)\b/i;

/**
 * That a connection has come about, by one of the expressions and by nothing that takes it back.
 * @param expressions of a success, without regard to case
 */
export function saysConnected(text: string, expressions: readonly RegExp[]): boolean {
  return expressions.some((expression) => {
    const match = expression.exec(text);
    if (match === null) return false;
    const until = text.slice(0, match.index + match[0].length);
    const after = text.slice(until.length);
    // The first word of a match is its subject: what is said before and inside it may take it back.
    const whole = BEFOREHAND.exec(until.replace(/\s+\S+$/, ' '));
    if (whole !== null || UNTRUE.test(after) || PART_OF.test(after)) return false;
    const isOver = MAY_BE_OVER.test(after) && AFTERWARDS.test(withoutHarmless(after));
    return !isOver || RECOVERED.test(until);
  });
}

/** "Reconnected after 3 failures": what was wrong is over. */
export function saysRecovered(text: string): boolean {
  return RECOVERED.test(text);
}
