import { crashCause } from '../crashed.js';

const REMEDY =
  'close what it opens (connections, files), or raise the limit where it is set: ulimit -n in the start command, or the container runtime of the node';

export default crashCause({
  id: 'crash/too-many-files',
  title: 'The application has as many files and connections open as it may',
  why: 'sockets count as files: an application that leaks connections, or starts under a low limit, can open nothing more and ends',
  seen: 'OSError: [Errno 24] Too many open files',
  remedy: REMEDY,
  what: () => 'the application ends because it has as many files and connections open as its limit allows',
});
