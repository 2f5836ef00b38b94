import { advise } from '../../fixes/described.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/quota-exceeded',
  title: 'The database’s quota is used up',
  why: 'compute time or storage of the plan is used up, and connections are refused until it is renewed',
  seen: 'exceeded the compute time quota, or Check your quotas',
  remedy: 'wait for the next period, or raise the plan in the database’s console',
  explains: UNUSABLE,
  tell: ({ said, words }) => ({
    summary: `{pods}: the database says: ${said}`,
    fix: [
      advise(
        /size limit/i.test(words)
          ? 'Delete what is not needed (and VACUUM), or raise the plan in the database’s console: storage does not become free by itself.'
          : 'Raise the plan in the database’s console, or wait for the next period.',
      ),
    ],
  }),
});
