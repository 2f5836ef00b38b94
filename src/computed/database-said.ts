/**
 * What is said of a database in a word or a few, where its name may stand as well: that nothing is there, that it takes no writes, or
 * that it is not the database at all. A name is never read as such a word because of how it begins.
 */

import { soundsOfTrouble } from './log-grammar.js';

/** `unknown`: it may be there or not. */
type Said = 'bad' | 'unknown' | undefined;

/** It takes no writes, or something else answers for it. */
const NOT_IT = new Set(
  (
    'readonly,read only,no writes,unwritable,mock,mocked,mocks,mocking,stub,stubbed,fake,faked,dummy,simulated,simulator,' +
    'simulation,emulated,emulator,placeholder,sham,noop,no op,memory,in memory,inmemory,fallback,off,bypass,bypassed,unconfigured,' +
    'uninitialized,uninitialised,unset,absent,missing,deactivated,suspended,paused,frozen,removed,unused,shut down,exhausted,' +
    'crashed,hanging,stuck,ro,r o,write protected,unwriteable,read only replica,readonly replica,test double,dry run,cached,' +
    'cache only,ephemeral,in mem,mocked out,stubbed out,turned off,switched off,no db,nodb,no database,without database,without db,' +
    'blocked,locked,expired,overloaded,terminated,terminating,killed,aborted,invalid,misconfigured,unauthorized,unauthorised,' +
    'forbidden,denied,rejected,detached,unplugged,synthetic,void,not in use,safe mode,sqlite,sqlite3,'
  ).split(','),
);
/** Nobody has asked it, or it is on its way. */
const NOT_ASKED = new Set(
  (
    'skip,skipped,skipping,ignored,ignore,unmonitored,unverified,assumed,hardcoded,optional,deferred,lazy,standby,hot standby,' +
    'replica,read replica,secondary,follower,recovery,in recovery,recovering,maintenance,connecting,reconnecting,retrying,waiting,' +
    'idle,loading,busy,slow,throttled,limited,restricted,restoring,migrating,upgrading,updating,booting,hibernating,hibernated,' +
    'asleep,sleeping,dormant,archived,full,empty,blank,mock db,mock database,fake db,fake database,dummy db,dummy database,stub db,' +
    'stub database,'
  ).split(','),
);
/** What may follow such a word; joined to it, all but the first may be a part of a name. */
const MODE = /^(.+) mode$/;
const THING =
  /^(?:an? |the |using |uses |with )*(.+?)(?: (?:mode|database|db|connection|pool|stor(?:e|age)|backend|driver|adapter|client|session|data|only))+$/;

/** Words of which a state is made, where they are joined as in `not_connected`; one of `DENIES` must be among them. */
const OF_STATES = new Set(
  (
    'connection,connected,connect,configured,initialized,initialised,available,ready,reachable,set,up,running,checked,tested,' +
    'verified,enabled,used,in,is,supported,responding,working,established,auth,authentication,login,out,starting,mode,write,writes,' +
    'writable,service,pool,found,open,healthy,ok,alive,server,of,'
  ).split(','),
);
const DENIES = new Set(
  (
    'not,no,isnt,un,failed,fails,failing,failure,error,errors,refused,timeout,timed,lost,closed,reset,denied,rejected,shutting,' +
    'down,stopping,stopped,unavailable,unreachable,exhausted,disabled,disconnected,unhealthy,degraded,broken,'
  ).split(','),
);

/** In a sentence: `connected (read-only)`, `using a mock database`; not `read_only=false`, `not mocked`. */
const IN_SENTENCE =
  /(?<!\b(?:not|no|never|without|non)[\s-](?:an? )?)\b(?:read[-_ ]?only|mock(?:ed|s)?|stub(?:bed|s)?|fake[ds]?|dummy|simulated|in[-_ ]memory|fallback|noop|no-op|bypassed|sqlite3?|not writ(?:e)?able)\b(?!["']?\s*[=:]\s*["']?(?:false|off|no|0|none|null)\b)/i;
const STAND_IN_URL =
  /:memory:|\bmode=memory\b|^sqlite[\w+]{0,20}:|^(?:memory|mock|fake|stub|dummy|null):\/\//i;
/** `disabled_by_config`, `skipped for tests`: with the reason. */
const REASON =
  /^(?:skipped|disabled|mocked|stubbed|faked)(?= in )|^.+?(?= (?:by|for|due|because|during|until|via) )/;
/** `MockDatabase`: as classes are called, and databases are not. */
const CLASS = /^(?:[A-Z][a-z]+){1,4}(?:[A-Z][a-z]+|DB)$/;

/** @returns undefined where it says none of this: it may be good, or the database's name */
export function saidOfDatabase(text: string): Said {
  const words = inWords(text);
  const mode = MODE.exec(words)?.[1];
  const reason = REASON.exec(words)?.[0];
  // `skipped (no URL)`
  const before = inWords(text.split(/[(,;]/)[0] ?? '');
  const isSentence = /[\s(,;]/.test(text.trim());
  const thing = isSentence || CLASS.test(text.trim()) ? THING.exec(words)?.[1] : undefined;
  const candidates = [words, mode, reason, before, thing].filter((each) => each !== undefined);
  if (candidates.some((each) => NOT_IT.has(each)) || STAND_IN_URL.test(text.trim())) return 'bad';
  if (isSentence && IN_SENTENCE.test(text)) return 'bad';
  if (candidates.some((each) => NOT_ASKED.has(each))) return 'unknown';
  return isJoinedState(words) || (reason !== undefined && DENIES.has(reason)) ? 'bad' : undefined;
}

const STANDS_IN =
  /\b(?:mock(?:ed|s|ing)?|stub(?:bed|s)?|fake[ds]?|dummy|simulat(?:ed|or|ion)|emulat(?:ed|or)|placeholder|sham|no ?op|in ?mem|(?<!out of )(?:in)?memory|sqlite3?|test double|dry run|synthetic|ephemeral|fallback|cache only|cached|disabled|deactivated|bypass(?:ed)?|off|no ?db|no database|without (?:database|db)|unused|not in use|void)\b/;
const NO_WRITES =
  /\bread ?only\b|\bno writes\b|\b(?:not |un)writ(?:e)?able\b|\bwrite protected\b|\bwrit\w{0,6} (?:false|no|0)\b|^r ?o$/;

/**
 * Which of the words it is that something else stands in for the database or that it is left out, and which that it takes no
 * writes: nothing is down then.
 */
export function replacedDatabase(text: string): 'stand-in' | 'read-only' | undefined {
  const words = inWords(text);
  if (soundsOfTrouble(text)) return undefined;
  if (STANDS_IN.test(words)) return 'stand-in';
  return NO_WRITES.test(words) ? 'read-only' : undefined;
}

/** `not_connected`, `connectionFailed`; a name such as `failed_jobs` has a word that is no state's. */
function isJoinedState(words: string): boolean {
  const parts = words.split(' ');
  return (
    parts.length > 1 &&
    parts.some((part) => DENIES.has(part)) &&
    parts.every((part) => DENIES.has(part) || OF_STATES.has(part))
  );
}

/** `READ_ONLY`, `read-only` and `readOnly` as `read only`; no longer than what a word of a state can be. */
function inWords(text: string): string {
  return text
    .slice(0, 80)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}
