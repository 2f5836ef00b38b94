/** What PostgreSQL’s error codes mean by themselves. */
import type { DatabaseMeaning, WayPlace } from './vocabulary.js';

/** SQLSTATEs whose meaning does not depend on the words (PostgreSQL: Appendix A, Error Codes). */
export const SQLSTATES: Readonly<Record<string, { means: DatabaseMeaning; place: WayPlace }>> = {
  '08P01': { means: 'db/other', place: 'startup' },
  '25006': { means: 'db/read-only', place: 'use' },
  '25P02': { means: 'db/transaction-aborted', place: 'use' },
  '26000': { means: 'db/pooler-incompatible', place: 'use' },
  '28000': { means: 'db/authentication-failed', place: 'login' },
  '28P01': { means: 'db/authentication-failed', place: 'login' },
  '3D000': { means: 'db/database-missing', place: 'login' },
  '3F000': { means: 'db/schema-missing', place: 'use' },
  '42703': { means: 'db/schema-missing', place: 'use' },
  '42883': { means: 'db/schema-missing', place: 'use' },
  '42704': { means: 'db/schema-missing', place: 'use' },
  '42P01': { means: 'db/schema-missing', place: 'use' },
  '42P05': { means: 'db/pooler-incompatible', place: 'use' },
  '53100': { means: 'db/disk-full', place: 'use' },
  '53300': { means: 'db/too-many-connections', place: 'login' },
  '42501': { means: 'db/permission-denied', place: 'use' },
  '57P01': { means: 'db/connection-dropped', place: 'use' },
  '57P02': { means: 'db/connection-dropped', place: 'use' },
  '57P03': { means: 'db/waking', place: 'startup' },
  '57P05': { means: 'db/connection-dropped', place: 'use' },
};
