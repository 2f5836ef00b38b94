import { isTerminating, ago } from '../../kube/pod-state.js';
import { isLeaving } from '../../computed/place.js';
import { count } from '../../count.js';
import { kubectl } from '../../rule/command.js';
import { look, text } from '../../rule/fix.js';
import { podRef } from '../../rule/object-ref.js';
import { defineCheck, warnUnlessEmpty, type Finding } from '../check.js';

export default defineCheck({
  meta: {
    id: 'pods/gone-in-time',
    title: 'Deleted pods are gone by the end of their grace period',
    failureTitle: 'A deleted pod does not go away',
    why: 'a pod that does not end keeps its memory, its volumes and its database connections, and shows that its node or a finalizer is stuck',
    remedy: (context, [finding]) => {
      const stuck = finding?.data?.pod === undefined ? 'pods' : `pod ${finding.data.pod}`;
      return [
        text(
          'Start its node again, or delete the Node object if the machine is gone for good; remove a finalizer only if its controller is gone.',
        ),
        look(
          kubectl(context, `get ${stuck} -o yaml`),
          'the finalizers are in its metadata, the node in spec.nodeName',
        ),
      ];
    },
    severity: 'warning',
    reads: ['pods'],
    needs: ['deployment/exists'],
    toldWith: ['cluster/nodes-ready'],
    messages: { stuck: '{pod} on {node} was to be gone {when}, and is still there' },
    contractSection: 'Troubleshooting: Pod Not Starting',
  },
  evaluate({ pods }, { now, target }) {
    const findings = pods
      .filter((pod) => isTerminating(pod) && !isLeaving(pod, now))
      .map(({ metadata, spec }): Finding<'stuck'> => {
        const found = metadata.deletionTimestamp ?? '';
        const data = {
          pod: metadata.name,
          node: spec.nodeName ?? 'no node',
          when: ago(found, now),
          expected: `gone by ${found}`,
          found: 'still there',
          field: 'metadata.deletionTimestamp',
        };
        return { messageId: 'stuck', data, object: podRef(target, metadata.name) };
      });
    const leaving = pods.filter(isTerminating).length;
    return warnUnlessEmpty(
      findings,
      leaving === 0 ? 'no pod is stuck in deletion' : `${count(leaving, 'pod')} being deleted in time`,
    );
  },
});
