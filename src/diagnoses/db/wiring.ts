/** Hops: does the container get a DATABASE_URL, does the Secret have it, and can it be read as one? */
import { backendContainer } from '../../checks/template-container.js';
import { entryOf, importsOf } from '../../checks/template-environment.js';
import { placeOf, variableOf } from '../../checks/variable-place.js';
import { deploymentRef } from '../../checks/shared.js';
import type { DatabaseUrlFacts, DatabaseUrlProblem } from '../../evidence/evidence.js';
import { advise, inTemplate, run, setEnvArguments, setKeys } from '../fixes.js';
import type { DbCause } from '../parse/database-error.js';
import { field } from '../seen.js';
import { otherWay, sourceOf } from './given.js';
import {
  broken,
  defineHop,
  good,
  notReached,
  skipped,
  unclear,
  type CauseFinding,
  type Look,
} from '../tree.js';

const KEY = 'DATABASE_URL';
export const envHop = defineHop({
  id: 'env',
  asks: 'Does the container get a DATABASE_URL, and from where?',
  reads: ['deployment', 'environment'],
  needs: ['cluster', 'deployment'],
  rulesOut: ['wiring of the variable'],
  ask({ deployment, environment }, { context }) {
    const located = deployment && backendContainer(deployment, context);
    if (!located) return notReached('no container');
    const { container, path } = located;
    const { names } = context.target;
    const object = deploymentRef(context.target);
    const variable = variableOf(environment, KEY);
    const entry = entryOf(container, KEY);
    if (entry?.from === 'literal' && entry.literal === 'plain') {
      return broken('a literal value', [
        {
          cause: 'db/url-hardcoded',
          verdict: 'confirmed',
          object,
          summary: `Deployment ${names.deployment} has the DATABASE_URL itself in its pod template, so whoever may read it reads the password, and a change of Secret ${names.secret} has no effect.`,
          evidence: [field(object, `${path}.${entry.field}.value`, '(value hidden)')],
          fix: [
            run(
              context,
              `Take it out, so that it comes from Secret ${names.secret}; then change the password, which others may have read.`,
              setEnvArguments(context, `${KEY}-`),
            ),
          ],
        },
      ]);
    }
    if (variable !== undefined && entry?.from !== 'literal') return good(`from ${sourceOf(variable)}`);
    if (entry?.from === 'literal' && entry.literal === 'expansion' && variable?.blank !== true)
      return good('put together in the pod template');
    // A reference that leads nowhere is the next question.
    if (entry?.from === 'reference') return good(`from ${entry.kind} ${entry.name}`);
    if (entry === undefined) {
      const other = otherWay(environment);
      if (other !== undefined) return good(other);
      const sources = importsOf(container).filter(({ kind, prefix }) => kind === 'Secret' && prefix === '');
      const source = sources.find(({ name }) => name === names.secret) ?? sources[0];
      const open = environment.unread.find(({ name }) => name !== names.secret);
      if (open) return unclear(`${open.kind} ${open.name}, which the container imports, could not be read`);
      if (source) return good(`from Secret ${source.name}`);
    }
    const how = entry === undefined ? 'nowhere' : entry.from === 'literal' ? 'an empty value' : entry.what;
    return broken(how, [
      {
        cause: 'db/url-missing',
        verdict: 'confirmed',
        object,
        summary: `The container of Deployment ${names.deployment} does not take DATABASE_URL from Secret ${names.secret}.`,
        evidence: [field(object, `${path}.${entry?.field ?? 'envFrom'}`, how)],
        fix: [
          inTemplate(
            context,
            `Let the container take it from Secret ${names.secret}.`,
            setEnvArguments(context, `--keys=${KEY}`, `--from=secret/${names.secret}`),
          ),
        ],
      },
    ]);
  },
});

