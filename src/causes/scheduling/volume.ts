import { show } from '../../fixes/described.js';
import { noNodeCause } from './_unscheduled.js';

export default noNodeCause({
  id: 'scheduling/volume',
  title: 'A volume of the pod cannot be had',
  why: 'a pod is not scheduled before its claims exist and are bound to volumes that its node can reach',
  seen: 'PodScheduled is False: persistentvolumeclaim not found, or unbound immediate PersistentVolumeClaims',
  remedy: 'create the claim, or find out why it is not bound: kubectl describe pvc',
  what({ reason }) {
    const claim = /persistentvolumeclaim "([^"]{1,253})" not found/.exec(reason.text)?.[1];
    return claim === undefined
      ? `its volume cannot be had: ${reason.text}`
      : `its volume claim ${claim} does not exist`;
  },
  fix: (_, { context }) => [
    show(context, 'See which claims there are, and why they are not bound.', 'describe pvc'),
  ],
});
