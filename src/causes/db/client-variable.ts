import { removeKeys } from '../../fixes/described.js';
import { DB_CONSULTS, type DbLook } from '../../computed/database-ways.js';
import { troublesAt, type WayCause } from '../../computed/database-trouble.js';
import { backendOf } from '../../computed/judged-pods.js';
import { sourceOf } from '../../computed/database-given.js';
import { placeOf } from '../../computed/variable-place.js';
import { field, logItem } from '../../rule/seen.js';
import type { VariableFacts } from '../../evidence/evidence.js';
import type { Pod } from '../../evidence/objects.js';
import { isReady } from '../../kube/pod-state.js';
import { cause, type Told } from '../../rule/cause.js';
import { UNUSABLE } from './_follows.js';

/** What a driver takes from its environment beside the URL, and which troubles that accounts for. PostgreSQL: libpq, Environment Variables. */
const ACCOUNTS_FOR: readonly { names: RegExp; does: string; means: readonly WayCause[] }[] = [
  {
    names: /^PGHOSTADDR$/,
    does: 'leads every connection to its address, whatever host the URL names',
    means: [
      'db/connection-refused',
      'db/timeout',
      'db/network-unreachable',
      'db/tls-rejected',
      'db/tls-required',
      'db/connection-dropped',
      'db/authentication-failed',
      'db/database-missing',
      'db/ip-not-allowed',
      'db/endpoint-not-found',
      'db/egress-blocked',
    ],
  },
  {
    names: /^PGOPTIONS$/,
    does: 'gives every session settings of its own',
    means: [
      'db/read-only',
      'db/schema-missing',
      'db/parameter-refused',
      'db/pooler-incompatible',
      'db/statement-cancelled',
      'db/permission-denied',
    ],
  },
  { names: /^PGCLIENTENCODING$/, does: 'asks for an encoding', means: ['db/parameter-refused'] },
  { names: /^PGTARGETSESSIONATTRS$/, does: 'chooses which servers are taken', means: ['db/read-only'] },
  {
    names: /^PG(?:SSL\w+|CHANNELBINDING|REQUIREAUTH|GSSENCMODE|REQUIREPEER)$/,
    does: 'changes how TLS and login are done where the URL says nothing of it',
    means: [
      'db/tls-rejected',
      'db/tls-required',
      'db/sslmode-invalid',
      'db/authentication-failed',
      'db/other',
    ],
  },
];

export default cause({
  id: 'db/client-variable',
  topic: 'db',
  title: 'A variable of the driver changes the connection that the URL asks for',
  severity: 'error',
  why: 'libpq, and what is made of it, takes what the URL leaves open from variables such as PGHOSTADDR, PGOPTIONS and PGSSLROOTCERT: the URL looks right, and the connection is another one',
  seen: 'the container has such a variable, and the way to the database ends where that variable has a say',
  remedy: 'take the variable out of the container’s environment, or correct it',
  explains: [...new Set(ACCOUNTS_FOR.flatMap(({ means }) => means)), ...UNUSABLE],
  reads: ['pods'],
  consults: DB_CONSULTS,
  judge(_, look) {
    const environment = look.maybe('environment');
    if (!environment.ok) return [];
    const { context } = look;
    const given = environment.value.variables.filter(({ blank }) => blank !== true);
    return troublesAt(look).flatMap(({ means, way, error, stop, free }): Told[] => {
      const found = given.flatMap((variable) => {
        const row = ACCOUNTS_FOR.find(({ names }) => names.test(variable.name));
        return row?.means.includes(means) === true && isGiven(variable, way.pod, look)
          ? [{ variable, row }]
          : [];
      });
      const [first] = found;
      // What was measured was measured by the URL alone: it has nothing of the variable.
      if (first === undefined || stop !== undefined || error === undefined) return [];
      const { name } = way.pod.metadata;
      const place = placeOf(first.variable, first.variable.name, context.target);
      const names = found.map(({ variable }) => variable.name);
      return [
        {
          verdict: 'likely',
          ...(free === 'log' && isReady(way.pod) && { severity: 'warning' as const }),
          object: place.object,
          pods: [name],
          summary: `${names.join(' and ')} (from ${sourceOf(first.variable)}) ${first.row.does}, and {pods} cannot use the database: the URL is not all that counts.`,
          evidence: [
            field(place.object, place.field, '(value hidden)'),
            logItem(error.line, name, context.target, way.logged.run),
          ],
          fix: removeKeys(
            context,
            found.map(({ variable }) => variable),
          ),
          wouldConfirm: 'that the pods can use the database without it',
        },
      ];
    });
  },
});

/** A pod of another revision may not have what the template has by now. */
function isGiven({ name, source }: VariableFacts, pod: Pod, { context }: DbLook): boolean {
  return (
    source.from !== 'template' || backendOf(pod, context)?.env?.some((entry) => entry.name === name) === true
  );
}
