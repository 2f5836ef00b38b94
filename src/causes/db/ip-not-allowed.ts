import { advise } from '../../fixes/described.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/ip-not-allowed',
  title: 'The database does not accept this cluster’s address',
  why: 'the server has a list of addresses from which it accepts connections, and the cluster’s is not on it',
  seen: 'This IP address … is not allowed, or no pg_hba.conf entry for host',
  remedy: 'add the address under which the cluster’s nodes go out to the allow list',
  explains: UNUSABLE,
  tell: ({ said, words }) => ({
    summary: `{pods}: the database says: ${said}`,
    fix: [
      advise(
        /pg_hba\.conf/i.test(words)
          ? 'Let this address, user and database in at the server: a line “hostssl DATABASE USER ADDRESS scram-sha-256” in pg_hba.conf, above any that rejects them, then pg_reload_conf(); at a managed service, its allow list.'
          : 'Put the address under which the cluster goes out on the database’s allow list.',
      ),
    ],
  }),
});
