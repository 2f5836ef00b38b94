/** Causes between the application and its database that the other lists do not show. */
import { DATABASE_URL, script } from '../cluster.js';
import { BACKEND } from '../stage.js';
import {
  atOnce,
  crashed,
  databaseUrl,
  deletePod,
  execInPod,
  kubectl,
  rolledOut,
  secretKey,
  type Fault,
  type Step,
} from './fault.js';
import { container, CRASHING, dnsOnly, publicOnly, noPods, iptables, poolsFilled, waited } from './tools.js';

const DATABASE = 'ep-test-pooler.local.neon.test:5432/todo';

/** As the database's administrator. @param secret what is not written into docs/fault-results.md */
function sql(statement: string, secret?: string): Step {
  const shown = secret === undefined ? statement : statement.replaceAll(secret, '…');
  return { shown: `psql: ${shown}`, run: () => script('sql', ['-qc', statement]) };
}

const [, ROLE = '', PASSWORD = ''] = /^postgresql:\/\/([^:]+):([^@]+)@/.exec(DATABASE_URL) ?? [];

/**
 * The application logs in as a role of its own: what is done to that concerns no other stage. What keeps new connections
 * from being made comes after `poolsFilled`: the pod that stays answers by those that it has.
 */
const asRole = (role: string): Step[] => [
  sql(`create role ${role} login password '${PASSWORD}' in role ${ROLE}`, PASSWORD),
  databaseUrl(`of role ${role}`, (url) => url.replace(`//${ROLE}:`, `//${role}:`)),
  waited(rolledOut),
];

/** Statements in a session of one pod; the application would log the error that the last one meets, in these words. */
function logsError(shown: string, ...statements: string[]): Step {
  const program = `
import os, psycopg
try:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        for statement in ${JSON.stringify(statements)}:
            session.execute(statement)
except psycopg.Error as error:
    with open("/proc/1/fd/1", "w") as log:
        log.write("ERROR:    todo.database: Database error: %s\\n" % str(error).strip())
`;
  return { ...execInPod('python3', '-c', program), shown: `kubectl exec (one of two) -- python3, ${shown}` };
}

/** First packets of new connections from the stage's pods to the database; those that are open go on. */
const lost = (action: '-I' | '-D'): Step => ({
  shown: `iptables ${action} INPUT -p tcp --syn --dport 5432 -s (each pod) -j DROP`,
  async run(stage) {
    const pods = await stage.pods();
    const rule = ['INPUT', '-p', 'tcp', '--syn', '--dport', '5432', '-j', 'DROP'];
    await iptables(action, ...rule, '-s', pods.map(({ status }) => status.podIP).join()).run(stage);
  },
});

const url: Fault[] = (
  [
    ['without a scheme', 'db/url-malformed', DATABASE],
    ['in base64 twice', 'db/url-double-encoded', Buffer.from(DATABASE_URL).toString('base64')],
    [
      'with a password that is not escaped',
      'db/url-unescaped',
      `postgresql://todo_owner:p@ss/word@${DATABASE}?sslmode=require`,
    ],
    ['with sslmode=prefer', 'db/sslmode-weak', `postgresql://todo_owner:p4ssw0rd@${DATABASE}?sslmode=prefer`],
    [
      'with sslmode=Require',
      'db/sslmode-invalid',
      `postgresql://todo_owner:p4ssw0rd@${DATABASE}?sslmode=Require`,
    ],
    [
      'for asyncpg, with sslmode',
      'db/driver-mismatch',
      `postgresql+asyncpg://todo_owner:p4ssw0rd@${DATABASE}?sslmode=require`,
    ],
  ] as const
).map(([shown, cause, value]) => ({
  name: `database URL ${shown}`,
  steps: [secretKey('DATABASE_URL', value, shown)],
  symptom: atOnce,
  expect: { fail: ['config/database-url'] },
  cause,
  object: 'Secret todo-chatbot-backend-secret',
}));

