import { called } from '../../computed/judged-pods.js';
import { crashCause, said } from '../crashed.js';

export default crashCause({
  id: 'crash/migration-failed',
  title: 'A migration of the database cannot run',
  why: 'the database’s schema and the migrations in the image do not fit each other, and the application ends before it serves',
  seen: 'Alembic’s Can’t locate revision, Multiple head revisions, or another CommandError',
  remedy:
    'run an image whose migrations have the revision that the database is at (alembic current), or merge the heads (alembic merge heads)',
  explains: ['db/other', 'db/schema-missing', 'container/init-failing'],
  what: (end) =>
    `${end.container.role === 'backend' ? 'the application' : called(end.container)} ends because a migration of the database cannot run: ${said(end)}`,
});
