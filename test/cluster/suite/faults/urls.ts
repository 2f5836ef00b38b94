/** Values of the Secret as people put them there, and databases that do not do what the application asks. */
import { AUTH_SECRET, DATABASE_URL, script } from '../cluster.js';
import { BACKEND } from '../stage.js';
import {
  apply,
  atOnce,
  crashed,
  databaseUrl,
  kubectl,
  rolledOut,
  secretKey,
  type Fault,
  type Step,
} from './fault.js';
import { CRASHING, removed, waited } from './tools.js';

const [, ROLE = '', PASSWORD = ''] = /^postgresql:\/\/([^:]+):([^@]+)@/.exec(DATABASE_URL) ?? [];
const HOST = 'ep-test-pooler.local.neon.test';
const url = (credentials: string, rest: string) => `postgresql://${credentials}@${rest}`;
const GOOD = url('todo_owner:p4ssw0rd', `${HOST}:5432/todo?sslmode=require`);

/** What a person has put into the Secret; the pods go on with what they have. */
const written: readonly [
  name: string,
  cause: string,
  value: string,
  also?: { warn?: string[]; says?: string[] },
][] = [
  ['with the scheme postgres+psycopg3', 'db/url-malformed', GOOD.replace('postgresql', 'postgres+psycopg3')],
  ['of MySQL', 'db/url-malformed', `mysql://todo:p4ssw0rd@${HOST}:3306/todo`],
  ['of SQLite', 'db/sqlite', 'sqlite:///./todo.db'],
  ['of JDBC', 'db/url-malformed', `jdbc:postgresql://${HOST}:5432/todo?user=todo&password=p4ssw0rd`],
  ['that is a psql command line', 'db/shell-line', `psql '${GOOD}'`],
  ['with its name and = before it', 'db/shell-line', `DATABASE_URL=${GOOD}`],
  [
    'as the documentation has it',
    'db/placeholder',
    'postgresql://user:password@host.neon.tech:5432/dbname?sslmode=require',
  ],
  [
    'with angle brackets',
    'db/placeholder',
    `postgresql://<user>:<password>@${HOST}:5432/todo?sslmode=require`,
  ],
  [
    'with CHANGEME as its password',
    'db/placeholder',
    url('todo_owner:CHANGEME', `${HOST}:5432/todo?sslmode=require`),
  ],
  [
    'with a variable that nobody has replaced',
    'db/placeholder',
    url('todo_owner:${DB_PASSWORD}', `${HOST}:5432/todo?sslmode=require`),
  ],
  ['with a blank before it', 'db/url-whitespace', ` ${GOOD}`],
  ['with a line end of Windows', 'db/url-whitespace', `${GOOD}\r\n`],
  ['in single quotes', 'db/url-quoted', `'${GOOD}'`],
  ['with sslmode=disable', 'db/sslmode-weak', GOOD.replace('require', 'disable')],
  ['with sslmode=allow', 'db/sslmode-weak', GOOD.replace('require', 'allow')],
  ['with sslmode=required', 'db/sslmode-invalid', GOOD.replace('require', 'required')],
  ['with ssl=true for psycopg', 'db/driver-mismatch', GOOD.replace('sslmode=require', 'ssl=require')],
  [
    'for asyncpg, with channel_binding',
    'db/driver-mismatch',
    GOOD.replace('postgresql', 'postgresql+asyncpg').replace(
      'sslmode=require',
      'ssl=require&channel_binding=require',
    ),
  ],
  ['with pgbouncer=true, as Prisma has it', 'db/driver-mismatch', `${GOOD}&pgbouncer=true`],
  ['with schema=public', 'db/driver-mismatch', `${GOOD}&schema=public`],
  [
    'with an @ in its password',
    'db/url-unescaped',
    url('todo_owner:p@ss', `${HOST}:5432/todo?sslmode=require`),
  ],
  [
    'with a # in its password',
    'db/url-unescaped',
    url('todo_owner:p#ss', `${HOST}:5432/todo?sslmode=require`),
  ],
  [
    'with a port that is a word',
    'db/url-malformed',
    url('todo_owner:p4ssw0rd', `${HOST}:postgres/todo?sslmode=require`),
  ],
  [
    'as key=value pairs',
    'db/url-malformed',
    `host=${HOST} port=5432 dbname=todo user=todo_owner password=p4ssw0rd sslmode=require`,
  ],
  ['that is empty', 'db/url-missing', ''],
];

