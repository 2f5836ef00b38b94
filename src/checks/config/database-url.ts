import type { DatabaseUrlFacts, DatabaseUrlProblem } from '../../evidence/evidence.js';
import { defineCheck, skip, unknown, type Finding, type FindingData } from '../check.js';
import { failOrWarn } from '../shared.js';
import { setSecretKey } from '../../fixes/secret-command.js';
import { unasked } from '../../computed/database-given.js';
import { placeOf, variableOf } from '../../computed/variable-place.js';

type Message =
  | DatabaseUrlProblem
  | 'sslmode-not-accepted'
  | 'duplicate-parameter'
  | 'port-unusual'
  | 'password-missing'
  | 'user-missing'
  | 'database-missing';

/** PostgreSQL's port (contract: Connection Requirements). */
const PORT = 5432;

/** What stands on the `expected` line. */
const EXPECTED: Partial<Record<DatabaseUrlProblem, string>> = {
  'url-missing': 'key DATABASE_URL',
  'url-whitespace': 'no white space',
  'url-quoted': 'no quotation marks',
  'url-double-encoded': 'base64 once',
  'url-unescaped': '%40 %2F %3A %23 for @ / : # in user and password',
  'url-port': 'a number from 1 to 65535',
  'driver-mismatch': 'ssl=require for asyncpg, sslmode=require for psycopg',
};

export default defineCheck({
  meta: {
    id: 'config/database-url',
    title: 'DATABASE_URL is a PostgreSQL connection string that demands TLS',
    failureTitle: 'DATABASE_URL is not a PostgreSQL connection string that demands TLS',
    why: 'Neon refuses plain connections, and without a mode that demands TLS a downgrade would go unnoticed',
    remedy: (context) => [
      setSecretKey(
        context,
        'DATABASE_URL',
        'read -rs DATABASE_URL',
        `asks for the URL: postgresql://user:password@host:${PORT}/database?sslmode=${context.contract.database.sslModes[0] ?? 'require'}`,
      ),
    ],
    severity: 'error',
    reads: ['secret', 'environment'],
    needs: ['config/secret'],
    messages: {
      'url-missing': 'the Secret has no key DATABASE_URL',
      'url-empty': 'DATABASE_URL is empty',
      'url-malformed': 'DATABASE_URL cannot be read as a connection string',
      'url-whitespace':
        'DATABASE_URL contains white space; a newline at its end becomes part of the database’s name',
      'url-quoted': 'DATABASE_URL is in quotation marks, and they are part of the value',
      'url-double-encoded': 'DATABASE_URL was base64-encoded twice',
      'url-shell-line': 'DATABASE_URL is a whole command line, such as psql …, and not the URL in it',
      'url-placeholder': 'DATABASE_URL still has a placeholder of the documentation in it',
      'url-sqlite': 'DATABASE_URL leads to a SQLite file, which is lost with the pod',
      'url-unescaped':
        'user or password in DATABASE_URL contain a reserved character that is not percent-encoded',
      'url-scheme': 'DATABASE_URL does not start with postgresql:// but with {found}',
      'url-port': 'the port in DATABASE_URL is not a port number',
      'sslmode-missing': 'DATABASE_URL does not demand TLS: it has no sslmode',
      'sslmode-weak': 'DATABASE_URL does not demand TLS: {found}',
      'sslmode-invalid': 'DATABASE_URL has {found}, a mode that PostgreSQL does not know',
      'sslmode-not-accepted': 'DATABASE_URL has {found}, a mode that the contract does not accept',
      'driver-mismatch': 'DATABASE_URL has parameters that the driver {found} rejects',
      'duplicate-parameter': 'DATABASE_URL gives {found} more than once; the last one counts',
      'port-unusual': 'DATABASE_URL leads to port {found}',
      'password-missing': 'DATABASE_URL has no password',
      'user-missing':
        'DATABASE_URL names no user: the driver takes PGUSER, or the name of the system’s user in the container',
      'database-missing':
        'DATABASE_URL names no database: the driver takes PGDATABASE, or the one that is called like the user',
    },
    contractSection:
      'Database Connectivity: Connection Requirements; Troubleshooting: Database Connection Failures',
  },
  evaluate({ secret, environment }, { contract, target }) {
    // What the container gets is what counts; what the Secret holds, only where the container gets nothing.
    const variable = variableOf(environment, 'DATABASE_URL');
    const url = environment.databaseUrl ?? secret?.databaseUrl;
    const place = placeOf(variable, 'DATABASE_URL', target);
    if (variable === undefined && !contract.backend.requiredSecretKeys.includes('DATABASE_URL'))
      return skip(unasked(environment));
    if (!url) return unknown(`Secret ${target.names.secret} has no key DATABASE_URL to judge`);
    const { sslModes } = contract.database;
    const finding = (messageId: Message, expected: string, found: string): Finding<Message> => {
      const data: FindingData = { expected, found, field: place.field };
      return { messageId, data, object: place.object };
    };
    const modes = `${url.sslParameter ?? 'sslmode'}=${sslModes.join(', ')}`;
    const mode =
      url.sslmode === undefined
        ? 'no sslmode'
        : `${url.sslParameter ?? 'sslmode'}=${url.sslmode.slice(0, 40)}`;

    const failures = url.problems
      .filter((problem) => !(problem === 'sslmode-weak' && demandsTls(url, sslModes)))
      .map((problem) => {
        if (problem.startsWith('sslmode')) return finding(problem, modes, mode);
        const scheme = url.scheme === undefined ? 'no scheme' : `${url.scheme}://`;
        const found = problem === 'url-scheme' || problem === 'driver-mismatch' ? scheme : '(value hidden)';
        return finding(
          problem,
          EXPECTED[problem] ?? 'postgresql://user:password@host:5432/database?sslmode=require',
          found,
        );
      });
    if (
      url.sslmode !== undefined &&
      !demandsTls(url, sslModes) &&
      !url.problems.some((id) => id.startsWith('sslmode'))
    ) {
      failures.push(finding('sslmode-not-accepted', modes, mode));
    }

    const warnings: Finding<Message>[] = [];
    if (url.duplicateParameters.length > 0) {
      warnings.push(
        finding('duplicate-parameter', 'each parameter once', url.duplicateParameters.join(', ')),
      );
    }
    for (const port of new Set((url.hosts ?? []).map((host) => host.port))) {
      if (port !== PORT) warnings.push(finding('port-unusual', String(PORT), String(port)));
    }
    if (url.hasPassword === false) warnings.push(finding('password-missing', 'user:password', 'user only'));
    const { leftOut = [] } = url;
    if (leftOut.includes('user')) warnings.push(finding('user-missing', 'user:password', 'no user'));
    if (leftOut.includes('database')) warnings.push(finding('database-missing', '/database', 'no database'));
    return failOrWarn(failures, warnings, `${mode}, ${url.scheme ?? 'postgresql'}`);
  },
});

/** asyncpg spells it `ssl`; its `true` is libpq's `require`. */
function demandsTls({ sslmode, sslParameter }: DatabaseUrlFacts, accepted: readonly string[]): boolean {
  const mode = sslParameter === 'ssl' && sslmode === 'true' ? 'require' : sslmode;
  return mode !== undefined && accepted.includes(mode);
}
