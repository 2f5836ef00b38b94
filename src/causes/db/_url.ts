/** What all causes have in common that the URL itself shows, wherever it stands. */
import type { ObjectRef } from '../../rule/finding.js';
import type { Cause } from '../../rule/cause-data.js';
import { field } from '../../rule/seen.js';
import { placeOf, variableOf } from '../../computed/variable-place.js';
import { memoised } from '../../computed/memo.js';
import { DB_CONSULTS, type DbLook } from '../../computed/database-ways.js';
import { KEY } from '../../computed/database-given.js';
import type { Trouble, WayCause } from '../../computed/database-trouble.js';
import type { DatabaseUrlFacts, DatabaseUrlProblem } from '../../evidence/evidence.js';
import { cause, type Told } from '../../rule/cause.js';
import { newUrl } from './_fix.js';
import { toldOfWay, type WayRule } from './_way.js';

/** A URL, with what a sentence about it takes. */
export interface Url {
  url: DatabaseUrlFacts;
  /** The object that has it: `Secret x`. */
  place: string;
  isAsyncpg: boolean;
  /** The parameter that demands TLS, as its driver takes it. */
  wanted: 'ssl=require' | 'sslmode=require';
  /** The parameter that it has. */
  given: string;
}

type TellUrl = (url: Url) => { summary: string; seen: string; hint: string };

type Problems = Partial<Record<DatabaseUrlProblem, TellUrl>>;

interface UrlRule<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity'> {
  /** What each problem of the URL is told as that is this cause. */
  problems: Problems;
}

/** A cause that the URL alone shows. */
export function urlCause<const Id extends string>({ problems, ...data }: UrlRule<Id>) {
  return cause({
    ...data,
    topic: 'db',
    severity: 'error',
    reads: [],
    consults: DB_CONSULTS,
    judge: (_, look) => (look.step === 'url' ? toldOfUrl(problems, look) : []),
  });
}

/** A cause that the URL shows, or the words of whoever was to use it. */
export function urlOrWayCause<const Id extends WayCause>({
  problems,
  tell,
  also = () => [],
  ...data
}: UrlRule<Id> & WayRule<Id> & { /** What else the URL shows. */ also?: (look: DbLook) => Told[] }) {
  return cause({
    ...data,
    topic: 'db',
    severity: 'error',
    reads: [],
    consults: DB_CONSULTS,
    judge(_, look) {
      if (look.step !== 'url')
        return toldOfWay(data.id, tell, look, (trouble) => isSaidOfUrl(trouble, problems, look));
      const told = toldOfUrl(problems, look);
      return told.length > 0 ? told : also(look);
    },
  });
}

/** Where the URL that counts stands, and what is known of it; undefined where there is none. */
export const urlAt = memoised((look: DbLook) => {
  const [environment, secret] = [look.maybe('environment'), look.maybe('secret')];
  if (!environment.ok || !secret.ok) return undefined;
  // What the container gets is what counts; what the Secret holds, only where that could not be told.
  const url = environment.value.databaseUrl ?? secret.value?.databaseUrl;
  if (!url) return undefined;
  return { url, ...placeOf(variableOf(environment.value, KEY), KEY, look.context.target) };
});

/** The last of its problems that the cause is told for: each cause is told once. */
function toldOfUrl(problems: Problems, look: DbLook): Told[] {
  const at = urlAt(look);
  if (at === undefined) return [];
  const problem = problemsOf(at.url, look).findLast((each) => problems[each] !== undefined);
  const words = problem && problems[problem]?.(wordsOf(at.url, at.object));
  if (words === undefined) return [];
  return [
    {
      verdict: 'confirmed',
      object: at.object,
      summary: words.summary,
      evidence: [field(at.object, at.field, words.seen)],
      fix: [newUrl(look, words.hint)],
    },
  ];
}

/** What the contract accepts is no problem, whatever is said of it elsewhere; what it does not accept is one. */
function problemsOf({ problems }: DatabaseUrlFacts, look: DbLook): DatabaseUrlProblem[] {
  const check = look.check('config/database-url');
  const isRefused = check?.findings.some(({ messageId }) => messageId === 'sslmode-not-accepted') === true;
  return [
    ...problems.filter((problem) => !problem.startsWith('sslmode') || check?.status !== 'pass'),
    ...(isRefused ? (['sslmode-weak'] as const) : []),
  ];
}

function wordsOf(url: DatabaseUrlFacts, object: ObjectRef): Url {
  const isAsyncpg = url.scheme?.endsWith('+asyncpg') === true;
  return {
    url,
    place: object.kind === 'Deployment' ? 'the pod template' : `${object.kind} ${object.name}`,
    isAsyncpg,
    wanted: isAsyncpg ? 'ssl=require' : 'sslmode=require',
    given: `${url.sslParameter ?? 'sslmode'}=${url.sslmode ?? ''}`,
  };
}

/** The URL that counts shows the same: told there, where it is to be fixed. */
function isSaidOfUrl({ error, free }: Trouble, problems: Problems, look: DbLook): boolean {
  if (error?.place !== 'url' || free !== undefined) return false;
  const known = urlAt(look)?.url.problems ?? [];
  return known.some((problem) => problems[problem] !== undefined);
}
