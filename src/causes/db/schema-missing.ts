import { advise } from '../../fixes/described.js';
import { readLogs } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/schema-missing',
  title: 'Tables are missing in the database',
  why: 'the database is there and empty: the migrations have not run, or ran in another one',
  seen: 'relation "…" does not exist (SQLSTATE 42P01) in the log',
  remedy: 'run the application’s migrations against this database',
  explains: UNUSABLE,
  tell: ({ said, words }, { context }) => {
    const extension = EXTENSION.exec(words)?.[1];
    if (extension !== undefined)
      return {
        summary: `{pods}: the database’s server does not have the extension “${extension}”: ${said}.`,
        fix: [
          advise(
            `Use a server that has ${extension} (an image with it, such as pgvector/pgvector for vector), or allow it in the hosted database’s settings (Azure: the parameter azure.extensions).`,
          ),
          readLogs(context),
        ],
      };
    if (MIGRATIONS.test(words))
      return {
        summary: `{pods}: the migrations of this image and the schema of the database do not fit each other: ${said}.`,
        fix: [
          advise(
            /locate revision/i.test(words)
              ? 'Run an image whose migrations have the revision that the database is at (alembic current), or the image that brought it there.'
              : 'Make one head of them where there are several (alembic merge heads), and run them: alembic upgrade head.',
          ),
          readLogs(context),
        ],
      };
    return /no schema has been selected/i.test(words)
      ? {
          summary: `{pods}: none of the schemas in the session’s search_path exists, or the role may use none of them: ${said}.`,
          fix: [
            advise(
              'See SHOW search_path as the application’s role, and correct it where it is set: ALTER ROLE … SET search_path, ALTER DATABASE … SET search_path, options in the URL; or make the schema, and GRANT USAGE, CREATE ON SCHEMA … to the role.',
            ),
            readLogs(context),
          ],
        }
      : {
          summary: `{pods}: the database is there, and ${missing(words)} is missing: ${said}.`,
          fix: [
            advise(
              'Run the application’s migrations against this database, such as alembic upgrade head.' +
                (OF_EXTENSIONS.test(words)
                  ? ' What belongs to an extension (vector, pgcrypto, uuid-ossp) comes with CREATE EXTENSION in this database.'
                  : ''),
            ),
            readLogs(context),
          ],
        };
  },
});

const MIGRATIONS =
  /can't locate revision identified|multiple head revisions are present|target database is not up to date/i;
/** What no migration brings: it is not on the server's disk, or not allowed there. */
const EXTENSION =
  /extension (?:control file )?"(?:[^"\n]{0,200}\/)?([^"\n/]{1,80}?)(?:\.control)?"(?: is not available| is not allow-listed| has no installation script|: No such file)/i;
const OF_EXTENSIONS = /(?:type|function) \S{1,200} does not exist|UndefinedFunction/i;

function missing(words: string): string {
  return `a ${/\b(column|schema|type|function) \S{1,200}.{0,120}does not exist/i.exec(words)?.[1]?.toLowerCase() ?? 'table'}`;
}
