import { newUrl, passwordPlace } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/authentication-failed',
  title: 'The database refuses user and password',
  why: 'the password in the Secret is not the role’s: it was changed in the database, or mistyped',
  seen: 'password authentication failed for user (SQLSTATE 28P01), with the value that the Secret has now',
  remedy: 'copy the connection string again from the database’s console into the Secret',
  explains: UNUSABLE,
  tell: (_, look) => ({
    summary: `{pods}: the database refuses the password that ${passwordPlace(look)} has now.`,
    fix: [newUrl(look, 'Copy the connection string with its password again from the database’s console.')],
  }),
});
