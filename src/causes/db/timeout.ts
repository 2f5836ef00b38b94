import { advise } from '../../fixes/described.js';
import { fromHere } from '../../computed/database-ways.js';
import { FREE_THE_WAY } from './_fix.js';
import { GONE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/timeout',
  title: 'The database’s host does not answer',
  why: 'packets are dropped on the way, by a firewall, a wrong address or an IP allow list, or the server hangs',
  seen: 'the connection, or an answer on it, times out from inside the pod, and no NetworkPolicy explains it',
  remedy:
    'compare host and port with the console; check firewalls and allow lists between cluster and database',
  explains: GONE,
  tell({ place, stop, ruledOut }, look) {
    const told = {
      summary: `{pods}: ${place} does not answer.`,
      fix: [advise(FREE_THE_WAY)],
    };
    if (stop?.rung !== 'tcp') return told;
    const here = fromHere(look);
    const where = here?.through
      ? ' It answers from here, so packets are dropped between the cluster and it.'
      : here?.stop?.rung === 'tcp'
        ? ' Nor does it answer from here.'
        : '';
    return {
      ...told,
      summary: `${told.summary}${where}`,
      ruledOut: ['DNS', 'egress policy', ...ruledOut],
    };
  },
});
