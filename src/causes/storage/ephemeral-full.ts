import { containerName } from '../../contract/target.js';
import { backendOf } from '../../computed/judged-pods.js';
import { show } from '../../fixes/described.js';
import { givenVolumes } from '../../kube/pod-containers.js';
import type { CheckContext } from '../../rule/context.js';
import type { Pod } from '../../evidence/objects.js';
import { word } from '../../rule/command.js';
import { endedCause } from '../ended.js';

export default endedCause({
  id: 'storage/ephemeral-full',
  means: 'ephemeral-full',
  title: 'The container writes more to its disk than it may',
  why: 'the kubelet ends a pod that passes its limit of ephemeral storage; the next one fills up in the same way',
  seen: 'status.reason is Evicted, or an event Evicted, and the message names ephemeral storage or an emptyDir volume',
  remedy:
    'find what writes (logs, caches, uploads), bound it, or raise limits.ephemeral-storage or the volume’s sizeLimit',
  what: ({ message }, pods) =>
    `Lately ${pods} ended for what was written to its disk (${message.replace(/\.\s*$/, '')})`,
  fix: ({ pods: [pod] }, { context }) => [
    show(
      context,
      'See which directory grows, then bound what writes there, or raise the limit that the message names.',
      `exec deployment/${context.target.names.deployment} -c ${containerName(context)} -- ${['du -xhd1 /', ...volumesOf(pod, context)].join(' ')}`,
    ),
  ],
});

/** Directories of volumes that it may fill itself: each is a file system of its own, which du -x does not enter. */
function volumesOf(pod: Pod, context: CheckContext): string[] {
  const given = givenVolumes(pod);
  const mounts = backendOf(pod, context)?.volumeMounts ?? [];
  return mounts.flatMap(({ name, mountPath }) => (given.has(name) ? [] : [word(mountPath)]));
}
