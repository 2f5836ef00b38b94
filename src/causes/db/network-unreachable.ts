import { advise } from '../../fixes/described.js';
import { FREE_THE_WAY } from './_fix.js';
import { GONE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/network-unreachable',
  title: 'There is no route to the database',
  why: 'the node has no way to that address: often it is IPv6 only, or in a network that is not connected',
  seen: 'Network is unreachable, or No route to host, for every address of the host',
  remedy: 'use a host with an address that the node has a route to',
  explains: GONE,
  tell: ({ place }) => ({
    summary: `{pods}: there is no route to ${place}.`,
    fix: [advise(FREE_THE_WAY)],
  }),
});
