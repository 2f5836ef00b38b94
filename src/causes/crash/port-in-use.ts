import { crashCause } from '../crashed.js';

export default crashCause({
  id: 'crash/port-in-use',
  title: 'The port that the application listens on is taken',
  why: 'two processes of one pod share its network, and only one of them gets a port',
  seen: 'address already in use',
  remedy: 'let only one process of the pod listen on the port',
  what: () => 'the application ends because the port that it wants to listen on is taken',
});
