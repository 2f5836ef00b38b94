import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause, type Met } from './_way.js';

const NAME = String.raw`"?([^\s"',;()]{1,80})"?`;

/** What puts it right, by the object that the message names; the more specific first. */
const GRANTS: readonly [says: RegExp, fix: (name: string, met: Met, kind: string) => string][] = [
  [
    of(`permission denied for database ${NAME}`),
    (name, { words, stop }) =>
      stop !== undefined || /FATAL|CONNECT privilege/.test(words)
        ? owner(`GRANT CONNECT ON DATABASE ${name} TO the role`)
        : owner(`GRANT CREATE ON DATABASE ${name} TO the role`, 'it makes schemas and extensions there'),
  ],
  [
    of(`permission denied to create temporary tables in database ${NAME}`),
    (name) => owner(`GRANT TEMPORARY ON DATABASE ${name} TO the role`),
  ],
  [
    of(`permission denied for schema ${NAME}`),
    (name) => owner(`GRANT USAGE, CREATE ON SCHEMA ${name} TO the role`),
  ],
  [
    of(`permission denied for sequence ${NAME}`),
    (name) => owner(`GRANT USAGE, SELECT ON SEQUENCE ${name} TO the role`, 'or ON ALL SEQUENCES IN SCHEMA …'),
  ],
  [
    of(`permission denied for (?:table|relation|(?:materialized )?view|foreign table) ${NAME}`),
    (name) =>
      owner(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name} TO the role`, 'or ON ALL TABLES IN SCHEMA …'),
  ],
  [
    of(`permission denied for (?:function|procedure|routine|aggregate) ${NAME}`),
    (name) => owner(`GRANT EXECUTE ON ROUTINE ${name} TO the role`),
  ],
  [
    of(`permission denied for (language|type|domain|foreign server|foreign-data wrapper) ${NAME}`),
    (name, _, kind) => owner(`GRANT USAGE ON ${kind.replace('-', ' ').toUpperCase()} ${name} TO the role`),
  ],
  [
    of(`permission denied for tablespace ${NAME}`),
    (name) => owner(`GRANT CREATE ON TABLESPACE ${name} TO the role`),
  ],
  [
    of(`permission denied for large object ${NAME}`),
    (name) => owner(`GRANT SELECT, UPDATE ON LARGE OBJECT ${name.replaceAll('"', '')} TO the role`),
  ],
  [
    of(`permission denied to set parameter ${NAME}`),
    (name) =>
      `As an administrator, GRANT SET ON PARAMETER ${name} TO the role (PostgreSQL 15 and newer), or take the parameter out of the application.`,
  ],
  [
    of(`permission denied to create extension ${NAME}`),
    (name, { words }) =>
      words.includes('CREATE privilege on current database')
        ? `As the owner of the database, GRANT CREATE ON DATABASE … TO the role; or make the extension as an administrator: CREATE EXTENSION ${name}.`
        : `Make the extension as an administrator in this database: CREATE EXTENSION ${name}.`,
  ],
  [
    /permission denied to create (database|role)()/i,
    (_, __, what) =>
      `As an administrator, ALTER ROLE … CREATE${what === 'database' ? 'DB' : 'ROLE'} for the role, or make the ${what} beforehand.`,
  ],
  [
    of(`(?:permission denied to set role|must be (?:able to SET ROLE|member of role)) ${NAME}`),
    (name) => `As an administrator, GRANT ${name} TO the role.`,
  ],
  [
    of(`must be owner of (?:table|relation) ${NAME}`),
    (name) =>
      `As an administrator, ALTER TABLE ${name} OWNER TO the role, or make the role a member of its owner (GRANT the owner TO the role): no other grant lets it alter or drop the table.`,
  ],
  [
    of(`must be owner of ((?:materialized |foreign |event |text search |large )?[a-z-]{2,30}) ${NAME}`),
    (name, _, what) =>
      `Make the role a member of the owner of ${what} ${name} (GRANT the owner TO the role), or let the owner do it: no other grant lets a role alter or drop what is another’s.`,
  ],
  [
    /must be superuser|only superuser/i,
    () =>
      'Let an administrator do it beforehand, or take it out of the application: on a hosted database no role of yours may.',
  ],
];

function of(words: string): RegExp {
  return new RegExp(words, 'i');
}

function owner(grant: string, more?: string): string {
  return `As the owner of the object or an administrator: ${grant}${more === undefined ? '' : ` (${more})`}.`;
}

const ANY =
  'As the owner of the object, grant what the message names: GRANT USAGE, CREATE ON SCHEMA public TO the role, or GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public.';

export default wayCause({
  id: 'db/permission-denied',
  title: 'The database’s role lacks a right',
  why: 'the role may log in, and may not do what the application asks: since PostgreSQL 15 only the owner of a database may make tables in its schema public',
  seen: 'permission denied for database, schema, table or another object, or must be owner of it (SQLSTATE 42501)',
  remedy:
    'grant the right to the role, as the owner of the object: GRANT USAGE, CREATE ON SCHEMA public TO …',
  explains: ['db/schema-missing', ...UNUSABLE],
  tell: (met, { context }) => ({
    summary: `{pods}: the database’s role may not do what the application asks: ${met.said}.`,
    fix: [advise(fixOf(met)), readLogs(context)],
  }),
});

function fixOf(met: Met): string {
  for (const [says, fix] of GRANTS) {
    const found = says.exec(met.words);
    // The server writes a name as it is: in quotation marks it is no keyword, and keeps its capitals.
    if (found) return fix(`"${found.at(-1) ?? ''}"`, met, found[1] ?? '');
  }
  return ANY;
}