const linted: Fault[] = written.map(([name, cause, value, { warn, says } = {}]): Fault => ({
  name: `DATABASE_URL ${name}`,
  steps: [secretKey('DATABASE_URL', value, name)],
  symptom: atOnce,
  expect: { fail: [value === '' ? 'config/secret' : 'config/database-url'], ...(warn && { warn }) },
  cause,
  object: 'Secret todo-chatbot-backend-secret',
  ...(says && { says }),
}));

function sql(statement: string): Step {
  return {
    shown: `psql: ${statement.replaceAll(PASSWORD, '…')}`,
    run: () => script('sql', ['-qc', statement]),
  };
}

const asRole = (role: string) =>
  databaseUrl(`of role ${role}`, (value) => value.replace(`//${ROLE}:`, `//${role}:`));

const host = (shown: string, place: string) =>
  databaseUrl(`with ${shown}`, (value) => value.replace(/@[^/]+/, `@${place}`));

type Case = Pick<Fault, 'name' | 'steps' | 'cause'> & Partial<Fault>;

/** A start that the database does not let come to its end. */
const starts: Case[] = [
  {
    name: 'user that the database does not know',
    steps: [databaseUrl('of user todoo', (value) => value.replace(`//${ROLE}:`, '//todoo:'))],
    cause: 'db/authentication-failed',
    says: ['todoo'],
  },
  {
    name: 'role that may not make tables',
    steps: [sql(`create role guest login password '${PASSWORD}'`), asRole('guest')],
    cause: 'db/permission-denied',
    says: ['permission denied for schema public'],
    undo: [sql('drop role if exists guest')],
    own: true,
  },
  {
    name: 'role whose transactions are read-only',
    steps: [
      sql(`create role reader login password '${PASSWORD}' in role ${ROLE}`),
      sql('alter role reader set default_transaction_read_only = on'),
      asRole('reader'),
    ],
    cause: 'db/read-only',
    says: ['read-only transaction'],
    undo: [sql('drop role if exists reader')],
    own: true,
  },
  {
    name: 'role that may not log in',
    steps: [sql(`create role nobody_todo nologin password '${PASSWORD}'`), asRole('nobody_todo')],
    cause: 'db/authentication-failed',
    says: ['not permitted to log in'],
    undo: [sql('drop role if exists nobody_todo')],
    own: true,
  },
  {
    name: 'role whose password has expired',
    steps: [
      sql(`create role stale_todo login password '${PASSWORD}' valid until '2020-01-01'`),
      asRole('stale_todo'),
    ],
    cause: 'db/authentication-failed',
    undo: [sql('drop role if exists stale_todo')],
    own: true,
  },
  {
    name: 'database that takes no connection',
    steps: [
      sql('create database closed_todo'),
      sql('alter database closed_todo allow_connections false'),
      databaseUrl('of database closed_todo', (value) => value.replace('/todo?', '/closed_todo?')),
    ],
    cause: 'db/not-accepting',
    says: ['closed_todo', 'not currently accepting connections'],
    undo: [sql('drop database if exists closed_todo')],
    own: true,
  },
  {
    name: 'database on this very pod',
    steps: [host('localhost', 'localhost:5432')],
    cause: 'db/connection-refused',
    says: ['localhost'],
  },
  {
    name: 'database of the cluster whose Service leads to no pod',
    steps: [
      kubectl('create service clusterip postgres --tcp=5432'),
      host('Service postgres', 'postgres:5432'),
    ],
    cause: 'db/connection-refused',
    says: ['postgres'],
    undo: [kubectl('delete service postgres')],
  },
  {
    name: 'host name with a letter too many',
    steps: [host('another host', 'ep-test-poolerr.local.neon.test:5432')],
    cause: 'db/dns-wrong-host',
    says: ['ep-test-poolerr.local.neon.test'],
  },
  {
    name: 'Service of another namespace by its short name',
    steps: [host('Service db', 'db:5432')],
    cause: 'db/dns-wrong-host',
    says: ['db'],
  },
  {
    name: 'certificate that is verified against authorities which do not know it',
    steps: [
      databaseUrl('with sslmode=verify-full and sslrootcert=system', (value) =>
        value.replace('sslmode=require', 'sslmode=verify-full&sslrootcert=system'),
      ),
    ],
    cause: 'db/tls-rejected',
    says: ['certificate verify failed'],
  },
  {
    name: 'certificate that is verified, and no authority at hand',
    steps: [
      databaseUrl('with sslmode=verify-full', (value) =>
        value.replace('sslmode=require', 'sslmode=verify-full'),
      ),
    ],
    cause: 'db/tls-rejected',
    says: ['root certificate file'],
  },
  {
    name: 'parameter that libpq does not know',
    steps: [databaseUrl('with pool_timeout=5', (value) => `${value}&pool_timeout=5`)],
    expect: { fail: ['config/database-url', ...CRASHING] },
    cause: 'db/driver-mismatch',
    object: 'Secret todo-chatbot-backend-secret',
    says: ['pool_timeout'],
  },
  {
    name: 'driver of the URL that is not in the image',
    steps: [
      databaseUrl('with postgresql+psycopg2', (value) =>
        value.replace('postgresql:', 'postgresql+psycopg2:'),
      ),
    ],
    cause: 'crash/import-error',
    says: ['psycopg2'],
  },
  {
    name: 'scheme that SQLAlchemy does not know',
    steps: [databaseUrl('with postgres://', (value) => value.replace('postgresql:', 'postgres:'))],
    cause: 'db/driver-mismatch',
    says: ['postgres'],
  },
  {
    name: 'URL of SQLite, which the pod cannot write',
    steps: [databaseUrl('of SQLite', () => 'sqlite:////data/todo.db')],
    expect: { fail: ['config/database-url', ...CRASHING] },
    cause: 'db/sqlite',
    object: 'Secret todo-chatbot-backend-secret',
  },
  {
    name: 'database and password of the documentation',
    steps: [
      databaseUrl(
        'of the documentation',
        () => 'postgresql://user:password@host.neon.tech:5432/dbname?sslmode=require',
      ),
    ],
    expect: { fail: ['config/database-url', ...CRASHING] },
    cause: 'db/placeholder',
    object: 'Secret todo-chatbot-backend-secret',
  },
];

