import { containerName } from '../../contract/target.js';
import { show } from '../../fixes/described.js';
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
  fix: ({ pods: [{ spec }] }, { context }) => [
    show(
      context,
      'See which directory grows, then bound what writes there, or raise the limit that the message names.',
      `exec deployment/${context.target.names.deployment} -c ${containerName(context)} -- ${['du -xhd1 /', ...volumesOf(spec, containerName(context))].join(' ')}`,
    ),
  ],
});

/** Directories of volumes that it may fill itself: each is a file system of its own, which du -x does not enter. */
function volumesOf({ containers, volumes = [] }: Pod['spec'], container: string): string[] {
  const given = volumes.filter((each) => each.secret ?? each.configMap ?? each.projected);
  const others = new Set(given.map(({ name }) => name));
  const mounts = containers.find(({ name }) => name === container)?.volumeMounts ?? [];
  return mounts.flatMap(({ name, mountPath }) => (others.has(name) ? [] : [word(mountPath)]));
}
