import { containerName } from '../../contract/target.js';
import { show } from '../../fixes/described.js';
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
    `Lately ${pods} ended because of a full disk (${message.replace(/\.\s*$/, '')})`,
  fix: (_, { context }) => [
    show(
      context,
      'See which directory grows, then bound what writes there, or raise the limit that the message names.',
      `exec deployment/${context.target.names.deployment} -c ${containerName(context)} -- du -xhd1 /`,
    ),
  ],
});
