/** Reads a health response, whose form the contract leaves open: "JSON response with health status". */
import { DATABASE_SUBJECT } from '../vocabulary/database.js';
import { saidOfDatabase } from './database-said.js';
import { soundsOfTrouble } from './log-grammar.js';

/** `silent`: it is there and says nothing of how things are, such as the database's name. */
type Judgement = 'good' | 'bad' | 'unknown' | 'silent';

/** A status as it was written, and what it means. */
interface Reading {
  text: string;
  judgement: Judgement;
}

export interface HealthReading {
  status: Reading | undefined;
  /** What the response says about the database, when it says anything; of several, the worst. */
  database: Reading | undefined;
  /** An error that it tells beside its status. */
  error: Reading | undefined;
  /** What it warns of beside a status that is good; `bad` where that sounds of trouble. */
  warning: Reading | undefined;
}

const STATUS_KEYS = [
  'status',
  'health',
  'healthy',
  'state',
  'ok',
  'alive',
  'up',
  'outcome',
  'passed',
  'passing',
];
/** What a component says of itself, in the order in which it is believed. */
const COMPONENT_KEYS = [
  ...STATUS_KEYS,
  'connected',
  'connection',
  'ready',
  'reachable',
  'available',
  'success',
  'result',
  'ping',
];
/** Where the whole answer may be wrapped. */
const WRAPPERS = ['data', 'result', 'response', 'payload', 'health', 'body'];
/** How an entry of a list names itself. */
const NAME_KEYS = [
  'name',
  'component',
  'service',
  'id',
  'key',
  'type',
  'check',
  'dependency',
  'componentId',
  'componentType',
  'title',
];
/** Under which a sentence may stand beside a status that does not know of it. */
const MESSAGE_KEYS = /^(?:messages?|msg|details?|description|reason|notes?|info|output)$/i;
const ERROR_KEYS =
  /^(?:errors?|exceptions?|failures?|failed|failing|unhealthy|faults?|problems?|err|error[_-]?messages?|fail(?:ed|ing)[_-]?(?:checks?|components?|services?|dependencies))$/i;

const WARNING_KEYS = /^(?:warnings?|warn|alerts?)$/i;

/** A word of its own in a key: `db_connected`, `isDatabaseUp`, `postgres:connections`. */
const DATABASE =
  /^(?:is|has|the|my|primary|main|check)?(?:database|db|postgres(?:ql)?|n?pg(?:sql)?|datasource|datastore|neon|sql|sqlalchemy|asyncpg)(.*)$/;
/** What a key adds to the database's name: a statement, its opposite, or neither (its name, its version, a latency). */
const SAYS =
  /^(?:|s|(?:connection|conn)?s?(?:status|state|health|healthy|check|ok|up|alive|ready|connected|reachable|available|established|working|success|ping|connectivity|isup|isok|isconnected|isready|ishealthy)|connections?|conn|status\w{0,20}|:\w{0,40})$/;
const SAYS_NOT =
  /(?:readonly|mock(?:ed)?|stub(?:bed)?|faked?|simulated|disabled|skipped|bypassed|inrecovery|errors?|exceptions?|failed|failures?|down|disconnected|unavailable|unreachable|timedout|broken|fault|err|issue|problem)$/;
/** `mock_db`, `useFakeDatabase`: true where something else stands for it. */
const STAND_IN =
  /^(?:is|uses?|using|has)?(?:mock(?:ed)?|fake|stub(?:bed)?|dummy|inmemory|readonly)(?:database|db|postgres(?:ql)?)$/;
/** Under which stands of what kind it is, and what it may be used for: words, not states. */
const KINDS =
  /^(?:mode|type|kind|access|accessmode|backend|driver|dialect|engine|implementation|adapter|provider|role|store)$/;
/** What it must not be, and what it must. */
const FLAWS =
  /^(?:is|use|using|in)?(?:readonly|mock(?:ed)?|stub(?:bed)?|faked?|simulated|disabled|skipped|bypassed|recovery)$/;
const VIRTUES = /^(?:is|can)?(?:write?able|write|enabled)$/;

