import { advise, setKeys } from '../../fixes/described.js';
import { besideUrl } from '../../contract/database-variables.js';
import { DB_CONSULTS, urlIsTaken, type DbLook } from '../../computed/database-ways.js';
import { troublesAt, type WayCause } from '../../computed/database-trouble.js';
import { sourceOf } from '../../computed/database-given.js';
import { staleOf } from '../../computed/stale-url.js';
import { placeOf } from '../../computed/variable-place.js';
import { podRef } from '../../rule/object-ref.js';
import { field, logItem, observed } from '../../rule/seen.js';
import type { EvidenceItem, Fix } from '../../rule/diagnosis.js';
import type { VariableFacts } from '../../evidence/evidence.js';
import { cause, type Told } from '../../rule/cause.js';
import { UNUSABLE } from './_follows.js';

/** What a wrong connection string leads to, wherever it leads. */
const BY_VALUE: readonly WayCause[] = ['db/authentication-failed', 'db/database-missing'];
/** The same, where the words name a host or a port that the URL does not have. */
const BY_PLACE: readonly WayCause[] = [
  ...BY_VALUE,
  'db/dns-wrong-host',
  'db/dns-failure',
  'db/connection-refused',
  'db/endpoint-not-found',
  'db/network-unreachable',
  'db/timeout',
];

export default cause({
  id: 'db/other-variable',
  topic: 'db',
  title: 'The application connects by another variable than DATABASE_URL',
  severity: 'error',
  why: 'the DATABASE_URL is right, and is not what the application reads: writing it again changes nothing',
  seen: 'the log names a host or a port that is not in the DATABASE_URL, or the database takes the Secret’s DATABASE_URL at this moment and refuses a pod that has it; and the container has another variable of a database',
  remedy: 'correct that variable where it comes from, or let the application read DATABASE_URL',
  explains: [...BY_PLACE, ...UNUSABLE],
  reads: ['pods'],
  consults: DB_CONSULTS,
  judge(_, look) {
    const environment = look.maybe('environment');
    const others = environment.ok ? besideUrl(environment.value.variables) : [];
    const [first] = others;
    if (first === undefined) return [];
    const { target } = look.context;
    const place = placeOf(first, first.name, target);
    const names = others.map((each) => each.name).join(' and ');
    const reads = `it reads ${names} (from ${sourceOf(first)})`;
    return troublesAt(look).flatMap(({ means, way, error, stop, free, stale }): Told[] => {
      // What was measured was measured by the URL itself; what is over, or of an older value, is told as that.
      if (error === undefined || stop !== undefined || free !== undefined || stale !== undefined) return [];
      if (staleOf(way, look) !== undefined) return [];
      const elsewhere = BY_PLACE.includes(means) ? placeElsewhere(error.words, look) : undefined;
      const taken = BY_VALUE.includes(means) ? urlIsTaken(look) : undefined;
      if (elsewhere === undefined && taken === undefined) return [];
      const { name } = way.pod.metadata;
      return [
        {
          verdict: 'likely',
          object: place.object,
          pods: [name],
          summary:
            elsewhere === undefined
              ? `{pods}: the database takes the DATABASE_URL that the Secret has now, and refuses what the application connects with: ${reads}.`
              : `{pods}: the application connects to ${elsewhere}, which the DATABASE_URL does not name: ${reads}.`,
          evidence: [
            logItem(error.line, name, target, way.logged.run),
            ...(taken ? [takenItem(taken.pod, look)] : []),
            field(place.object, place.field, '(value hidden)'),
          ],
          fix: [corrected(first, look)],
          wouldConfirm: `that the application reads ${names}, in its settings`,
        },
      ];
    });
  },
});

/** As libpq names whom it asked. */
const HOST = /(?:server at|host name) "([A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)/;
const PORT = /\bport (\d{1,5})\b/;

/** `host db-old`, `port 5433`: what the words name and the URL does not have. */
function placeElsewhere(words: string, { maybe }: DbLook): string | undefined {
  const [environment, secret] = [maybe('environment'), maybe('secret')];
  const url =
    (environment.ok ? environment.value.databaseUrl : undefined) ??
    (secret.ok ? secret.value?.databaseUrl : undefined);
  const { hosts } = url ?? {};
  if (hosts === undefined || hosts.length === 0) return undefined;
  const host = HOST.exec(words)?.[1]?.toLowerCase();
  if (host !== undefined && !hosts.some((each) => each.host.toLowerCase().replace(/\.$/, '') === host))
    return `host ${host}`;
  const port = PORT.exec(words)?.[1];
  return port !== undefined && !hosts.some((each) => String(each.port) === port) ? `port ${port}` : undefined;
}

function takenItem(pod: string | undefined, { context }: DbLook): EvidenceItem {
  const said = 'SELECT 1 is answered, with the Secret’s DATABASE_URL';
  return pod === undefined
    ? observed('measured from here', null, said)
    : observed('measured inside the pod', podRef(context.target, pod), said);
}

function corrected(variable: VariableFacts, { context }: DbLook): Fix {
  const { name, source } = variable;
  const hint = `Write the value that the application needs into ${name}, or let it read DATABASE_URL.`;
  if (source.from !== 'Secret') return advise(`${hint} It comes from ${sourceOf(variable)}.`);
  const fix = setKeys(context, [{ secret: source.name, key: source.key }]);
  return { ...fix, description: `${hint} ${fix.description}` };
}
