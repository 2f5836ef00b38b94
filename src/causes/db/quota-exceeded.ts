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
  tell: ({ said }) => ({
    summary: `{pods}: the database says: ${said}`,
    fix: [advise('Raise the plan in the database’s console, or wait for the next period.')],
  }),
});