const auth = (shown: string, value: string | null) => secretKey('BETTER_AUTH_SECRET', value, shown);

const values: Fault[] = [
  {
    name: 'signing secret that has been rotated, and pods that were not restarted',
    steps: [auth('rotated', 'another-signing-secret-that-is-long-enough-0123')],
    symptom: atOnce,
    expect: {},
    cause: 'config/stale',
    object: 'Secret todo-chatbot-backend-secret',
    says: ['BETTER_AUTH_SECRET'],
  },
  {
    name: 'signing secret of an example',
    steps: [auth('an example’s', 'your-secret-key-here-at-least-32-characters')],
    symptom: atOnce,
    expect: {},
    cause: 'config/stale',
    object: 'Secret todo-chatbot-backend-secret',
  },
  {
    name: 'signing secret with a newline, too short without it',
    steps: [
      {
        shown: 'helm upgrade, BETTER_AUTH_SECRET of 31 characters and a newline',
        run: (stage) =>
          stage.upgrade(['--set-string', `backend.secrets.BETTER_AUTH_SECRET=${AUTH_SECRET.slice(0, 31)}\n`]),
      },
    ],
    symptom: rolledOut,
    expect: { fail: ['config/auth-secret-length'] },
    cause: null,
  },
  {
    name: 'ConfigMap changed, pods not restarted',
    steps: [kubectl(`patch configmap ${BACKEND}-config -p {"data":{"FEATURE_SHARING":"on"}}`)],
    symptom: atOnce,
    expect: {},
    cause: 'config/stale',
    object: 'ConfigMap todo-chatbot-backend-config',
    says: ['FEATURE_SHARING'],
    undo: [kubectl(`patch configmap ${BACKEND}-config -p {"data":{"FEATURE_SHARING":null}}`)],
  },
  {
    name: 'both keys of the Secret wrong',
    steps: [databaseUrl('in quotes', (value) => `'${value}'`), waited(crashed), auth('too short', 'short')],
    symptom: crashed,
    expect: { fail: ['config/auth-secret-length', 'config/database-url', ...CRASHING] },
    cause: 'db/url-quoted',
    object: 'Secret todo-chatbot-backend-secret',
  },
  {
    name: 'environment from another Secret, which comes later',
    steps: [
      apply('a Secret with a short BETTER_AUTH_SECRET', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'overrides' },
        stringData: { BETTER_AUTH_SECRET: 'short' },
      }),
      kubectl(
        `patch deployment ${BACKEND} --type=json -p=[{"op":"add","path":"/spec/template/spec/containers/0/envFrom/-","value":{"secretRef":{"name":"overrides"}}}]`,
      ),
    ],
    symptom: rolledOut,
    expect: { fail: ['config/auth-secret-length', 'deployment/environment'] },
    cause: null,
    undo: [removed, kubectl('delete secret overrides')],
  },
];

export const URLS: Fault[] = [
  ...linted,
  ...starts.map((each): Fault => ({ symptom: crashed, expect: { fail: CRASHING }, object: 'Pod', ...each })),
  ...values,
];
