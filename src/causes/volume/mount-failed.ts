import { parseConfigProblem } from '../../computed/config-problem.js';
import { shorten } from '../../rule/seen.js';
import { MOUNT_SAID } from '../../vocabulary/kubelet.js';
import { show } from '../../fixes/described.js';
import { obstacleCause } from '../obstacle.js';

export default obstacleCause({
  id: 'volume/mount-failed',
  title: 'A volume cannot be mounted',
  why: 'a container is not started before all volumes of its pod are mounted',
  seen: 'event FailedMount or FailedAttachVolume',
  remedy: 'create what the volume comes from, or fix the storage that the message names',
  what({ message = '' }) {
    const { cause, object } = parseConfigProblem(message) ?? {};
    const kind = cause === 'config/secret-missing' ? 'Secret' : 'ConfigMap';
    const said = MOUNT_SAID.says.exec(message)?.[1];
    // What the kubelet has tried is for its own log: what came of it says what is wrong.
    const short = said === undefined ? message : `${message.split('\n')[0] ?? ''}: ${said}`;
    const words = message.trim() === '' ? '' : `: ${shorten(short).replace(/[.]$/, '')}`;
    return `a volume of it cannot be mounted${object === undefined ? words : `: ${kind} ${object} does not exist`}`;
  },
  fix: ({ metadata }, { context }) => [
    show(
      context,
      'Create what the volume comes from, or fix the storage that its events name.',
      `describe pod ${metadata.name}`,
    ),
  ],
});