export const MORE_DATABASE: Fault[] = [
  ...url,
  {
    name: 'database URL taken out of the Secret',
    steps: [secretKey('DATABASE_URL', null, 'removed')],
    symptom: atOnce,
    expect: { fail: ['config/secret'] },
    cause: 'db/url-missing',
    object: 'Secret todo-chatbot-backend-secret',
  },
  {
    name: 'database URL written into the Deployment',
    steps: [
      container('DATABASE_URL as a literal (hidden)', {
        env: [{ name: 'DATABASE_URL', value: DATABASE_URL }],
      }),
    ],
    symptom: rolledOut,
    expect: { fail: ['deployment/no-inline-secrets'] },
    cause: 'db/url-hardcoded',
    object: 'Deployment todo-chatbot-backend',
    undo: [kubectl(`set env deployment/${BACKEND} DATABASE_URL-`)],
  },
  {
    name: 'database that is reached by IPv6 only',
    steps: [databaseUrl('with an IPv6 address', (value) => value.replace(/@[^:/]+/, '@[2001:db8::1]'))],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/network-unreachable',
    object: 'Pod',
  },
  {
    name: 'session ended by the database',
    steps: [logsError('a session that the server ends', 'select pg_terminate_backend(pg_backend_pid())')],
    symptom: atOnce,
    expect: { fail: ['functional/database-logs'] },
    cause: 'db/connection-dropped',
    object: 'Pod',
    undo: [noPods],
  },
  {
    name: 'prepared statement that is there already',
    steps: [logsError('PREPARE twice', 'prepare tasks_of as select 1', 'prepare tasks_of as select 1')],
    symptom: atOnce,
    expect: { fail: ['functional/database-logs'] },
    cause: 'db/pooler-incompatible',
    object: 'Pod',
    undo: [noPods],
  },
  {
    name: 'table that is not there',
    steps: [
      logsError('a query of a table that no migration has made', 'select * from migrations_of_tomorrow'),
    ],
    symptom: atOnce,
    expect: { fail: ['functional/database-logs'] },
    cause: 'db/schema-missing',
    object: 'Pod',
    undo: [noPods],
  },
  {
    name: 'role that may not connect any more',
    steps: [...asRole('limited'), poolsFilled, sql('alter role limited connection limit 0'), deletePod],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/too-many-connections',
    object: 'any Pod',
    undo: [sql('drop role if exists limited')],
    own: true,
  },
  {
    name: 'password changed on the server',
    steps: [
      ...asRole('changed'),
      poolsFilled,
      sql("alter role changed password 'changed-on-the-server'"),
      deletePod,
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/authentication-failed',
    object: 'any Pod',
    undo: [sql('drop role if exists changed')],
    own: true,
  },
  {
    name: 'address that the database does not accept',
    steps: [
      poolsFilled,
      sql(
        `copy (select 1) to program 'cat >/dev/null && cp pg_hba.conf pg_hba.kept && sed -i /^hostssl/d pg_hba.conf'`,
      ),
      sql('select pg_reload_conf()'),
      deletePod,
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/ip-not-allowed',
    object: 'any Pod',
    undo: [
      sql(`copy (select 1) to program 'cat >/dev/null && mv pg_hba.kept pg_hba.conf'`),
      sql('select pg_reload_conf()'),
    ],
    own: true,
    alone: true,
  },
  {
    name: 'database that no packet reaches',
    steps: [poolsFilled, lost('-I')],
    symptom: atOnce,
    expect: { fail: ['network/database-egress'] },
    cause: 'db/timeout',
    object: 'Pod',
    undo: [lost('-D')],
    own: true,
  },
  {
    name: 'egress policy that leaves no way to the database, enforced',
    steps: [poolsFilled, dnsOnly, lost('-I')],
    symptom: atOnce,
    expect: { fail: ['network/policies', 'network/database-egress'] },
    cause: 'db/egress-blocked',
    object: 'NetworkPolicy dns-only',
    undo: [lost('-D'), kubectl('delete networkpolicy dns-only')],
    own: true,
  },
  {
    name: 'egress policy that allows all but private addresses, where the database has one, enforced',
    steps: [poolsFilled, publicOnly, lost('-I')],
    symptom: atOnce,
    expect: { fail: ['network/policies', 'network/database-egress'] },
    cause: 'db/egress-blocked',
    object: 'NetworkPolicy public-only',
    says: ['except 10.0.0.0/8'],
    undo: [lost('-D'), kubectl('delete networkpolicy public-only')],
    own: true,
  },
];