const GOOD =
  /^(?:healthy|ok|okay|up|pass(?:ed|ing)?|alive|available|connected|reachable|good|success(?:ful)?|succeeded|true|yes|ready|online|running|operational|normal|green|active|established|serving|working|live|fine|pong|select 1)(?=$|[\s:,;(.!-])/i;
// Whole words: under "database" may stand its name, and that may begin like one of these.
const BAD =
  /^(?:not?|un(?:healthy|available|reachable|ready|responsive)|dis(?:connected|abled)|down|fail(?:ed|ing|ure|s)?|err(?:or)?s?|false|critical|degraded|sick|dead|offline|time(?:d[ -]?|-)?out|refused|lost|warn(?:ing)?|starting|stopp(?:ed|ing)|broken|bad|exception|could|couldn['’]t|cannot|can['’]t|unable|red|yellow|partial|impaired|outage|closed|inactive|ko|nok|out of service|out_of_service|n(?!\/))(?![\w-])|^[❌✗✘✖]|^E(?:CONN|HOST|NET|TIMEDOUT|NOTFOUND|AI_|PIPE)\w{0,12}$/i;
const UNKNOWN =
  /^(?:unknown|n\/?a|none|null|nil|undefined|pending|checking|initiali[sz]ing|skipped|unchecked|untested|unspecified|tbd|\?+|-+|)$/i;

/** Depth and number of values that are looked at: the body is a stranger's. */
const DEEPEST = 6;
const MOST = 2000;

export function readHealth(json: unknown): HealthReading {
  const found: Reading[] = [];
  collect(json, found, { depth: 0, left: MOST });
  return { status: statusOf(json), database: worst(found), error: errorOf(json), warning: warningOf(json) };
}

function statusOf(json: unknown): Reading | undefined {
  const own = typeof json === 'object' ? undefined : scalar(json);
  if (own) return own;
  const direct = STATUS_KEYS.flatMap((key) => under(json, [key]) ?? []);
  // Of two statements that contradict each other the worse one: {"status": "ok", "healthy": false}.
  const refuted =
    fieldOf(json, 'ready') === false ? { text: 'ready: false', judgement: 'bad' as const } : undefined;
  const said = direct.find(({ judgement }) => judgement === 'bad') ?? (direct[0] && (refuted ?? direct[0]));
  if (said) return said;
  for (const key of [...WRAPPERS, 'status']) {
    const inner = under(fieldOf(json, key), STATUS_KEYS);
    if (inner) return inner;
  }
  return undefined;
}

/** An error beside the status, unless it is none. */
function errorOf(json: unknown): Reading | undefined {
  for (const place of [json, ...WRAPPERS.map((key) => fieldOf(json, key))]) {
    for (const [key, value] of entries(place)) {
      if ((ERROR_KEYS.test(key) && isSomething(value)) || (MESSAGE_KEYS.test(key) && isTrouble(value))) {
        return {
          text: shorten(`${key}: ${written(value)}`),
          judgement: 'bad',
        };
      }
    }
  }
  return undefined;
}

/** A warning beside the status, unless it is none. */
function warningOf(json: unknown): Reading | undefined {
  const told = [json, ...WRAPPERS.map((key) => fieldOf(json, key))]
    .flatMap(entries)
    .find(([key, value]) => WARNING_KEYS.test(key) && isSomething(value));
  if (told === undefined) return undefined;
  const text = warnings(told[1]);
  return { text: shorten(text), judgement: soundsOfTrouble(text) ? 'bad' : 'unknown' };
}

/** What is in a list, one after the other. */
function warnings(value: unknown): string {
  return Array.isArray(value) ? value.filter(isSomething).map(written).join('; ') : written(value);
}

/** A sentence that says of the database that something is wrong with it. */
function isTrouble(value: unknown): boolean {
  return typeof value === 'string' && DATABASE_SUBJECT.test(value) && soundsOfTrouble(value);
}

/** An error that is told as nothing is none: null, false, 0, "", [], {}, "none". */
function isSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0) return false;
  if (typeof value === 'string') return !/^(?:|no|none|null|nil|false|0|ok|n\/?a|-)$/i.test(value.trim());
  if (Array.isArray(value)) return value.some(isSomething);
  return typeof value !== 'object' || Object.values(value).some(isSomething);
}

/** All that is said of the database, wherever it stands. */
function collect(value: unknown, found: Reading[], bounds: { depth: number; left: number }): void {
  if (bounds.depth > DEEPEST || typeof value !== 'object' || value === null) return;
  const deeper = (inner: unknown) => {
    bounds.depth += 1;
    collect(inner, found, bounds);
    bounds.depth -= 1;
  };
  const name = Array.isArray(value)
    ? undefined
    : NAME_KEYS.map((key) => fieldOf(value, key)).find(isDatabaseName);
  if (name !== undefined) {
    const own = component(value, bounds.depth) ?? { text: 'no status', judgement: 'unknown' };
    found.push(own, ...kindOf(value));
    return;
  }
  for (const [key, inner] of entries(value)) {
    bounds.left -= 1;
    if (bounds.left < 0) return;
    if (STAND_IN.test(plain(key)) && isSomething(inner))
      found.push({ text: shorten(`${key}: ${written(inner)}`), judgement: 'bad' });
    const rest = DATABASE.exec(plain(key))?.[1];
    const reading = rest === undefined ? undefined : statement(key, rest, inner, bounds.depth);
    if (reading) found.push(reading);
    else deeper(inner);
  }
}

function isDatabaseName(value: unknown): boolean {
  return typeof value === 'string' && value.length < 80 && SAYS.test(DATABASE.exec(plain(value))?.[1] ?? 'x');
}

