import { advise } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { asDriverWants } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { urlAt, urlOrWayCause } from './_url.js';

export default urlOrWayCause({
  id: 'db/sslmode-invalid',
  title: 'The sslmode of the DATABASE_URL is none',
  why: 'the driver refuses it before it connects; modes are written in small letters',
  seen: 'sslmode is none of disable, allow, prefer, require, verify-ca, verify-full',
  remedy: 'set sslmode=require',
  explains: ['config/database-url', 'db/tls-required', ...UNUSABLE],
  problems: {
    'sslmode-invalid': ({ place, url: { sslmode }, given, wanted }) => ({
      summary: `The DATABASE_URL in ${place} has ${sslmode === undefined ? 'an invalid sslmode' : `${given}, which is not a mode`}: the driver refuses it.`,
      seen: sslmode === undefined ? '(value hidden)' : given,
      hint: `Set ${wanted}; modes are written in small letters.`,
    }),
  },
  also(look) {
    const at = urlAt(look);
    const names = at?.url.duplicateParameters.join(', ') ?? '';
    if (at === undefined || names === '') return [];
    return [
      {
        severity: 'warning',
        verdict: 'confirmed',
        object: at.object,
        summary: `The DATABASE_URL gives ${names} more than once; the last one counts.`,
        evidence: [field(at.object, at.field, `${names} more than once`)],
        fix: [advise('Give each parameter once.')],
        symptoms: ['config/database-url'],
      },
    ];
  },
  tell: ({ said }, look) => ({
    summary: `{pods}: the database says: ${said}`,
    fix: [asDriverWants(look)],
  }),
});
