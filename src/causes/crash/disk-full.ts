import { adviceOf, crashCause } from '../crashed.js';
import { show } from '../../fixes/described.js';

const REMEDY =
  'give the volume more room (sizeLimit of an emptyDir, the claim’s storage), or write less; without a volume it is the node’s own disk';

export default crashCause({
  id: 'crash/disk-full',
  title: 'The application has no room left to write',
  why: 'a volume, or the node’s disk behind the container’s own layer, is full: the write fails, and the application ends with it',
  seen: 'OSError: [Errno 28] No space left on device, or Disk quota exceeded',
  remedy: REMEDY,
  what: ({ sign }) =>
    `the application ends because there is no room left to write${sign?.subject === undefined ? '' : ` ${sign.subject}`}`,
  fix: ({ pod, container }, { context }) => [
    adviceOf(REMEDY),
    show(
      context,
      'While it runs: see which of its file systems is full.',
      `exec ${pod.metadata.name} -c ${container.status.name} -- df -h`,
    ),
  ],
});
