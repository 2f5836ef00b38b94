/** Reads a health response, whose form the contract leaves open: "JSON response with health status". */

type Judgement = 'good' | 'bad' | 'unknown';

/** A status as it was written, and what it means. */
interface Reading {
  text: string;
  judgement: Judgement;
}

export interface HealthReading {
  status: Reading | undefined;
  /** What the response says about the database, when it says anything. */
  database: Reading | undefined;
}

const STATUS_KEYS = ['status', 'health', 'healthy', 'state', 'ok'];
const DATABASE_KEYS = [
  'database',
  'db',
  'postgres',
  'postgresql',
  'database_status',
  'databaseStatus',
  'db_status',
  'dbStatus',
];
/** Where health libraries put their components. */
const CONTAINER_KEYS = ['checks', 'components', 'dependencies', 'services', 'details', 'entries', 'info'];

const GOOD =
  /^(healthy|ok|okay|up|pass(ed|ing)?|alive|available|connected|reachable|good|success(ful)?|true)$/i;
// Whole words: under "database" may stand its name, and that may begin like one of these.
const BAD =
  /^(not?|un(healthy|available|reachable|ready|responsive)|dis(connected|abled)|down|fail(ed|ing|ure|s)?|err(or)?s?|false|critical|degraded|sick|dead|offline|time(d[ -]?|-)?out|refused|lost|warn(ing)?|starting|stopp(ed|ing)|broken|bad|exception|could|couldn['’]t|cannot|can['’]t|unable)(?![\w-])/i;

export function readHealth(json: unknown): HealthReading {
  return { status: read(json, STATUS_KEYS), database: findDatabase(json) };
}

function findDatabase(json: unknown): Reading | undefined {
  const places = [json, ...CONTAINER_KEYS.map((key) => own(json, key))];
  for (const place of places) {
    for (const key of DATABASE_KEYS) {
      const reading = read(own(place, key), [...STATUS_KEYS, 'connected']);
      if (reading) return reading;
    }
  }
  return undefined;
}

/** A status: the value itself, or that under one of the keys. */
function read(value: unknown, keys: readonly string[]): Reading | undefined {
  if (typeof value === 'string' || typeof value === 'boolean')
    return { text: shorten(String(value)), judgement: judge(value) };
  for (const key of keys) {
    const inner = own(value, key);
    if (typeof inner === 'string' || typeof inner === 'boolean')
      return { text: shorten(String(inner)), judgement: judge(inner) };
  }
  return undefined;
}

function judge(value: string | boolean): Judgement {
  const text = String(value).trim();
  if (GOOD.test(text)) return 'good';
  return BAD.test(text) ? 'bad' : 'unknown';
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
