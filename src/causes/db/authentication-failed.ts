import { advise, restartForNewValue } from '../../fixes/described.js';
import type { Told } from '../../rule/cause.js';
import { urlIsTaken, type DbLook } from '../../computed/database-ways.js';
import { isTheUrl, newUrl, passwordPlace, urlInWords } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause, type Met } from './_way.js';

/** What is refused, where it is not the password, or not the password alone. The more specific first. */
const REFUSALS: readonly [
  says: RegExp,
  tell: (name: string, met: Met, look: DbLook) => Pick<Told, 'summary' | 'fix'>,
][] = [
  [
    /role "([^"\n]{1,80})" is not permitted to log in/i,
    (role) => ({
      summary: `{pods}: role “${role}” may not log in to the database: it is NOLOGIN.`,
      fix: [advise(`Let it log in again, as an administrator of the database: ALTER ROLE "${role}" LOGIN.`)],
    }),
  ],
  [
    /role "([^"\n]{1,80})" does not exist/i,
    (role, _, look) => ({
      summary: `{pods}: the database has no role “${role}”, which ${urlInWords(look)} names as its user.`,
      fix: [newUrl(look, 'Write a user that the database has, or create the role there.')],
    }),
  ],
  [
    /has no credentials for the role ([^\s.]{1,80})/i,
    (role, _, look) => ({
      summary: `{pods}: the proxy before the database has no credentials for role “${role}”, which ${urlInWords(look)} names as its user.`,
      fix: [
        advise(
          `Add a secret with the user name ${role} and its password to the proxy’s authentication (RDS Proxy: a secret of Secrets Manager, which the proxy’s IAM role may read).`,
        ),
        newUrl(look, 'Or write a user for which the proxy has a secret.'),
      ],
    }),
  ],
  [
    /(IAM authentication failed[^\n]{0,100}|Azure AD access token[^\n]{0,100}|access token (?:has expired|not valid)[^\n]{0,100})/i,
    (said) => ({
      summary: `{pods}: the database does not take the access token with which the application logs in: ${said.replace(/[.\s]+$/, '')}.`,
      fix: [
        advise(
          'Let the application fetch a new token for each connection: it is valid for minutes, and only for the role and the host that it was made for.',
        ),
      ],
    }),
  ],
  [
    /(supports only IAM[^\n]{0,60}|authentication method [^\n]{0,60}not supported|SCRAM authentication requires[^\n]{0,60}|unsupported authentication method[^\n]{0,80})/i,
    (said) => ({
      summary: `{pods}: the application’s driver and the database have no way of logging in in common: ${said.replace(/[.\s]+$/, '')}.`,
      fix: [
        advise(
          'Use a newer driver (libpq 10 and newer knows SCRAM), or let the server ask for a password that this driver can give (pg_hba.conf, password_encryption; a proxy’s client authentication).',
        ),
      ],
    }),
  ],
  [
    /(user name is missing from the connection startup packet)/i,
    (_, __, look) => ({
      summary: `{pods}: the database asks for a user, and ${urlInWords(look)} has none.`,
      fix: [newUrl(look, 'Copy the connection string with its user from the database’s console.')],
    }),
  ],
  [
    /(too many authentication failures)/i,
    (_, __, look) => ({
      summary: `{pods}: the pooler lets nobody in for some minutes, after too many logins with a wrong password.`,
      fix: [
        newUrl(
          look,
          'Copy the connection string with the password as it is now from the database’s console, and stop everything else that still logs in with an old one: the pooler opens again some minutes after the last of them.',
        ),
      ],
    }),
  ],
  [
    /tenant or user not found|tenant\/user \S{1,120} not found|no tenant identifier/i,
    (_, { said }, look) => ({
      summary: `{pods}: the pooler does not know the user or the project that ${urlInWords(look)} names: ${said}.`,
      fix: [
        newUrl(
          look,
          'Copy the pooler’s connection string from the console: its user has the project behind a dot (postgres.PROJECT), and its host is the project’s region.',
        ),
      ],
    }),
  ],
  [
    /no password supplied|password is required but not provided/i,
    (_, __, look) => ({
      summary: `{pods}: the database asks for a password, and ${urlInWords(look)} has none.`,
      fix: [newUrl(look, 'Copy the connection string with its password from the database’s console.')],
    }),
  ],
  [
    /((?:peer|ident|LDAP|PAM|GSSAPI|RADIUS|certificate) authentication failed[^\n]{0,100})/i,
    (said, _, look) => ({
      summary: `{pods}: the database does not take the login of ${urlInWords(look)}: ${said.replace(/[.\s]+$/, '')}.`,
      fix: [
        newUrl(
          look,
          'Write the credentials that this way of logging in takes (pg_hba.conf decides it): an account of the directory, or a token that has not expired.',
        ),
      ],
    }),
  ],
];

/** Whom the refused password is of, as the server says it. */
const WHOSE =
  /authentication failed for user ["']([^"'\n]{1,80})["']|password that was provided for the role (\S{1,80}) is wrong/i;

export default wayCause({
  id: 'db/authentication-failed',
  title: 'The database refuses user and password',
  why: 'the password in the Secret is not the role’s: it was changed in the database, or mistyped; or the role is not there any more, or may not log in',
  seen: 'password authentication failed for user (SQLSTATE 28P01), with the value that the Secret has now; role … does not exist, or is not permitted to log in; tenant or user not found',
  remedy: 'copy the connection string again from the database’s console into the Secret',
  explains: UNUSABLE,
  tell(met, look) {
    for (const [says, tell] of REFUSALS) {
      const found = says.exec(met.words);
      if (found) return tell(found[1] ?? '', met, look);
    }
    const user = WHOSE.exec(met.words)?.slice(1).find(Boolean);
    const whose = user === undefined ? '' : ` for user “${user}”`;
    // By the log alone, and the database lets the Secret's value in: it was refused before that, or the pod has another one.
    if (met.stop === undefined && isTheUrl(look) && urlIsTaken(look) !== undefined)
      return {
        verdict: 'likely',
        summary: `{pods}: the database has refused the password${whose}, and takes the one that ${passwordPlace(look)} has now: it was changed since, or the application has another one.`,
        fix: restartForNewValue(look.context, 'Start the pods again, with what the Secret has now.', []),
        wouldConfirm:
          'that a pod that was started now is refused, too: then see by which setting the application connects',
      };
    return {
      summary: `{pods}: the database refuses the password that ${passwordPlace(look)} has now${whose}.`,
      // SCRAM answers for a role that is gone or has expired as it does for a wrong password.
      fix: [
        newUrl(
          look,
          'Where the role is still there and has not expired (pg_roles), copy the connection string again from the database’s console.',
        ),
      ],
    };
  },
});