/** What a key that names the database says; undefined where it says nothing of how it is. */
function statement(key: string, rest: string, value: unknown, depth: number): Reading | undefined {
  const isPlain = rest === '';
  const told = (judgement: Judgement): Reading => ({
    text: shorten(isPlain ? written(value) : `${key}: ${written(value)}`),
    judgement,
  });
  if (SAYS_NOT.test(rest)) return isSomething(value) ? told('bad') : undefined;
  if (!SAYS.test(rest)) {
    const [kind] = kindOf({ [rest]: value });
    return kind && told(kind.judgement);
  }
  if (value === null || value === '') return told('unknown');
  if (typeof value === 'number') return number(value, told);
  if (typeof value === 'object') {
    const own = component(value, depth);
    return Object.keys(value).length === 0
      ? told('unknown')
      : worst([...(own ? [own] : []), ...kindOf(value)]);
  }
  const reading = scalar(value);
  const said = reading?.judgement === 'bad' ? undefined : saidOfDatabase(written(value));
  if (said) return told(said);
  // Under the bare name any other word is its name; under a key that promises a status it is one that is not known.
  if (reading?.judgement !== 'unknown') return reading && { ...reading, text: told('good').text };
  return told(isPlain && !UNKNOWN.test(written(value).trim()) ? 'silent' : 'unknown');
}

/** 1 and 0 as yes and no, and statuses of HTTP; any other number is a count or a latency. */
function number(value: number, told: (judgement: Judgement) => Reading): Reading | undefined {
  if (value === 1 || (value >= 200 && value < 300)) return told('good');
  if (value === 0 || (value >= 400 && value < 600)) return told('bad');
  return undefined;
}

/** What it says of its kind, where it is not the database itself, or takes no writes. */
function kindOf(value: object): Reading[] {
  return entries(value).flatMap(([key, inner]): Reading[] => {
    const name = plain(key);
    const isFlawed = FLAWS.test(name) ? isSomething(inner) : VIRTUES.test(name) && !isSomething(inner);
    const kind = KINDS.test(name) && typeof inner === 'string' ? saidOfDatabase(inner) : undefined;
    const judgement = isFlawed ? 'bad' : kind;
    return judgement ? [{ text: shorten(`${key}: ${written(inner)}`), judgement }] : [];
  });
}

/** An object or a list that stands for the database: by its own statement, else by the worst of what is in it. */
function component(value: object, depth: number): Reading | undefined {
  const found: Reading[] = [];
  if (!Array.isArray(value)) {
    const own = under(value, COMPONENT_KEYS, true);
    if (own) {
      const said = own.judgement === 'bad' ? undefined : saidOfDatabase(own.text);
      found.push(said ? { ...own, judgement: said } : own);
    }
    const error = errorOf(value);
    if (error) found.push(error);
  }
  if (depth < DEEPEST) {
    for (const [key, inner] of entries(value)) {
      if (typeof inner === 'boolean' && Array.isArray(value))
        found.push({ text: String(inner), judgement: inner ? 'good' : 'bad' });
      if (typeof inner !== 'object' || inner === null || ERROR_KEYS.test(key)) continue;
      const reading = component(inner, depth + 1);
      if (reading) found.push(reading);
    }
  }
  return worst(found);
}

const RANK: readonly Judgement[] = ['bad', 'unknown', 'good', 'silent'];

function worst(found: readonly Reading[]): Reading | undefined {
  return [...found].sort((a, b) => RANK.indexOf(a.judgement) - RANK.indexOf(b.judgement))[0];
}

/** The statement under one of the keys. */
function under(value: unknown, keys: readonly string[], withNull = false): Reading | undefined {
  for (const key of keys) {
    const inner = fieldOf(value, key);
    const reading =
      scalar(inner) ?? (typeof inner === 'number' && inner >= 200 && inner < 300 ? scalar('ok') : undefined);
    if (reading) return typeof inner === 'number' ? { ...reading, text: String(inner) } : reading;
    if (withNull && inner === null) return { text: `${key}: null`, judgement: 'unknown' };
    if (withNull && typeof inner === 'number') {
      const told = number(inner, (judgement) => ({ text: `${key}: ${inner}`, judgement }));
      if (told) return told;
    }
  }
  return undefined;
}

function scalar(value: unknown): Reading | undefined {
  if (typeof value !== 'string' && typeof value !== 'boolean') return undefined;
  return { text: shorten(String(value)), judgement: judge(String(value).trim()) };
}

function judge(text: string): Judgement {
  if (BAD.test(text)) return 'bad';
  // A sentence: "connection refused by 10.0.0.9", "connected, but read only".
  const isSentence = /\s|Error\b|Exception\b/.test(text);
  if (isSentence && soundsOfTrouble(text)) return 'bad';
  return GOOD.test(text) ? 'good' : 'unknown';
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** A key without what writers put between its words. */
function plain(key: string): string {
  return key.replace(/[_\s.-]/g, '').toLowerCase();
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