export const secretHop = defineHop({
  id: 'secret',
  asks: 'Is there a value behind it?',
  reads: ['secret', 'environment'],
  needs: ['cluster', 'env'],
  rulesOut: ['missing key'],
  ask({ secret, environment }, { context }) {
    const { names } = context.target;
    const variable = variableOf(environment, KEY);
    const gap =
      variable === undefined
        ? environment.missing.find(
            (each) => !each.optional && (each.variable === KEY || each.variable === undefined),
          )
        : undefined;
    const own = gap?.variable === KEY ? undefined : secret?.keys.find((each) => each.key === KEY);
    const url = environment.databaseUrl ?? secret?.databaseUrl;
    const isEmpty = (variable ?? own)?.blank === true || url?.problems[0] === 'url-empty';
    const length = variable ? variable.length : own?.length;
    if ((variable ?? own) !== undefined && !isEmpty)
      return good(length === undefined ? 'a value' : `${length} characters`);
    if (variable === undefined && otherWay(environment) !== undefined)
      return skipped('there is no DATABASE_URL to look into');
    const place = placeOf(variable, KEY, context.target);
    const kind = gap?.kind ?? place.object.kind;
    const name = gap?.name ?? place.object.name;
    const key = gap?.key ?? (variable && place.field.startsWith('data.') ? place.field.slice(5) : KEY);
    const object = { kind, namespace: context.target.namespace, name };
    const isThere = isEmpty || (gap ? gap.key !== undefined : secret !== undefined);
    const what = !isThere
      ? `${kind} ${name} does not exist`
      : isEmpty
        ? `${kind} ${name} has an empty ${key}`
        : `${kind} ${name} has no key ${key}`;
    const known = name === names.secret ? secret?.keys.map((each) => each.key).join(', ') : undefined;
    const seen = !isThere ? 'no such object' : known === '' ? 'no key' : (known ?? `no ${key}`);
    return broken(!isThere ? 'missing' : isEmpty ? 'empty' : 'no such key', [
      {
        cause: 'db/url-missing',
        verdict: 'confirmed',
        object,
        summary: `${what}, so the application does not know its database.`,
        evidence: [isEmpty ? field(object, place.field, 'empty') : field(object, 'data', seen)],
        fix: [
          kind === 'Secret'
            ? setKeys(context, [key === KEY && name === names.secret ? KEY : { secret: name, key }], isThere)
            : inTemplate(
                context,
                `Let the container take it from Secret ${names.secret}.`,
                setEnvArguments(context, `--keys=${KEY}`, `--from=secret/${names.secret}`),
              ),
        ],
      },
    ]);
  },
});

/** Problems that keep everybody from reading the URL, and those of the TLS that it asks for, with their causes. */
const CAUSES: Partial<Record<DatabaseUrlProblem, DbCause>> = {
  'url-malformed': 'db/url-malformed',
  'url-scheme': 'db/url-malformed',
  'url-port': 'db/url-malformed',
  'url-shell-line': 'db/shell-line',
  'url-placeholder': 'db/placeholder',
  'url-sqlite': 'db/sqlite',
  'url-whitespace': 'db/url-whitespace',
  'url-quoted': 'db/url-quoted',
  'url-double-encoded': 'db/url-double-encoded',
  'url-unescaped': 'db/url-unescaped',
  'driver-mismatch': 'db/driver-mismatch',
  'sslmode-missing': 'db/sslmode-missing',
  'sslmode-weak': 'db/sslmode-weak',
  'sslmode-invalid': 'db/sslmode-invalid',
};

/** The cause that a problem of the Secret's value is told as. */
export function causeOfProblem(problem: DatabaseUrlProblem): DbCause | undefined {
  return CAUSES[problem];
}

export const urlHop = defineHop({
  id: 'url',
  asks: 'Is it a PostgreSQL connection string that demands TLS?',
  proves: ['config/database-url'],
  reads: ['secret', 'environment'],
  needs: ['cluster', 'env', 'secret'],
  rulesOut: ['DATABASE_URL', 'sslmode'],
  ask({ secret, environment }, look) {
    // What the container gets is what counts; what the Secret holds, only where that could not be told.
    const url = environment.databaseUrl ?? secret?.databaseUrl;
    if (!url) return notReached('no DATABASE_URL');
    const at = placeOf(variableOf(environment, KEY), KEY, look.context.target);
    const findings = findingsOf(url, at, look);
    const [worst] = findings;
    const mode = url.sslmode === undefined ? '' : `${url.sslParameter ?? 'sslmode'}=${url.sslmode}`;
    if (worst && worst.severity !== 'warning') return broken(worst.cause.replace('db/', ''), findings);
    return good([url.scheme, mode].filter(Boolean).join(', '), { findings });
  },
});

/** Where the value stands. */
type At = ReturnType<typeof placeOf>;

function findingsOf(url: DatabaseUrlFacts, at: At, look: Look): CauseFinding[] {
  const check = look.check('config/database-url');
  const causes = url.problems
    // What the contract accepts is no cause, whatever is said of it elsewhere.
    .filter((problem) => !problem.startsWith('sslmode') || check?.status !== 'pass')
    .flatMap((problem) => {
      const cause = CAUSES[problem];
      return cause ? [{ cause, problem }] : [];
    });
  const notAccepted = check?.findings.some(({ messageId }) => messageId === 'sslmode-not-accepted') === true;
  if (notAccepted) causes.push({ cause: 'db/sslmode-weak', problem: 'sslmode-weak' });
  const findings = causes.map(({ cause, problem }) => urlFinding(cause, problem, url, at, look));
  if (url.duplicateParameters.length > 0) findings.push(duplicates(url, at));
  // One cause each: a scheme and a port that are both wrong are one URL that cannot be read.
  return [...new Map(findings.map((finding) => [finding.cause, finding])).values()];
}

