import { advise, show } from '../../fixes/described.js';
import { isLeaving } from '../../computed/place.js';
import { ago, isTerminating } from '../../kube/pod-state.js';
import { lostReady } from '../../kube/node-state.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause, type Told } from '../../rule/cause.js';

export default cause({
  id: 'pods/terminating-stuck',
  topic: 'pods',
  severity: 'warning',
  title: 'A deleted pod does not go away',
  why: 'its node does not report that its containers have ended, or a finalizer holds it; it keeps its volumes and its place meanwhile',
  seen: 'metadata.deletionTimestamp, the end of the grace period, has long passed',
  remedy:
    'start its node again, or delete the Node object if the machine is gone; remove a finalizer only if its controller is gone',
  explains: ['pods/gone-in-time'],
  reads: ['pods'],
  consults: ['nodes'],
  judge({ pods }, { context, maybe, options }) {
    const { now, target } = context;
    const nodes = maybe('nodes');
    const ready = nodes.ok ? nodes.value.filter((node) => !lostReady(node)) : undefined;
    return pods
      .filter((pod) => isTerminating(pod) && !isLeaving(pod, now))
      .filter(({ metadata }) => options.pod === undefined || metadata.name === options.pod)
      .map(({ metadata, spec }): Told => {
        const { name, deletionTimestamp = '' } = metadata;
        const object = podRef(target, name);
        const { nodeName } = spec;
        const isLost = ready?.every((node) => node.metadata.name !== nodeName) === true;
        const where = isLost && nodeName !== undefined ? `, and its node ${nodeName} is not ready` : '';
        return {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: it was to be gone ${ago(deletionTimestamp, now)} and is still there${where}.`,
          evidence: [field(object, 'metadata.deletionTimestamp', deletionTimestamp, deletionTimestamp)],
          fix: [
            isLost
              ? advise('Start its node again, or delete the Node object if the machine is gone for good.')
              : advise('Remove its finalizers, if it has any and their controller is gone.'),
            show(context, 'See its finalizers, and the node that it is on.', `get pod ${name} -o yaml`),
          ],
        };
      });
  },
});
