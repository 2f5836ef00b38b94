/** What all causes on the way to the database have in common: whose pod, what shows it, and what was ruled out. */
import { podRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { EvidenceItem } from '../../rule/diagnosis.js';
import { logItem, observed } from '../../rule/seen.js';
import { DB_CONSULTS, fromHere, type DbLook } from '../../computed/database-ways.js';
import { troublesAt, type Stop, type Trouble, type WayCause } from '../../computed/database-trouble.js';
import { cause, type Told } from '../../rule/cause.js';
import { todoK8s } from '../../rule/command.js';

/** A trouble, with what a sentence about it takes. */
export interface Met extends Trouble {
  pod: string;
  /** `host:port`, as far as it is known; an address of IPv6 in brackets. */
  place: string;
  host: { host: string; port: number } | undefined;
  /** All that was said of it. */
  words: string;
  /** The same, to end a sentence with. */
  said: string;
  /** What shows it. */
  evidence: EvidenceItem[];
  /** What the way from here rules out. */
  ruledOut: readonly string[];
}

/** It is confirmed, of the pod, and shown by its evidence unless said otherwise. */
export type TellWay = (met: Met, look: DbLook) => Partial<Told> & Pick<Told, 'summary' | 'fix'>;

export interface WayRule<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity'> {
  /** `error` unless said otherwise. */
  severity?: Cause['severity'];
  tell: TellWay;
}

export function wayCause<const Id extends WayCause>({ tell, ...data }: WayRule<Id>) {
  return cause({
    severity: 'error',
    ...data,
    topic: 'db',
    reads: [],
    consults: DB_CONSULTS,
    judge: (_, look) => toldOfWay(data.id, tell, look),
  });
}

/** @param isElsewhere whether a trouble is told by another step */
export function toldOfWay(
  id: WayCause,
  tell: TellWay,
  look: DbLook,
  isElsewhere: (trouble: Trouble) => boolean = () => false,
): Told[] {
  return troublesAt(look)
    .filter((trouble) => trouble.means === id && !isElsewhere(trouble))
    .map((trouble) => {
      const met = metOf(trouble, look);
      const told: Told = {
        verdict: 'confirmed',
        object: podRef(look.context.target, met.pod),
        pods: [met.pod],
        evidence: met.evidence,
        ruledOut: met.ruledOut,
        ...tell(met, look),
      };
      return trouble.free === 'log' ? { ...told, ...passing(met, look) } : told;
    });
}

/** The log's last word is an error, and a connection comes about at this moment. */
function passing({ pod }: Met, { context }: DbLook): Partial<Told> {
  return {
    object: podRef(context.target, pod),
    severity: 'warning',
    verdict: 'likely',
    summary: `{pods}: the log’s last word on the database is an error, and the way to it is free now: it was a passing fault, or concerns a part of the requests.`,
    wouldConfirm: `a new error in the log: ${todoK8s(context, 'doctor', 'db --watch')}`,
    symptoms: ['functional/database-logs'],
  };
}

function metOf(trouble: Trouble, look: DbLook): Met {
  const { way, stop, error } = trouble;
  const secret = look.maybe('secret');
  const known = secret.ok ? secret.value?.databaseUrl?.hosts?.[0] : undefined;
  const host = stop ? way.host : known;
  const words = stop?.error.text ?? error?.words ?? '';
  return {
    ...trouble,
    pod: way.pod.metadata.name,
    place: host ? `${host.host.includes(':') ? `[${host.host}]` : host.host}:${host.port}` : 'the database',
    host,
    words,
    said: shortened(words),
    ruledOut: fromHere(look)?.through ? ['the database itself: it can be used from here'] : [],
    evidence: [...(stop ? climbItems(trouble, stop, look) : []), ...logItems(trouble, look)],
  };
}

/** Without what is the same in every message: SQLAlchemy's address for more, and the full stop. */
function shortened(words: string): string {
  const text = words
    .replace(/\(Background on this error at: \S{1,80}\)?/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const said = saidOnce(text);
  return said.length > 240 ? `${said.slice(0, 239)}…` : said.replace(/\.$/, '');
}

/** The exception that an application logs below its own line about it, in the same words. */
const BELOW =
  /\s(?:[A-Za-z_]\w{0,60}(?:Error|Exception)|(?:[A-Za-z_]\w{0,40}\.){1,6}[A-Z]\w{0,60}): (?:\([\w.]{1,80}\) )?/g;
/** Characters by which words are known again. */
const KNOWN_AGAIN = 24;

/** Up to where an exception says what was said before it. */
function saidOnce(text: string): string {
  const again = [...text.matchAll(BELOW)].find(({ index, 0: { length } }) => {
    const beginning = text.slice(index + length, index + length + KNOWN_AGAIN);
    return beginning.length === KNOWN_AGAIN && text.slice(0, index).includes(beginning);
  });
  return again ? text.slice(0, again.index) : text;
}

/** The error of the rung that was not taken, and the rungs before it, in one item. */
function climbItems({ way }: Trouble, stop: Stop, look: DbLook): EvidenceItem[] {
  const object = podRef(look.context.target, way.pod.metadata.name);
  const state = stop.error.sqlstate === undefined ? '' : ` (SQLSTATE ${stop.error.sqlstate})`;
  const before = way.climb.slice(0, -1).map(({ rung, ms }) => `${rung} ${ms} ms`);
  const passed = before.length === 0 ? '' : `; before it ${before.join(', ')}`;
  const value = `${stop.rung}: ${stop.error.text}${state}, after ${stop.ms} ms${passed}`;
  return [observed('measured inside the pod', object, value), ...hereItems(look)];
}

function hereItems(look: DbLook): EvidenceItem[] {
  const here = fromHere(look);
  if (here === undefined) return [];
  const { stop } = here;
  const value = stop ? `${stop.rung}: ${stop.error.text}` : 'SELECT 1 is answered';
  return [observed('measured from here', null, value)];
}

/** The line by which it is known; of a climb the line that says the same, else the newest. */
function logItems({ way, shows, stop, error }: Trouble, look: DbLook): EvidenceItem[] {
  const { errors, run } = way.logged;
  const line = error ?? errors.find((each) => each.cause === shows) ?? errors[0];
  const items = line ? [logItem(line.line, way.pod.metadata.name, look.context.target, run)] : [];
  return stop ? items : [...items, ...hereItems(look)];
}