function urlFinding(
  cause: DbCause,
  problem: DatabaseUrlProblem,
  url: DatabaseUrlFacts,
  { object, field: path }: At,
  { context }: Look,
): CauseFinding {
  const place = object.kind === 'Deployment' ? 'the pod template' : `${object.kind} ${object.name}`;
  const asyncpg = url.scheme?.endsWith('+asyncpg') === true;
  const wanted = asyncpg ? 'ssl=require' : 'sslmode=require';
  const given = `${url.sslParameter ?? 'sslmode'}=${url.sslmode ?? ''}`;
  const refused = (url.refusedParameters ?? []).join(', ');
  const words: Partial<Record<DatabaseUrlProblem, [summary: string, seen: string, hint: string]>> = {
    'url-malformed': [
      `The DATABASE_URL in ${place} cannot be read as a connection string.`,
      'no connection string',
      'Copy the connection string again from the database’s console.',
    ],
    'url-scheme': [
      `The DATABASE_URL in ${place} begins with ${url.scheme === undefined ? 'no scheme of PostgreSQL’s' : `${url.scheme}://`}, not with postgresql://.`,
      `scheme ${url.scheme ?? '(hidden)'}`,
      'It must begin with postgresql://.',
    ],
    'url-port': [
      `The port in the DATABASE_URL in ${place} is not a number from 1 to 65535.`,
      'not a port number',
      'PostgreSQL’s port is 5432.',
    ],
    'url-sqlite': [
      `The DATABASE_URL in ${place} leads to a SQLite file, which every pod has for itself, and which is lost with it.`,
      'scheme sqlite',
      'Give the PostgreSQL database’s connection string.',
    ],
    'url-placeholder': [
      `The DATABASE_URL in ${place} still has a placeholder in it, which nobody has replaced.`,
      'a placeholder of documentation or of a template',
      'Copy the connection string from the database’s console.',
    ],
    'url-shell-line': [
      `The DATABASE_URL in ${place} is a whole command line or assignment, and not the URL in it.`,
      'begins with a command, or with a variable’s name and =',
      'Only what begins with postgresql://.',
    ],
    'url-whitespace': [
      `The DATABASE_URL in ${place} has white space in it, most often a newline at its end, which becomes part of the database’s name or of the last parameter.`,
      `${url.length} characters, with white space among them`,
      'Without a newline: printf %s, not echo.',
    ],
    'url-quoted': [
      `The DATABASE_URL in ${place} stands in quotation marks, and they are part of the value.`,
      'begins with a quotation mark',
      'Without the quotation marks.',
    ],
    'url-double-encoded': [
      `The DATABASE_URL in ${place} is base64 of a URL: it was encoded twice.`,
      'base64 of a URL',
      'Give the plain value: stringData, --from-literal and Helm encode it themselves.',
    ],
    'url-unescaped': [
      `User or password in the DATABASE_URL in ${place} have a character that must be percent-encoded, so that each reader finds another host in it.`,
      'a raw @ / : # ? or % in the credentials',
      'Write %40 %2F %3A %23 %3F %25 for @ / : # ? %.',
    ],
    'driver-mismatch': [
      `The DATABASE_URL in ${place} has ${refused === '' ? 'a parameter' : `parameter ${refused}`} that the driver behind ${url.scheme ?? 'postgresql'}:// refuses.`,
      `scheme ${url.scheme ?? 'postgresql'}${refused === '' ? '' : `, parameter ${refused}`}`,
      asyncpg ? 'asyncpg: ssl=require, and neither sslmode nor channel_binding.' : `psycopg: ${wanted}.`,
    ],
    'sslmode-missing': [
      `The DATABASE_URL in ${place} does not demand TLS: it has no ${asyncpg ? 'ssl' : 'sslmode'}.`,
      `no ${asyncpg ? 'ssl' : 'sslmode'}`,
      `Append ?${wanted}.`,
    ],
    'sslmode-weak': [
      `The DATABASE_URL in ${place} has ${given}, ${url.sslmode === 'disable' ? 'which turns TLS off' : 'which does not demand the TLS that the contract wants'}.`,
      given,
      `Set ${wanted}.`,
    ],
    'sslmode-invalid': [
      `The DATABASE_URL in ${place} has ${url.sslmode === undefined ? 'an sslmode that is none' : `${given}, which is not a mode`}: the driver refuses it.`,
      url.sslmode === undefined ? '(value hidden)' : given,
      `Set ${wanted}; modes are written in small letters.`,
    ],
  };
  const [summary, seen, hint] = words[problem] ?? [`The DATABASE_URL in ${place} is wrong.`, problem, ''];
  const fix = setKeys(context, [KEY]);
  return {
    cause,
    verdict: 'confirmed',
    object,
    summary,
    evidence: [field(object, path, seen)],
    fix: [{ ...fix, description: `${hint} ${fix.description}`.trim() }],
  };
}

function duplicates(url: DatabaseUrlFacts, { object, field: path }: At): CauseFinding {
  const names = url.duplicateParameters.join(', ');
  return {
    cause: 'db/sslmode-invalid',
    severity: 'warning',
    verdict: 'confirmed',
    object,
    summary: `The DATABASE_URL gives ${names} more than once; the last one counts.`,
    evidence: [field(object, path, `${names} more than once`)],
    fix: [advise('Give each parameter once.')],
    symptoms: ['config/database-url'],
  };
}
